package explain_test

import (
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
	"github.com/evilbench/evilbench/labels/wire"
)

const t0 = int64(1_700_000_000_000_000_000)

// town builds a small corpus by hand: conversations one after the other, whose truth is known because it is written down with them.
type town struct {
	now       int64
	frames    []frame
	flows     []labels.Flow
	campaigns []labels.Campaign
	ident     uint16
}

type frame struct {
	row  labels.Packet
	data []byte
}

// attack begins a campaign; conversations opened with its id belong to it.
func (w *town) attack(c labels.Campaign) {
	w.now += int64(10 * time.Second)
	if c.Attack == "" {
		c.Attack = c.Campaign
	}
	c.Technique, c.Tactic, c.Parameters = "T1190", "initial-access", "{}"
	c.Start, c.End = w.now, w.now
	w.campaigns = append(w.campaigns, c)
}

// talk is one conversation.
type talk struct {
	w            *town
	flow         int // index
	seq, ack     uint32
	badChecksums bool
}

// open begins a conversation; of a TCP connection the handshake follows unless it is left out.
func (w *town) open(campaign, service string, proto uint8, src string, sport uint16, dst string, dport uint16) *talk {
	w.now += int64(50 * time.Millisecond)
	f := labels.Flow{
		Flow:  int64(len(w.flows) + 1),
		Tuple: labels.Tuple{Src: netip.MustParseAddr(src), Dst: netip.MustParseAddr(dst), Sport: sport, Dport: dport, Proto: proto},
		Start: w.now, ICMPType: -1, ICMPCode: -1, Service: service, State: "SF", Class: labels.Benign, Campaign: campaign,
	}
	if campaign != "" {
		f.Class = labels.Malicious
	}
	w.flows = append(w.flows, f)
	return &talk{w: w, flow: len(w.flows) - 1, seq: 1000, ack: 5000}
}

const (
	fin = 1
	syn = 2
	psh = 8
	ack = 16
)

func (c *talk) shake() *talk {
	c.tcp(true, syn, nil)
	c.tcp(false, syn|ack, nil)
	c.tcp(true, ack, nil)
	return c
}

// say sends data in segments from the originator, each acknowledged.
func (c *talk) say(data []byte) *talk {
	const most = 1400
	for len(data) > 0 {
		n := min(len(data), most)
		c.tcp(true, psh|ack, data[:n])
		c.tcp(false, ack, nil)
		data = data[n:]
	}
	return c
}

func (c *talk) answer(data []byte) *talk {
	c.tcp(false, psh|ack, data)
	c.tcp(true, ack, nil)
	return c
}

func (c *talk) close() {
	c.tcp(true, fin|ack, nil)
	c.tcp(false, fin|ack, nil)
	c.tcp(true, ack, nil)
}

func (c *talk) tcp(forward bool, flags byte, data []byte) {
	h := make([]byte, 20, 20+len(data))
	seq, other := &c.seq, &c.ack
	if !forward {
		seq, other = other, seq
	}
	f := &c.w.flows[c.flow]
	sport, dport := f.Sport, f.Dport
	if !forward {
		sport, dport = dport, sport
	}
	binary.BigEndian.PutUint16(h[0:], sport)
	binary.BigEndian.PutUint16(h[2:], dport)
	binary.BigEndian.PutUint32(h[4:], *seq)
	if flags&ack != 0 {
		binary.BigEndian.PutUint32(h[8:], *other)
	}
	h[12], h[13] = 5<<4, flags
	binary.BigEndian.PutUint16(h[14:], 64240)
	*seq += uint32(len(data))
	if flags&(syn|fin) != 0 {
		*seq++
	}
	c.send(forward, append(h, data...), 16)
}

func (c *talk) udp(forward bool, data []byte) *talk {
	f := &c.w.flows[c.flow]
	sport, dport := f.Sport, f.Dport
	if !forward {
		sport, dport = dport, sport
	}
	h := make([]byte, 8, 8+len(data))
	binary.BigEndian.PutUint16(h[0:], sport)
	binary.BigEndian.PutUint16(h[2:], dport)
	binary.BigEndian.PutUint16(h[4:], uint16(8+len(data)))
	c.send(forward, append(h, data...), 6)
	return c
}

// send puts Ethernet and IPv4 before a segment and fills in the checksums; that of the segment lies at sum.
func (c *talk) send(forward bool, segment []byte, sum int) {
	f := &c.w.flows[c.flow]
	src, dst := f.Src.As4(), f.Dst.As4()
	if !forward {
		src, dst = dst, src
	}
	pseudo := append(append(src[:], dst[:]...), 0, f.Proto, byte(len(segment)>>8), byte(len(segment)))
	value := wire.Checksum(append(pseudo, segment...))
	if c.badChecksums {
		value ^= 0x5555
	}
	binary.BigEndian.PutUint16(segment[sum:], value)
	ip := make([]byte, 20)
	c.w.ident++
	ip[0], ip[8], ip[9] = 0x45, 64, f.Proto
	binary.BigEndian.PutUint16(ip[2:], uint16(20+len(segment)))
	binary.BigEndian.PutUint16(ip[4:], c.w.ident)
	copy(ip[12:], src[:])
	copy(ip[16:], dst[:])
	if f.Campaign != "" {
		ip[6] |= 0x80
	}
	binary.BigEndian.PutUint16(ip[10:], wire.Checksum(ip))
	data := append([]byte{2, 0, 0, 0, 0, dst[3], 2, 0, 0, 0, 0, src[3], 8, 0}, append(ip, segment...)...)
	c.w.now += int64(time.Millisecond)
	c.w.frames = append(c.w.frames, frame{labels.Packet{
		Index: int64(len(c.w.frames) + 1), Time: c.w.now, Flow: f.Flow, Campaign: f.Campaign, Forward: forward, Tainted: f.Campaign != "",
	}, data})
	f.End = c.w.now
	if forward {
		f.FwdPackets, f.FwdBytes = f.FwdPackets+1, f.FwdBytes+int64(len(data))
	} else {
		f.BwdPackets, f.BwdBytes = f.BwdPackets+1, f.BwdBytes+int64(len(data))
	}
	for i := range c.w.campaigns {
		if m := &c.w.campaigns[i]; m.Campaign == f.Campaign {
			m.End = c.w.now
		}
	}
}

// write makes the corpus.
func (w *town) write(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "corpus")
	b, err := corpus.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	bytes := int64(0)
	capture := func(out io.Writer) error {
		p, err := wire.NewWriter(out, 1, false)
		for _, f := range w.frames {
			bytes += int64(len(f.data))
			err = errors.Join(err, p.Write(f.row.Time, f.data, len(f.data)))
		}
		return errors.Join(err, p.Flush())
	}
	rows := make([]labels.Packet, len(w.frames))
	for i := range w.frames {
		rows[i] = w.frames[i].row
	}
	err = errors.Join(member(b, corpus.Traffic, capture), member(b, corpus.Packets, table(labels.Packets, rows)),
		member(b, corpus.Flows, table(labels.Flows, w.flows)), member(b, corpus.Campaigns, table(labels.Campaigns, w.campaigns)))
	if err != nil {
		t.Fatal(err)
	}
	m := &corpus.Manifest{
		HomeNet: []string{"10.0.0.0/8"}, LinkType: 1, Packets: int64(len(w.frames)), Flows: int64(len(w.flows)), Campaigns: int64(len(w.campaigns)),
		Bytes: bytes, Version: "test", CreatedBy: "generate", Scenario: &corpus.Scenario{Name: "planted", Digest: "d"},
	}
	m.SetSpan(w.frames[0].row.Time, w.now)
	if err := b.Commit(m); err != nil {
		t.Fatal(err)
	}
	return dir
}

func member(b *corpus.Builder, name string, fill func(io.Writer) error) error {
	out, err := b.File(name)
	if err != nil {
		return err
	}
	return errors.Join(fill(out), out.Close())
}

func table[T any](t *labels.Table[T], rows []T) func(io.Writer) error {
	return func(out io.Writer) error {
		w := t.NewWriter(out)
		for i := range rows {
			if err := w.Write(&rows[i]); err != nil {
				return err
			}
		}
		return w.Close()
	}
}
