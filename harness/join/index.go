package join

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"net/netip"
	"slices"

	"github.com/evilbench/evilbench/labels"
)

// flow is what the join keeps of a truth flow. Flow n is at index n-1.
type flow struct {
	start, end         int64 // ns since the epoch
	src, dst           [16]byte
	vlan               uint32
	campaign           int32 // index into index.campaigns, -1 = benign
	sport, dport       uint16
	icmpType, icmpCode int16
	proto              uint8
}

// index is the truth, made for looking up.
type index struct {
	campaigns  []campaign
	number     map[string]int32 // campaign id to position
	flows      []flow
	packets    []int32     // flow number of packet i+1, 0 = none
	exceptions []exception // packets whose campaign is not their flow's, ascending
	tuples     lookup      // by ends and protocol
	hosts      lookup      // by addresses; made, with alive, when the first alert needs it
	alive      map[[16]byte]span
}

// campaign is what the join keeps of a campaign.
type campaign struct {
	id string
	span
	sources, targets []netip.Addr
}

// span is a stretch of time, ends included, in ns since the epoch.
type span struct{ start, end int64 }

func (s span) overlaps(from, to int64) bool { return s.start <= to && s.end >= from }

// exception is a packet of another campaign than its flow, or of a campaign and no flow.
type exception struct {
	packet   int64
	campaign int32 // -1 = benign
}

const benign = -1

func newIndex(t Truth) (*index, error) {
	x := &index{number: map[string]int32{}}
	for i := range t.Campaigns {
		c := &t.Campaigns[i]
		if _, twice := x.number[c.Campaign]; twice {
			return nil, fmt.Errorf("campaigns: %q occurs twice; a campaign's id is unique in a corpus", c.Campaign)
		}
		x.number[c.Campaign] = int32(i)
		x.campaigns = append(x.campaigns, campaign{c.Campaign, span{c.Start, c.End}, addresses(c.Sources), addresses(c.Targets)})
	}
	if err := x.readFlows(t.Flows); err != nil {
		return nil, err
	}
	if err := x.readPackets(t.Packets); err != nil {
		return nil, err
	}
	x.tuples = newLookup(x.flows, (*flow).tupleHash)
	return x, nil
}

// addresses reads a campaign's list. What is no address is no host that could be in an alert.
func addresses(list []string) []netip.Addr {
	var out []netip.Addr
	for _, s := range list {
		if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, a.Unmap())
		}
	}
	return out
}

// position finds a campaign by its id; "" is benign.
func (x *index) position(id string) (int32, bool) {
	if id == "" {
		return benign, true
	}
	n, known := x.number[id]
	return n, known
}

func (x *index) readFlows(flows iter.Seq2[labels.Flow, error]) error {
	for f, err := range flows {
		if err != nil {
			return err
		}
		c, known := x.position(f.Campaign)
		if !known {
			return fmt.Errorf("flows: flow %d names campaign %q, which the campaigns table does not have", f.Flow, f.Campaign)
		}
		if len(x.flows) == math.MaxInt32 {
			return fmt.Errorf("flows: more than %d; split the capture", math.MaxInt32)
		}
		if f.Flow != int64(len(x.flows))+1 {
			return fmt.Errorf("flows: row %d has number %d; flows are numbered from 1 without gaps", len(x.flows)+1, f.Flow)
		}
		x.flows = append(x.flows, flow{
			start: f.Start, end: f.End, src: f.Src.As16(), dst: f.Dst.As16(), vlan: f.VLAN, campaign: c,
			sport: f.Sport, dport: f.Dport, icmpType: f.ICMPType, icmpCode: f.ICMPCode, proto: f.Proto,
		})
	}
	return nil
}

func (x *index) readPackets(packets iter.Seq2[labels.Packet, error]) error {
	for p, err := range packets {
		if err != nil {
			return err
		}
		if p.Index != int64(len(x.packets))+1 {
			return fmt.Errorf("packets: row %d has index %d; packets are numbered from 1 without gaps", len(x.packets)+1, p.Index)
		}
		if p.Flow < 0 || p.Flow > int64(len(x.flows)) {
			return fmt.Errorf("packets: packet %d names flow %d of %d: the tables belong to different corpora", p.Index, p.Flow, len(x.flows))
		}
		c, known := x.position(p.Campaign)
		if !known {
			return fmt.Errorf("packets: packet %d names campaign %q, which the campaigns table does not have", p.Index, p.Campaign)
		}
		x.packets = append(x.packets, int32(p.Flow))
		if c != x.flowCampaign(int32(p.Flow)) {
			x.exceptions = append(x.exceptions, exception{p.Index, c})
		}
	}
	if len(x.packets) == 0 && len(x.flows) > 0 {
		return errors.New("packets: the table is empty, and the flows table is not: the tables belong to different corpora")
	}
	return nil
}

// flowCampaign is the campaign of a flow, benign for flow 0.
func (x *index) flowCampaign(number int32) int32 {
	if number == 0 {
		return benign
	}
	return x.flows[number-1].campaign
}

// packetCampaign is the campaign of a packet of the capture.
func (x *index) packetCampaign(packet int64) int32 {
	i, found := slices.BinarySearchFunc(x.exceptions, packet, func(e exception, p int64) int { return int(e.packet - p) })
	if found {
		return x.exceptions[i].campaign
	}
	return x.flowCampaign(x.packets[packet-1])
}

// needHosts makes the index by addresses. Most runs never need it.
func (x *index) needHosts() {
	if x.alive != nil {
		return
	}
	x.hosts = newLookup(x.flows, (*flow).hostHash)
	x.alive = map[[16]byte]span{}
	for i := range x.flows {
		f := &x.flows[i]
		for _, a := range [...][16]byte{f.src, f.dst} {
			s, known := x.alive[a]
			if !known {
				s = span{f.start, f.end}
			}
			x.alive[a] = span{min(s.start, f.start), max(s.end, f.end)}
		}
	}
}

// lives tells whether [from, to] overlaps the time from a host's first flow to its last.
func (x *index) lives(host netip.Addr, from, to int64) bool {
	x.needHosts()
	s, known := x.alive[host.As16()]
	return known && s.overlaps(from, to)
}
