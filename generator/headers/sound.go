package headers

import (
	"math"

	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels/track"
)

// sound tells whether a word can be a flow like this one: that it begins where flows begin, ends in its automaton's state, says nothing after
// its own farewell, and has room for what was promised.
func (k *kind) sound(word []packet.Header, c *packet.Conversation, w *Want) bool {
	var state track.State
	var gone [2]bool
	ahead := 0
	for i := range word {
		h := &word[i]
		state.Packet(h.From == packet.Client, h.Flags)
		if h.Size > 0 && gone[h.From] {
			return false
		}
		gone[h.From] = gone[h.From] || h.Flags&(packet.FIN|packet.RST) != 0
		if h.From == packet.Client {
			ahead++
		} else if ahead--; ahead < 0 && w.Alternate {
			return false
		}
	}
	first := &word[0]
	if first.From != packet.Client || c.Proto == packet.TCP && first.Flags != packet.SYN {
		return false
	}
	if !w.room(c, word) {
		return false
	}
	silent := k.state == "S0" || k.state == "REJ"
	if c.Proto == packet.TCP && silent && messages(word) > 0 {
		return false
	}
	return c.Proto != packet.TCP || state.String(c.Proto) == k.state
}

// room tells whether a word's packets can carry the payload promised.
func (w *Want) room(c *packet.Conversation, word []packet.Header) bool {
	var room [2]int64
	for i := range word {
		if word[i].Size > 0 {
			room[word[i].From] += int64(c.Room())
		}
	}
	want := w.payload(c, word)
	return want[0] <= room[0] && want[1] <= room[1]
}

// messages counts runs of payload from one side.
func messages(word []packet.Header) (n int) {
	last := packet.Side(2)
	for i := range word {
		if word[i].Size > 0 && word[i].From != last {
			last = word[i].From
			n++
		}
	}
	return n
}

// decibels is how far from each other bytes or times are when they are one standard deviation apart.
const decibels = 3

// likeness is the logarithm of how well a word's bytes, time and flags are those promised, but for a constant.
func (w *Want) likeness(c *packet.Conversation, word []packet.Header) float64 {
	var bytes, packets [2]int64
	var time int64
	flags := uint8(0)
	for i := range word {
		h := &word[i]
		bytes[h.From] += int64(h.Size)
		if h.Size > 0 {
			packets[h.From]++
		}
		flags |= h.Flags
		time += h.Gap
	}
	out := 0.0
	for side, want := range w.payload(c, word) {
		if want >= 0 {
			out -= apart(bytes[side], max(want, packets[side]))
		}
	}
	if w.Duration > 0 {
		out -= apart(time/1000, w.Duration/1000)
	}
	if w.Flags != 0 && flags != w.Flags {
		out -= 2
	}
	return out
}

// payload is how many bytes of payload a word is to have by side; below 0 = any.
func (w *Want) payload(c *packet.Conversation, word []packet.Header) [2]int64 {
	out := w.Bytes
	if !w.Whole {
		return out
	}
	for i := range word {
		out[word[i].From] -= int64(c.Overhead(word[i].From, word[i].Flags))
	}
	return [2]int64{max(0, out[0]), max(0, out[1])}
}

func apart(a, b int64) float64 {
	d := 10 * math.Log10(float64(a+1)/float64(b+1)) / decibels
	return d * d / 2
}
