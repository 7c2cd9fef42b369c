package foreign

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/netip"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
	"github.com/evilbench/evilbench/labels/wire"
)

// copying writes the members of the corpus in one pass over the captures.
type copying struct {
	judge      judge
	campaigns  campaigns
	home       home
	packets    int64
	flows      int64
	bytes      int64
	cleared    int64 // benign packets that came with the evil bit
	start, end int64
}

func (c *copying) fill(ctx context.Context, in *opened, b *corpus.Builder) (err error) {
	members := map[string]io.WriteCloser{}
	defer func() {
		for _, name := range corpus.Members() {
			if m := members[name]; m != nil {
				err = cmp.Or(err, m.Close())
			}
		}
	}()
	for _, name := range corpus.Members() {
		if members[name], err = b.File(name); err != nil {
			return err
		}
	}
	traffic, err := wire.NewWriter(members[corpus.Traffic], in.link, in.nano)
	if err != nil {
		return err
	}
	packets := labels.Packets.NewWriter(members[corpus.Packets])
	flows := labels.Flows.NewWriter(members[corpus.Flows])
	err = pass(ctx, in, func(p packet) error {
		row := c.packet(p)
		if err := traffic.Write(p.Time, p.Data, p.Length); err != nil {
			return fmt.Errorf("packet %d: %w", row.Index, err)
		}
		return packets.Write(&row)
	}, func(f *labels.Flow) error {
		c.flow(f)
		return flows.Write(f)
	})
	rows := labels.Campaigns.NewWriter(members[corpus.Campaigns])
	for _, row := range c.campaigns.rows() {
		err = cmp.Or(err, rows.Write(&row))
	}
	// The first failure is the cause of the others.
	return cmp.Or(err, traffic.Flush(), packets.Close(), flows.Close(), rows.Close())
}

// packet is the packet's row. In a corpus the evil bit says one thing: what belongs to a campaign gets it where it can
// carry it, and what does not loses it.
func (c *copying) packet(p packet) labels.Packet {
	c.packets++
	c.bytes += int64(p.Length)
	if c.packets == 1 {
		c.start, c.end = p.Time, p.Time
	}
	c.start, c.end = min(c.start, p.Time), max(c.end, p.Time)
	row := labels.Packet{
		Index: c.packets, Time: p.Time, Flow: p.flow, Forward: p.forward, Campaign: c.judge.of(p.flow).campaign, Bytes: uint32(p.Length),
	}
	if row.Campaign != "" && p.flow == 0 {
		c.campaigns.at(row.Campaign, p.Time, p.Time) // a capture that is an attack as a whole: its ARP is part of it
	}
	row.Tainted = row.Campaign != "" && p.headers.IP == 4
	if p.headers.IP == 4 && wire.SetEvil(p.Data, p.headers.IPOffset, row.Tainted) && !row.Tainted {
		c.cleared++
	}
	return row
}

func (c *copying) flow(f *labels.Flow) {
	is := c.judge.of(f.Flow)
	f.Class, f.Campaign = is.class, is.campaign
	c.flows++
	c.home.add(f)
	c.campaigns.add(f)
}

func (c *copying) manifest(in *opened) *corpus.Manifest {
	m := &corpus.Manifest{
		LinkType: int(in.link), Packets: c.packets, Flows: c.flows, Campaigns: int64(len(c.campaigns.by)), Bytes: c.bytes, Warnings: in.broken,
	}
	if c.cleared > 0 {
		m.Warnings = append(m.Warnings, fmt.Sprintf("%d benign packets came with the evil bit set; it is cleared", c.cleared))
	}
	m.SetSpan(c.start, c.end)
	return m
}

// setHome takes the prefixes given, else those that the flows suggest.
func (c *copying) setHome(m *corpus.Manifest, given []netip.Prefix) {
	for _, prefix := range given {
		m.HomeNet = append(m.HomeNet, prefix.String())
	}
	if len(given) > 0 {
		return
	}
	prefixes, found := c.home.guess()
	m.HomeNet = prefixes
	if !found {
		m.Warnings = append(m.Warnings, "no private address in the capture: home_net is a guess; give it")
	}
}
