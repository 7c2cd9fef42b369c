package track

import (
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/wire"
)

// Options bound how long a biflow may be silent before its next packet begins another one, and how much is remembered. Zero fields
// take the defaults; the times are Zeek's.
type Options struct {
	TCP, UDP, ICMP int64 // ns of silence: 5 min, 1 min (also for every other protocol), 1 min
	Closed         int64 // ns of silence after a TCP connection has ended: 5 s
	Fragments      int64 // ns that a first fragment is remembered: 30 s
	MaxOpen        int   // biflows open at a time: 262,144 (about 100 MB)
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
	if o.MaxOpen == 0 {
		o.MaxOpen = 1 << 18
	}
	return o
}

// Tracker makes biflows from packets in capture order. Finished ones are handed out as they end.
type Tracker struct {
	options                Options
	done                   func(*labels.Flow) error
	open                   map[key]*open
	tcp, udp, icmp, ending queue
	fragments              map[datagram]first
	sweep                  int64 // when fragments are looked through next
	flows                  int64
	evicted                int64
	free                   *open // ended ones, for use again
}

// New makes a tracker that hands finished biflows to done, which must not keep the pointer. An error of done comes back from Add or
// Flush.
func New(o Options, done func(*labels.Flow) error) *Tracker {
	o = o.withDefaults()
	return &Tracker{
		options: o, done: done, open: map[key]*open{}, fragments: map[datagram]first{},
		tcp: queue{timeout: o.TCP}, udp: queue{timeout: o.UDP}, icmp: queue{timeout: o.ICMP}, ending: queue{timeout: o.Closed},
	}
}

// Evicted is how many biflows were ended before their time because MaxOpen were open.
func (t *Tracker) Evicted() int64 { return t.evicted }

// Add books a packet and returns the number of its biflow, 1-based in the order of first packets, and whether the originator
// sent it. A packet without an IP header belongs to none: number 0. Later fragments go with their datagram's first; without it
// they make a biflow without ports.
func (t *Tracker) Add(time int64, h *wire.Headers) (flow int64, forward bool, err error) {
	if h.IP == 0 {
		return 0, true, nil
	}
	if err := t.expire(time); err != nil {
		return 0, false, err
	}
	var o *open
	if h.Fragment != 0 {
		o = t.owner(time, h)
	}
	if o == nil {
		if o, forward, err = t.find(time, h); err != nil {
			return 0, false, err
		}
	} else {
		forward = h.Src == o.flow.Src
	}
	if h.More && h.Fragment == 0 {
		t.remember(time, o, h)
	}
	t.book(o, time, forward, h)
	return o.flow.Flow, forward, nil
}

// find is the packet's biflow, a new one if there is none that it could go on.
func (t *Tracker) find(time int64, h *wire.Headers) (*open, bool, error) {
	k, low := keyOf(h)
	o := t.open[k]
	if o != nil && over(o, time, h) {
		if err := t.close(o); err != nil {
			return nil, false, err
		}
		o = nil
	}
	if o == nil {
		if err := t.makeRoom(); err != nil {
			return nil, false, err
		}
		o = t.begin(time, k, low, h)
	}
	return o, low == o.low, nil
}

// over tells whether the packet begins another biflow: after too long a silence, or with a SYN on a connection that has ended.
func over(o *open, time int64, h *wire.Headers) bool {
	if time-o.flow.End > o.queue.timeout {
		return true
	}
	return h.Proto == protoTCP && h.Flags&(syn|ack) == syn && o.state.Closed()
}

// begin opens a biflow. A SYN/ACK that comes first is the responder's.
func (t *Tracker) begin(time int64, k key, low bool, h *wire.Headers) *open {
	o := t.free
	if o == nil {
		o = new(open)
	} else {
		t.free = o.next
	}
	t.flows++
	*o = open{key: k, low: low, flow: labels.Flow{
		Flow: t.flows, Start: time, End: time, ICMPType: -1, ICMPCode: -1,
		Tuple: labels.Tuple{Src: h.Src, Dst: h.Dst, Sport: h.Sport, Dport: h.Dport, Proto: h.Proto, VLAN: h.VLAN},
	}}
	f := &o.flow
	if isICMP(h.Proto) {
		f.ICMPType, f.ICMPCode = int16(h.ICMPType), int16(h.ICMPCode)
	}
	if h.Proto == protoTCP && h.Flags&(syn|ack) == syn|ack {
		f.Src, f.Dst, f.Sport, f.Dport = f.Dst, f.Src, f.Dport, f.Sport
		o.low = !low
	}
	t.open[k] = o
	t.queue(o).push(o)
	return o
}

// book counts a packet and moves its biflow behind all others that may be silent as long.
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
	if h.Fragment == 0 || f.FwdPackets+f.BwdPackets == 1 {
		o.state.Packet(forward, h.Flags)
	}
	o.leave()
	t.queue(o).push(o)
}

func (t *Tracker) queue(o *open) *queue {
	switch {
	case o.flow.Proto == protoTCP && o.state.Closed():
		return &t.ending
	case o.flow.Proto == protoTCP:
		return &t.tcp
	case isICMP(o.flow.Proto):
		return &t.icmp
	}
	return &t.udp
}

// expire ends what was silent for too long.
func (t *Tracker) expire(time int64) error {
	for _, q := range [...]*queue{&t.tcp, &t.udp, &t.icmp, &t.ending} {
		for q.first != nil && time-q.first.flow.End > q.timeout {
			if err := t.close(q.first); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeRoom ends the biflow that was silent longest where MaxOpen are open.
func (t *Tracker) makeRoom() error {
	if len(t.open) < t.options.MaxOpen {
		return nil
	}
	t.evicted++
	return t.close(t.oldest())
}

// oldest is the biflow that was silent longest, nil where none is open.
func (t *Tracker) oldest() *open {
	var o *open
	for _, q := range [...]*queue{&t.tcp, &t.udp, &t.icmp, &t.ending} {
		if q.first != nil && (o == nil || q.first.flow.End < o.flow.End) {
			o = q.first
		}
	}
	return o
}

// Flush ends every biflow, the one that was silent longest first.
func (t *Tracker) Flush() error {
	for o := t.oldest(); o != nil; o = t.oldest() {
		if err := t.close(o); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tracker) close(o *open) error {
	delete(t.open, o.key)
	o.leave()
	f := &o.flow
	f.State = o.state.String(f.Proto)
	f.CommunityID = CommunityID(f.Tuple, uint8(f.ICMPType), uint8(f.ICMPCode), 0)
	err := t.done(f)
	f.Flow = 0 // fragments that still name it are on their own
	o.next, t.free = t.free, o
	return err
}
