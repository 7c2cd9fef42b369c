package track

import (
	"net/netip"

	"github.com/evilbench/evilbench/labels/wire"
)

// datagram names what fragments belong together (RFC 791, section 3.2; RFC 8200, section 4.5).
type datagram struct {
	src, dst netip.Addr
	id, vlan uint32
	proto    uint8 // IPv4 only
}

// first is where a datagram's first fragment went.
type first struct {
	owner *open
	flow  int64 // the owner's number then: owners are used again
	until int64
}

func datagramOf(h *wire.Headers) datagram {
	d := datagram{src: h.Src, dst: h.Dst, id: h.ID, vlan: h.VLAN}
	if h.IP == 4 {
		d.proto = h.Proto
	}
	return d
}

// owner is the biflow of a later fragment, nil where its first fragment was not seen in time.
func (t *Tracker) owner(time int64, h *wire.Headers) *open {
	f, ok := t.fragments[datagramOf(h)]
	if !ok || f.until < time || f.owner.flow.Flow != f.flow {
		return nil
	}
	return f.owner
}

// remember keeps where a first fragment went. Old ones are forgotten now and then, and all of them where there are too many.
func (t *Tracker) remember(time int64, o *open, h *wire.Headers) {
	if time > t.sweep || len(t.fragments) >= t.options.MaxOpen {
		t.sweep = time + t.options.Fragments
		for d, f := range t.fragments {
			if f.until < time {
				delete(t.fragments, d)
			}
		}
	}
	if len(t.fragments) >= t.options.MaxOpen {
		clear(t.fragments)
	}
	t.fragments[datagramOf(h)] = first{o, o.flow.Flow, time + t.options.Fragments}
}
