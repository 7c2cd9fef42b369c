// Package words makes timed words of captures: for each flow which packets there were, when, and how large.
package words

import (
	"cmp"
	"context"
	"errors"
	"io"
	"math"
	"slices"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/track"
	"github.com/evilbench/evilbench/labels/wire"
)

// Dims is how many values come with each symbol: the time since the flow's last packet and the bytes of payload, both on the scale of
// [Level].
const Dims = 2

// Key is what flows have in common whose words are of one kind.
type Key struct {
	Service string // as a model has it
	Proto   string // tcp, udp
	State   string // Zeek's conn_state
}

// Reasons why a flow has no word. A flow that is left out is counted under one of them.
const (
	OtherProto = "neither TCP nor UDP"
	Fragmented = "fragmented"
	TooLong    = "too many packets"
	Tainted    = "tainted as an attack"
)

// Options of reading. Zero fields mean the defaults.
type Options struct {
	Service func(proto string, port int) string // names a service; required
	Most    int                                 // packets of a flow; default and most 100,000
	Benign  bool                                // leave flows out that have a tainted packet (RFC 3514)
}

// mostPackets is how long a word can be.
const mostPackets = 100_000

// Level is ten times the decimal logarithm of microseconds or bytes, rounded; 0 where they are less than one.
func Level(x float64) float64 {
	if x <= 1 {
		return 0
	}
	return math.Round(10 * math.Log10(x))
}

// Amount is what [Level] was of.
func Amount(level float64) float64 {
	if level <= 0 {
		return 0
	}
	return math.Pow(10, level/10)
}

// Set are the words of captures, by kind. Words of a kind are in the order of their flows' first packets.
type Set struct {
	Flows int64            // seen
	Left  map[string]int64 // of them, without a word, by reason
	kinds map[Key]*kind
}

type kind struct {
	words []numbered
}

type numbered struct {
	capture int
	flow    int64
	word    automaton.Word
	letters []automaton.Letter
}

// Keys are the kinds, those with the most words first.
func (s *Set) Keys() []Key {
	var out []Key
	for k := range s.kinds {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b Key) int {
		return cmp.Or(cmp.Compare(len(s.kinds[b].words), len(s.kinds[a].words)), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Proto, b.Proto),
			cmp.Compare(a.State, b.State))
	})
	return out
}

// Count is how many words there are of a kind.
func (s *Set) Count(k Key) int {
	if s.kinds[k] == nil {
		return 0
	}
	return len(s.kinds[k].words)
}

// Words are those of the given kinds over one alphabet, in order: by capture, then by the flow's first packet.
func (s *Set) Words(keys ...Key) *automaton.Words {
	var all []numbered
	for _, k := range keys {
		if s.kinds[k] != nil {
			all = append(all, s.kinds[k].words...)
		}
	}
	slices.SortFunc(all, func(a, b numbered) int {
		return cmp.Or(cmp.Compare(a.capture, b.capture), cmp.Compare(a.flow, b.flow))
	})
	out := &automaton.Words{Dims: Dims}
	codes := map[automaton.Letter]int32{}
	for _, n := range all {
		w := n.word
		w.Symbols = make([]int32, len(n.letters))
		for i, l := range n.letters {
			code, known := codes[l]
			if !known {
				code = int32(len(codes))
				codes[l] = code
				out.Symbols = append(out.Symbols, automaton.Symbol{Name: l.String(), Direction: l.From})
			}
			w.Symbols[i] = code
		}
		out.Words = append(out.Words, w)
	}
	return out
}

// Read makes words of captures (pcap, pcapng), one after the other. Memory follows the packets of the flows that have words.
func Read(ctx context.Context, o Options, captures ...string) (*Set, error) {
	if o.Most <= 0 || o.Most > mostPackets {
		o.Most = mostPackets
	}
	s := &Set{Left: map[string]int64{}, kinds: map[Key]*kind{}}
	for i, path := range captures {
		if err := s.read(ctx, o, i, path); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Set) read(ctx context.Context, o Options, capture int, path string) error {
	in, err := wire.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	open := map[int64]*spelling{}
	flows := track.New(track.Options{}, func(f *labels.Flow) error {
		w := open[f.Flow]
		delete(open, f.Flow)
		s.Flows++
		s.take(o, capture, f, w)
		return nil
	})
	var h wire.Headers
	for {
		frame, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if frame.Index%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if wire.Decode(frame, &h) != nil {
			continue // it belongs to no flow
		}
		flow, forward, err := flows.Add(frame.Time, &h)
		if err != nil {
			return err
		}
		if flow == 0 {
			continue
		}
		w := open[flow]
		if w == nil {
			w = &spelling{last: frame.Time}
			open[flow] = w
		}
		w.add(&h, frame.Time, forward, o.Most)
	}
	return flows.Flush()
}

// take books a flow that has ended.
func (s *Set) take(o Options, capture int, f *labels.Flow, w *spelling) {
	proto := map[uint8]string{6: "tcp", 17: "udp"}[f.Proto]
	reason := w.fault
	switch {
	case proto == "":
		reason = OtherProto
	case o.Benign && w.evil:
		reason = Tainted
	}
	if reason != "" {
		s.Left[reason]++
		return
	}
	k := Key{Service: o.Service(proto, int(f.Dport)), Proto: proto, State: f.State}
	if s.kinds[k] == nil {
		s.kinds[k] = &kind{}
	}
	word := automaton.Word{Values: w.values, Service: k.Service, State: k.State}
	s.kinds[k].words = append(s.kinds[k].words, numbered{capture, f.Flow, word, w.letters})
}
