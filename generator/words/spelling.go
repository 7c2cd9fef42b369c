package words

import (
	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/labels/wire"
)

// spelling is the word of a flow that has not ended.
type spelling struct {
	letters []automaton.Letter
	values  []float64
	last    int64 // ns
	evil    bool
	fault   string // why it will have no word
}

// add books a packet.
func (w *spelling) add(h *wire.Headers, at int64, forward bool, most int) {
	w.evil = w.evil || h.Evil
	switch {
	case h.Fragment != 0 || h.More:
		w.fault = Fragmented
	case len(w.letters) == most:
		w.fault = TooLong
	}
	if w.fault != "" {
		w.letters, w.values = nil, nil
		return
	}
	l := automaton.Letter{From: automaton.Backward}
	if forward {
		l.From = automaton.Forward
	}
	size := h.Payload
	if h.Proto == protoTCP {
		l.Flags, l.Payload = h.Flags, size > 0
	}
	w.letters = append(w.letters, l)
	w.values = append(w.values, Level(float64(at-w.last)/1e3), Level(float64(size)))
	w.last = at
}

const protoTCP = 6
