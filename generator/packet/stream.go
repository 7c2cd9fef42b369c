package packet

import (
	"fmt"

	"github.com/evilbench/evilbench/generator/draw"
)

// MTU is the largest IP packet that is made.
const MTU = 1500

// Protocol numbers (IANA).
const (
	ICMP   = 1
	TCP    = 6
	UDP    = 17
	ICMPv6 = 58
)

// TCP flags as they stand in the header.
const (
	FIN = 1 << iota
	SYN
	RST
	PSH
	ACK
)

// segment is one planned packet: everything but its bytes.
type segment struct {
	time         int64
	off          int64
	turn         int32
	n            uint16
	flags        uint8
	from         Side
	again        bool // its payload is what its sender sent last
	seq, ack     uint32
	tsval, tsecr uint32
}

// Stream renders one conversation packet by packet, in time order. It plans a round trip ahead and keeps nothing else, so an
// open conversation costs little however long it lasts.
type Stream struct {
	c     *Conversation
	rng   draw.Stream
	head  [2]header // templates by sender
	plan  []segment
	acks  []segment // scratch: acknowledgements under way
	next  int
	now   int64    // time of the last planned packet
	last  Side     // its sender
	delay [2]int64 // one way between each end and the sensor
	gap   int64    // between two full segments of one flight
	turn  int
	off   int64 // bytes of the turn already planned
	done  bool
	tcp   tcpState
	told  told
	echo  uint16 // ICMP echo sequence number
}

// Meta is what a rendered packet was.
type Meta struct {
	Time    int64
	Forward bool
	Flags   uint8 // TCP
	Payload int   // bytes above the transport header
}

// NewStream checks the conversation and plans its first packets.
func NewStream(c *Conversation) (*Stream, error) {
	s := &Stream{c: c, rng: c.Seed.Stream(), now: c.Start/1000*1000 - 1000}
	if err := c.check(); err != nil {
		return nil, err
	}
	s.delay = [2]int64{c.Client.Delay, c.Server.Delay}
	s.gap = 12_000
	if !c.Client.Local || !c.Server.Local {
		s.gap = s.rng.Duration(25_000, 130_000)
	}
	s.head[Client] = newHeader(c, Client, &s.rng)
	s.head[Server] = newHeader(c, Server, &s.rng)
	if c.Proto == TCP {
		s.openTCP()
	}
	for i := range c.Headers {
		s.told.repeats = s.told.repeats || c.Headers[i].Fate == Again
	}
	s.refill()
	return s, nil
}

// check refuses what cannot be put on the wire.
func (c *Conversation) check() error {
	if c.Client == nil || c.Server == nil || c.Client.Stack == nil || c.Server.Stack == nil {
		return fmt.Errorf("conversation %s: an end is missing", c.Service)
	}
	if c.IPv6 && (!c.Client.Addr6.Is6() || !c.Server.Addr6.Is6()) {
		return fmt.Errorf("conversation %s between %s and %s: no IPv6 address on both ends", c.Service, c.Client.Name, c.Server.Name)
	}
	if c.Headers != nil {
		if err := c.checkTold(); err != nil {
			return err
		}
	}
	switch c.Proto {
	case TCP, resolution:
		return nil
	case UDP, ICMP, ICMPv6:
	default:
		return fmt.Errorf("conversation %s: protocol %d is not one that can be made (1, 6, 17, 58)", c.Service, c.Proto)
	}
	room := c.Room()
	for i := range c.Turns {
		if n := c.Turns[i].size(); n > int64(room) {
			return fmt.Errorf("conversation %s: message %d has %d bytes, a datagram holds %d", c.Service, i, n, room)
		}
	}
	return nil
}

// Time is when the next packet passes the sensor; false when there is none.
func (s *Stream) Time() (int64, bool) {
	if s.next == len(s.plan) {
		return 0, false
	}
	return s.plan[s.next].time, true
}

// Append renders the next packet behind dst and moves on. It must not be called when Time said false.
func (s *Stream) Append(dst []byte) ([]byte, Meta) {
	g := &s.plan[s.next]
	s.next++
	m := Meta{Time: g.time, Forward: g.from == Client, Flags: g.flags, Payload: int(g.n)}
	switch s.c.Proto {
	case TCP:
		dst = s.appendTCP(dst, g)
	case resolution:
		dst = s.appendResolution(dst, g)
	default:
		dst = s.appendDatagram(dst, g)
	}
	if s.next == len(s.plan) {
		s.refill()
	}
	return dst, m
}

// refill plans on until there is a packet or the conversation is over.
func (s *Stream) refill() {
	s.plan, s.next = s.plan[:0], 0
	for len(s.plan) == 0 && !s.done {
		switch {
		case s.c.Headers != nil:
			s.planTold()
		case s.c.Proto == TCP:
			s.planTCP()
		case s.c.Proto == resolution:
			s.planResolution()
		default:
			s.planDatagram()
		}
	}
}

// add puts a packet on the plan, at t or just after the last one. Times are whole microseconds, as the capture stores them.
func (s *Stream) add(t int64, g segment) {
	g.time = max(t/1000*1000, s.now+1000)
	s.now, s.last = g.time, g.from
	s.plan = append(s.plan, g)
}

// Reaction is the longest that a host itself takes to react to a packet, ns, beside what the dialogue waits.
const Reaction = 70_000

// after is when side speaks next, as the sensor sees it: it must have seen the last packet, and then takes wait.
func (s *Stream) after(side Side, wait int64) int64 {
	t := s.now + wait + s.rng.Duration(12_000, Reaction)
	if s.last != side {
		t += 2 * s.delay[side]
	}
	return t
}
