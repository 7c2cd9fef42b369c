package leakage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
	"github.com/evilbench/evilbench/labels/wire"
)

// flow is what the audit keeps of one biflow: the fields of its first packet, and what its packets amount to.
type flow struct {
	malicious bool
	cluster   int32 // that it belongs to: its campaign, or its originator
	src, dst  netip.Addr
	sport     uint16
	dport     uint16
	proto     uint8
	start     int64 // ns since the corpus began
	seen      bool  // a packet of the originator was
	ttl       uint8
	id        int32 // IPv4 identification, -1 = none
	window    int32 // of the first segment, -1 = none
	options   string
	vendor    string // first three bytes of the link address, "" = none
	length    int32  // of the first packet, bytes on the wire
	payload   int32  // of the first packet that has any; -1 = none has
	packets   int64
	last      int64 // time of the packet before
	gaps      int64 // sum of gaps between packets, ns
}

// sample is the flows that are looked at.
type sample struct {
	flows     []flow
	at        map[int64]int32 // flow number to position in flows
	clusters  int32
	campaigns map[string]int32 // cluster of a campaign
	originOf  map[netip.Addr]int32
	vendors   bool // the link layer has addresses
}

// takeSample picks flows by an addressed draw for each, so that the same are taken whatever stands around them.
func takeSample(ctx context.Context, c *corpus.Corpus, o Options) (*sample, error) {
	var sides [2]int // benign, malicious
	for f, err := range labels.Flows.Rows(ctx, c.Path(corpus.Flows)) {
		if err != nil {
			return nil, err
		}
		if side, counts := sideOf(&f); counts {
			sides[side]++
		}
	}
	s := &sample{
		at: map[int64]int32{}, campaigns: map[string]int32{}, originOf: map[netip.Addr]int32{},
		vendors: c.LinkType == int(wire.Ethernet),
	}
	seed := draw.NewSeed(o.Seed).Word("leakage").Word("flow")
	origin := c.Start.UnixNano()
	for f, err := range labels.Flows.Rows(ctx, c.Path(corpus.Flows)) {
		if err != nil {
			return nil, err
		}
		side, counts := sideOf(&f)
		if !counts {
			continue
		}
		if sides[side] > o.Flows {
			r := seed.Number(uint64(f.Flow)).Stream()
			if !r.Chance(float64(o.Flows) / float64(sides[side])) {
				continue
			}
		}
		s.at[f.Flow] = int32(len(s.flows))
		s.flows = append(s.flows, flow{
			malicious: side == 1, cluster: s.clusterOf(&f), src: f.Src, dst: f.Dst, sport: f.Sport, dport: f.Dport, proto: f.Proto,
			start: f.Start - origin, id: -1, window: -1, payload: -1,
		})
	}
	return s, nil
}

// sideOf sorts flows; a victim's own answers are on neither side.
func sideOf(f *labels.Flow) (side int, counts bool) {
	switch f.Class {
	case labels.Malicious, labels.Attempted:
		return 1, true
	case labels.Benign, labels.Lookalike:
		return 0, true
	default:
		return 0, false
	}
}

func (s *sample) clusterOf(f *labels.Flow) int32 {
	if f.Campaign != "" {
		return number(s.campaigns, f.Campaign, &s.clusters)
	}
	return number(s.originOf, f.Src, &s.clusters)
}

func number[K comparable](known map[K]int32, k K, next *int32) int32 {
	n, ok := known[k]
	if !ok {
		n = *next
		*next++
		known[k] = n
	}
	return n
}

// readHeaders goes through capture and packets table side by side.
func (s *sample) readHeaders(ctx context.Context, c *corpus.Corpus) error {
	r, err := wire.Open(c.Path(corpus.Traffic))
	if err != nil {
		return err
	}
	defer r.Close()
	var h wire.Headers
	for p, err := range labels.Packets.Rows(ctx, c.Path(corpus.Packets)) {
		if err != nil {
			return err
		}
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("%s: ends before packet %d of %s; make the corpus again", c.Path(corpus.Traffic), p.Index, corpus.Packets)
		}
		if err != nil {
			return err
		}
		if i, taken := s.at[p.Flow]; taken {
			s.flows[i].see(&p, f, &h, s.vendors)
		}
	}
	return nil
}

// see takes one packet of the flow.
func (f *flow) see(p *labels.Packet, frame wire.Frame, h *wire.Headers, vendors bool) {
	if f.packets++; f.packets > 1 {
		f.gaps += p.Time - f.last
	}
	f.last = p.Time
	if f.seen && f.payload >= 0 || !p.Forward || wire.Decode(frame, h) != nil {
		return
	}
	if f.payload < 0 && h.Payload > 0 {
		f.payload = int32(h.Payload)
	}
	if f.seen {
		return
	}
	f.seen, f.ttl, f.length = true, h.TTL, int32(h.Length)
	if h.IP == 4 {
		f.id = int32(h.ID)
	}
	if h.Transport && h.Proto == protoTCP {
		f.window = int32(h.Window)
		f.options = layout(frame.Data, h.TransportOffset, h.Offset)
	}
	if vendors && len(frame.Data) >= 9 {
		f.vendor = fmt.Sprintf("%x", frame.Data[6:9])
	}
}

const protoTCP = 6

// layout writes the TCP options of a segment as a fingerprint does (RFC 9293, section 3.1): kinds in order, with the maximum
// segment size and the window scale.
func layout(frame []byte, segment, payload int) string {
	const fixed = 20 // bytes of header before the options
	to := min(payload, len(frame))
	out := []byte{}
	for i := segment + fixed; i < to; {
		kind, size := frame[i], 1
		if kind > 1 {
			if i+1 >= to || frame[i+1] < 2 || i+int(frame[i+1]) > to {
				break
			}
			size = int(frame[i+1])
		}
		out = fmt.Appendf(out, "%d", kind)
		switch {
		case kind == 2 && size == 4:
			out = fmt.Appendf(out, "=%d", int(frame[i+2])<<8|int(frame[i+3]))
		case kind == 3 && size == 3:
			out = fmt.Appendf(out, "=%d", frame[i+2])
		}
		out = append(out, ' ')
		if kind == 0 {
			break
		}
		i += size
	}
	return string(out)
}
