package headers

import (
	"math"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Want is what a flow was promised.
type Want struct {
	Service, State string
	Packets        [2]int64 // by side; both 0 = as many as the automaton draws
	Bytes          [2]int64 // of payload by side; below 0 = as the automaton draws
	Whole          bool     // Bytes are those of IP packets
	Duration       int64    // ns; 0 = as the automaton draws
	Flags          uint8    // of all its packets; 0 = any
	Alternate      bool     // no answer before its question: the server has never sent more packets than the client
	Noise          bool     // play the noise back that the automaton was learnt in spite of
}

// Outcome is how far what was drawn is what was wanted.
type Outcome uint8

// The outcomes. From Missing on nothing was drawn.
const (
	Exact     Outcome = iota
	NearState         // by the automaton of another state
	NearCount         // the automaton has no word with these numbers of packets, but one with others
	Missing           // no automaton of the service in a state like this one
	TooLong           // more packets than exact tables are kept for
	Unlike            // no word drawn ends in the state, or has room for what the flow was promised
	Outcomes
)

// candidates are how many words with the right numbers of packets are drawn: the one taken is the likelier the nearer its bytes and time are
// to those promised (D. B. Rubin's sampling and importance resampling, 1988).
const candidates = 12

// rounds are how often as many words are drawn until one will do.
const rounds = 4

// mostDrawn bounds a word whose packets nobody has counted.
const mostDrawn = 2000

// Draw draws the packets of a conversation, whose ends and protocol must be set, and its messages: each run of payload from one side. Sizes
// and times are brought to what was promised.
func (s *Set) Draw(r *draw.Stream, c *packet.Conversation, w *Want) ([]packet.Header, Outcome) {
	proto := "tcp"
	if c.Proto != packet.TCP {
		proto = "udp"
	}
	k, own := s.find(w.Service, proto, w.State)
	if k == nil {
		return nil, Missing
	}
	outcome := Exact
	if !own {
		outcome = NearState
	}
	packets := w.Packets
	if packets != [2]int64{} {
		counts := k.counts()
		if max(packets[0], packets[1]) > int64(counts.Most()) {
			return nil, TooLong
		}
		if math.IsInf(counts.LogProbability(int(packets[0]), int(packets[1])), -1) {
			f, b, ok := counts.Nearest(int(packets[0]), int(packets[1]))
			if !ok {
				return nil, Unlike
			}
			packets, outcome = [2]int64{int64(f), int64(b)}, NearCount
		}
	}
	var best []packet.Header
	for range rounds {
		if best = k.choose(r, c, w, packets); best != nil {
			break
		}
	}
	if best == nil {
		return nil, Unlike
	}
	fitSizes(c, best, w)
	fitTime(c, best, w.Duration)
	if w.Noise && k.a.Noise != nil {
		best = disturb(r, best, k.a.Noise)
	}
	return best, outcome
}

// choose draws words and takes one of them; nil where none will do.
func (k *kind) choose(r *draw.Stream, c *packet.Conversation, w *Want, packets [2]int64) []packet.Header {
	var words [candidates][]packet.Header
	var weight [candidates]float64
	top, any := math.Inf(-1), false
	for i := range words {
		var edges []automaton.Edge
		if packets == [2]int64{} {
			edges = k.a.Walk(r, mostDrawn)
		} else {
			edges = k.counts().Draw(r, int(packets[0]), int(packets[1]))
		}
		words[i] = k.headers(r, edges)
		weight[i] = math.Inf(-1)
		if len(words[i]) > 0 && k.sound(words[i], c, w) {
			weight[i], any = w.likeness(c, words[i]), true
		}
		top = max(top, weight[i])
	}
	if !any {
		return nil
	}
	sum := 0.0
	for i := range weight {
		weight[i] = math.Exp(weight[i] - top)
		sum += weight[i]
	}
	u := r.Float64() * sum
	chosen := 0
	for i := range weight {
		if weight[i] == 0 {
			continue
		}
		chosen = i
		if u -= weight[i]; u < 0 {
			break
		}
	}
	return words[chosen]
}

// headers draws what comes with a word's edges.
func (k *kind) headers(r *draw.Stream, edges []automaton.Edge) []packet.Header {
	out := make([]packet.Header, 0, len(edges))
	var values [2]float64
	for i := range edges {
		e := &edges[i]
		if e.Symbol == automaton.End {
			break
		}
		l := k.letters[e.Symbol]
		h := packet.Header{Flags: l.Flags}
		if l.From == automaton.Backward {
			h.From = packet.Server
		}
		if chain := k.chains[e.Guard]; chain != nil {
			v := chain.Draw(r, values[:0])
			h.Gap = int64(1e3 * amount(r, v[0]))
			if l.Payload || l.Flags == 0 {
				h.Size = int(max(1, math.Round(amount(r, v[1]))))
			}
		}
		out = append(out, h)
	}
	return out
}

// amount is a number somewhere in a level's range.
func amount(r *draw.Stream, level float64) float64 {
	if level <= 0 {
		return r.Float64()
	}
	return math.Pow(10, (min(level, mostLevel)+r.Float64()-0.5)/10)
}

// mostLevel is that of three hours in microseconds.
const mostLevel = 100
