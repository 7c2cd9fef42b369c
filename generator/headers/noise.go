package headers

import (
	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Times of what noise adds, ns: that of a retransmission, and of an acknowledgement that nobody needed.
const (
	leastTimeout, mostTimeout = 200_000_000, 1_500_000_000
	leastExtra, mostExtra     = 20_000, 2_000_000
)

// disturb plays noise back as the capture point sees it: a symbol that is lost is a packet that the capture missed, one that comes again a
// retransmission, one that changes places a packet that its successor overtook, one that comes from nowhere an acknowledgement that says
// nothing new, and one that stands for another a packet without its push flag. The first packet of a flow stays, so that its ends do.
func disturb(r *draw.Stream, word []packet.Header, n *automaton.Noise) []packet.Header {
	out := word[:1:1]
	for _, h := range word[1:] {
		u := r.Float64()
		kind := func(p float64) bool { u -= p; return u < 0 && u >= -p }
		switch {
		case kind(n.Deletion):
			h.Fate = packet.Missed
			out = append(out, h)
		case kind(n.Repetition):
			out = append(out, h)
			if h.Size > 0 {
				out = append(out, packet.Header{From: h.From, Flags: h.Flags, Fate: packet.Again, Gap: r.Duration(leastTimeout, mostTimeout)})
			}
		case kind(n.Transposition):
			h.Fate = packet.Swapped
			out = append(out, h)
		case kind(n.Addition):
			out = append(out, h)
			if h.Flags == packet.ACK || h.Flags == packet.ACK|packet.PSH {
				out = append(out, packet.Header{From: h.From, Flags: packet.ACK, Gap: r.Duration(leastExtra, mostExtra)})
			}
		case kind(n.Substitution):
			h.Flags &^= packet.PSH
			out = append(out, h)
		default:
			out = append(out, h)
		}
	}
	return out
}
