package track

import (
	"net/netip"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/wire"
)

// Options bound how long a biflow may be silent before its next packet begins another one. Zero fields take the defaults, which
// are Zeek's for connections that are open.
type Options struct {
	TCP, UDP, ICMP int64 // ns of silence: 5 min, 1 min, 1 min
	Closed         int64 // ns of silence after a TCP connection has ended: 5 s
	Fragments      int64 // ns that a fragment is remembered: 30 s
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		field *int64
		value int64
	}{{&o.TCP, 300e9}, {&o.UDP, 60e9}, {&o.ICMP, 60e9}, {&o.Closed, 5e9}, {&o.Fragments, 30e9}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	return o
}

// key is a tuple without direction. ICMP has type and identifier in place of ports.
type key struct {
	low, high netip.AddrPort
	proto     uint8
	vlan      uint32
}

// fragment names the datagram that a fragment belongs to.
type fragment struct {
	src, dst netip.Addr
	id       uint32
	proto    uint8
	vlan     uint32
}

// open is a biflow under way. Biflows hang in a list, the one that was silent longest first.
type open struct {
	flow       labels.Flow
	state      State
	key        key
	port       uint16 // the originator's, as in the key: 0..65535
	prev, next *open
}

// Tracker makes biflows from packets in capture order. Finished ones are handed out as they end. Memory follows the biflows that
// are open.
type Tracker struct {
	options   Options
	done      func(*labels.Flow) error
	open      map[key]*open
	first     *open // least recently active
	last      *open
	fragments map[fragment]whole
	sweep     int64
	flows     int64
}

type whole struct {
	owner *open
	until int64
}

// New makes a tracker that hands finished biflows to done, which must not keep the pointer.
func New(o Options, done func(*labels.Flow) error) *Tracker {
	return &Tracker{options: o.withDefaults(), done: done, open: map[key]*open{}, fragments: map[fragment]whole{}}
}

// Add books a packet and returns the number of its biflow, 1-based in the order of first packets, and whether the originator
// sent it. A packet without an IP header belongs to none: number 0.
func (t *Tracker) Add(time int64, h *wire.Headers) (flow int64, forward bool, err error) {
	if h.IP == 0 {
		return 0, true, nil
	}
	if err := t.expire(time); err != nil {
		return 0, false, err
	}
	k, port := keyOf(h)
	o := t.open[k]
	if h.Fragment != 0 {
		if w, ok := t.fragments[fragmentOf(h)]; ok && w.owner.flow.Flow != 0 {
			o, k, port = w.owner, w.owner.key, w.owner.port
		}
	}
	if o != nil && t.over(o, time, h) {
		if err := t.close(o); err != nil {
			return 0, false, err
		}
		o = nil
	}
	if o == nil {
		o = t.begin(time, k, port, h)
	}
	forward = h.Src == o.flow.Src && (h.Src != h.Dst || port == o.port)
	if h.More && h.Fragment == 0 {
		t.fragments[fragmentOf(h)] = whole{o, time + t.options.Fragments}
	}
	t.book(o, time, forward, h)
	return o.flow.Flow, forward, nil
}

func keyOf(h *wire.Headers) (key, uint16) {
	sport, dport := h.Sport, h.Dport
	if h.Proto == 1 || h.Proto == 58 {
		sport, dport, _ = pairICMP(pairsOf(h.Proto), h.ICMPType, h.ICMPCode)
	}
	a, b := netip.AddrPortFrom(h.Src, sport), netip.AddrPortFrom(h.Dst, dport)
	if b.Compare(a) < 0 {
		a, b = b, a
	}
	return key{a, b, h.Proto, h.VLAN}, sport
}

func fragmentOf(h *wire.Headers) fragment {
	return fragment{h.Src, h.Dst, h.ID, h.Proto, h.VLAN}
}

// timeout is how long the biflow may be silent.
func (t *Tracker) timeout(o *open) int64 {
	switch o.flow.Proto {
	case 6:
		if o.state.Closed() {
			return t.options.Closed
		}
		return t.options.TCP
	case 1, 58:
		return t.options.ICMP
	default:
		return t.options.UDP
	}
}

// over tells whether the packet begins another biflow: after too long a silence, or with a SYN on a connection that has ended.
func (t *Tracker) over(o *open, time int64, h *wire.Headers) bool {
	if time-o.flow.End > t.timeout(o) {
		return true
	}
	return h.Proto == 6 && h.Flags&(syn|ack) == syn && o.state.Closed()
}

// begin opens a biflow. A SYN/ACK that comes first is the responder's.
func (t *Tracker) begin(time int64, k key, port uint16, h *wire.Headers) *open {
	t.flows++
	o := &open{key: k, port: port, flow: labels.Flow{
		Flow: t.flows, Start: time, End: time, ICMPType: -1, ICMPCode: -1,
		Tuple: labels.Tuple{Src: h.Src, Dst: h.Dst, Sport: h.Sport, Dport: h.Dport, Proto: h.Proto, VLAN: h.VLAN},
	}}
	f := &o.flow
	if h.Proto == 1 || h.Proto == 58 {
		f.ICMPType, f.ICMPCode = int16(h.ICMPType), int16(h.ICMPCode)
	}
	if h.Proto == 6 && h.Flags&(syn|ack) == syn|ack {
		f.Src, f.Dst, f.Sport, f.Dport = f.Dst, f.Src, f.Dport, f.Sport
		o.port = h.Dport
	}
	t.open[k] = o
	t.append(o)
	return o
}

// book counts a packet and moves its biflow behind all others.
func (t *Tracker) book(o *open, time int64, forward bool, h *wire.Headers) {
	f := &o.flow
	f.End = max(f.End, time)
	if forward {
		f.FwdPackets++
		f.FwdBytes += int64(h.Length)
	} else {
		f.BwdPackets++
		f.BwdBytes += int64(h.Length)
	}
	flags := h.Flags
	if h.Proto != 6 {
		flags = 0
	}
	o.state.Packet(forward, flags)
	t.unlink(o)
	t.append(o)
}

// expire closes biflows whose longest possible silence has passed; since timeouts differ, only the head of the list is certain.
func (t *Tracker) expire(time int64) error {
	longest := max(t.options.TCP, t.options.UDP, t.options.ICMP)
	for t.first != nil && time-t.first.flow.End > longest {
		if err := t.close(t.first); err != nil {
			return err
		}
	}
	if time > t.sweep {
		t.sweep = time + t.options.Fragments
		for k, w := range t.fragments {
			if w.until < time {
				delete(t.fragments, k)
			}
		}
	}
	return nil
}

// Flush closes every biflow, oldest activity first.
func (t *Tracker) Flush() error {
	for t.first != nil {
		if err := t.close(t.first); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tracker) close(o *open) error {
	if t.open[o.key] == o {
		delete(t.open, o.key)
	}
	t.unlink(o)
	f := o.flow
	o.flow.Flow = 0 // fragments that still name it are on their own
	f.State = o.state.String(f.Proto)
	f.CommunityID = CommunityID(f.Tuple, uint8(f.ICMPType), uint8(f.ICMPCode), 0)
	return t.done(&f)
}

func (t *Tracker) append(o *open) {
	o.prev, o.next = t.last, nil
	if t.last != nil {
		t.last.next = o
	} else {
		t.first = o
	}
	t.last = o
}

func (t *Tracker) unlink(o *open) {
	if o.prev != nil {
		o.prev.next = o.next
	} else {
		t.first = o.next
	}
	if o.next != nil {
		o.next.prev = o.prev
	} else {
		t.last = o.prev
	}
	o.prev, o.next = nil, nil
}
