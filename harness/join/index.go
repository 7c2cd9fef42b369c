package join

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/evilbench/evilbench/labels"
)

// index is the truth, made for looking up: 64 bytes a flow, 4 a packet, and 12 a flow for every lookup. Lookups but the first are
// made when an alert first needs them; most runs never do.
type index struct {
	campaigns campaigns
	flows     chunks[flow]
	packets   chunks[int32] // flow number of packet i+1, 0 = none

	exceptions []exception // packets whose campaign is not their flow's, ascending
	mixed      [][]int32   // campaigns of flows that have exceptions, the flow's own first; such a flow's campaign is -2 and below
	strays     spans       // when benign packets without a flow went by

	tuples                       *lookup // by ends and protocol
	pairs, sources, sinks, whole *lookup // by both hosts, by the originator, by the responder, by time alone
}

// exception is a packet of another campaign than its flow, or of a campaign and no flow.
type exception struct {
	packet   int64
	campaign int32 // -1 = benign
}

const benign = -1

func newIndex(t Truth) (*index, error) {
	x := &index{}
	if err := x.campaigns.read(t.Campaigns); err != nil {
		return nil, err
	}
	if err := x.readFlows(t.Flows); err != nil {
		return nil, err
	}
	if err := x.readPackets(t.Packets); err != nil {
		return nil, err
	}
	x.tuples = newLookup(&x.flows, byTuple)
	return x, nil
}

func (x *index) readFlows(flows iter.Seq2[labels.Flow, error]) error {
	for f, err := range flows {
		if err != nil {
			return err
		}
		c, known := x.campaigns.position(f.Campaign)
		switch {
		case !known:
			return fmt.Errorf("flows: flow %d names campaign %q, which the campaigns table does not have", f.Flow, f.Campaign)
		case x.flows.n == math.MaxInt32:
			return fmt.Errorf("flows: more than %d; split the capture", math.MaxInt32)
		case f.Flow != int64(x.flows.n)+1:
			return fmt.Errorf("flows: row %d has number %d; flows are numbered from 1 without gaps", x.flows.n+1, f.Flow)
		case f.VLAN >= 1<<24:
			return fmt.Errorf("flows: flow %d has VLAN %#x; two ids of 12 bits are what it can hold", f.Flow, f.VLAN)
		}
		x.flows.add(newFlow(&f, c))
	}
	return nil
}

func (x *index) readPackets(packets iter.Seq2[labels.Packet, error]) error {
	for p, err := range packets {
		if err != nil {
			return err
		}
		if p.Index != int64(x.packets.n)+1 {
			return fmt.Errorf("packets: row %d has index %d; packets are numbered from 1 without gaps", x.packets.n+1, p.Index)
		}
		if p.Flow < 0 || p.Flow > int64(x.flows.n) {
			return fmt.Errorf("packets: packet %d names flow %d of %d: the tables belong to different corpora", p.Index, p.Flow, x.flows.n)
		}
		c, known := x.campaigns.position(p.Campaign)
		if !known {
			return fmt.Errorf("packets: packet %d names campaign %q, which the campaigns table does not have", p.Index, p.Campaign)
		}
		x.packets.add(int32(p.Flow))
		if c != x.flowCampaign(int32(p.Flow)) {
			x.except(&p, c)
		} else if p.Flow == 0 {
			x.strays.add(p.Time)
		}
	}
	x.strays.settle()
	if x.packets.n == 0 && x.flows.n > 0 {
		return errors.New("packets: the table is empty, and the flows table is not: the tables belong to different corpora")
	}
	return nil
}

func (x *index) except(p *labels.Packet, campaign int32) {
	x.exceptions = append(x.exceptions, exception{p.Index, campaign})
	if p.Flow == 0 {
		return
	}
	f := x.flows.at(int32(p.Flow) - 1)
	if f.campaign >= benign {
		x.mixed = append(x.mixed, []int32{f.campaign})
		f.campaign = benign - int32(len(x.mixed))
	}
	if m := &x.mixed[benign-1-f.campaign]; !slices.Contains(*m, campaign) {
		*m = append(*m, campaign)
	}
}

// voices are the campaigns that a flow's packets are of; it keeps space for the usual one.
func (x *index) voices(f *flow, space *[1]int32) []int32 {
	if f.campaign < benign {
		return x.mixed[benign-1-f.campaign]
	}
	space[0] = f.campaign
	return space[:]
}

// flowCampaign is the campaign of a flow, benign for flow 0.
func (x *index) flowCampaign(number int32) int32 {
	if number == 0 {
		return benign
	}
	var space [1]int32
	return x.voices(x.flows.at(number-1), &space)[0]
}

// flowOf is the number of the flow of a packet of the capture, 0 = none.
func (x *index) flowOf(packet int64) int32 {
	// The list may be longer than its int32 indices reach.
	return x.packets.parts[(packet-1)>>chunkBits][(packet-1)&chunkMask]
}

// packetCampaign is the campaign of a packet of the capture.
func (x *index) packetCampaign(packet int64) int32 {
	i, found := slices.BinarySearchFunc(x.exceptions, packet, func(e exception, p int64) int { return int(e.packet - p) })
	if found {
		return x.exceptions[i].campaign
	}
	return x.flowCampaign(x.flowOf(packet))
}

// What the lookups are about, and what flows of the same campaign have in common in each.
var (
	byTuple = kind{hash: (*flow).tupleHash, alike: (*flow).alike}
	byPair  = kind{hash: (*flow).pairHash, alike: func(f, g *flow) bool {
		return f.campaign == g.campaign && f.proto() == g.proto() && f.joins(g.src, g.dst)
	}}
	bySource = kind{hash: (*flow).srcHash, alike: func(f, g *flow) bool { return f.campaign == g.campaign && f.src == g.src }}
	bySink   = kind{hash: (*flow).dstHash, alike: func(f, g *flow) bool { return f.campaign == g.campaign && f.dst == g.dst }}
	byTime   = kind{hash: (*flow).noHash, alike: func(f, g *flow) bool { return f.campaign == g.campaign }, whole: true}
)

// lookup makes a lookup when it is first needed.
func (x *index) lookup(at **lookup, k kind) *lookup {
	if *at == nil {
		*at = newLookup(&x.flows, k)
	}
	return *at
}
