package packet

import "fmt"

// Header is one packet to be of a conversation whose packets are told one by one.
type Header struct {
	From  Side
	Flags uint8 // TCP
	Size  int   // bytes above the transport header
	Gap   int64 // ns since the packet before it passed the sensor; it takes longer where the ends are too far apart for it
	Fate  Fate
}

// Fate is what becomes of a told packet between the ends and the capture.
type Fate uint8

// The fates.
const (
	Seen    Fate = iota
	Missed       // the capture lost it, its receiver did not
	Again        // sent a second time
	Swapped      // it passes the sensor behind the packet that follows it
)

// told is how far a conversation of told packets has come.
type told struct {
	next    int
	opened  [2]bool     // the side has sent its SYN
	closed  [2]bool     // and its FIN
	spoke   Side        // who sent payload last
	spoken  int64       // when
	unseen  [2][]flying // of each side, what the other end cannot have acknowledged yet
	granted [2]uint32   // up to where each end has acknowledged the other
	last    [2]segment  // with payload, for another time
	missed  [2]bool     // the capture has not had it
	bytes   [2][]byte   // of it
	repeats bool        // some packet is sent again
}

// flying is a segment under way.
type flying struct {
	at  int64
	end uint32 // sequence number behind it
}

// leastReaction is how long an end takes to react to a packet at least, ns.
const leastReaction = 12_000

// Elapsed is the time from the first to the last of told packets between the conversation's ends, ns.
func (c *Conversation) Elapsed(headers []Header) int64 {
	if len(headers) == 0 {
		return 0
	}
	told := Conversation{Proto: c.Proto, Client: c.Client, Server: c.Server, Headers: headers}
	for i := range headers {
		if h := &headers[i]; h.Fate != Again && (h.Size > 0 || c.Proto != TCP) {
			told.Turns = append(told.Turns, Turn{From: h.From, Fill: int64(h.Size)})
		}
	}
	s := Stream{c: &told, now: -1000, delay: [2]int64{c.Client.Delay, c.Server.Delay}}
	for !s.done {
		s.plan = s.plan[:0]
		s.planTold()
	}
	return s.now
}

// checkTold refuses headers that do not fit the turns: each run of packets with payload from one side is a turn.
func (c *Conversation) checkTold() error {
	turn, left := -1, int64(0)
	for i := range c.Headers {
		h := &c.Headers[i]
		if h.Size == 0 && c.Proto == TCP || h.Fate == Again {
			continue
		}
		if c.Proto == UDP || left == 0 {
			if turn++; turn == len(c.Turns) || c.Turns[turn].From != h.From {
				return fmt.Errorf("conversation %s: packet %d belongs to no message", c.Service, i)
			}
			left = c.Turns[turn].size()
		}
		if left -= int64(h.Size); left < 0 || c.Turns[turn].From != h.From || c.Proto == UDP && left != 0 {
			return fmt.Errorf("conversation %s: packet %d is not of message %d, or goes beyond it", c.Service, i, turn)
		}
	}
	if left != 0 || turn != len(c.Turns)-1 {
		return fmt.Errorf("conversation %s: %d packets carry %d of %d messages", c.Service, len(c.Headers), turn+1, len(c.Turns))
	}
	return nil
}

// planTold plans the next told packet, and the one that overtakes it.
func (s *Stream) planTold() {
	h := s.nextTold()
	at, g, ok := s.tell(h)
	switch {
	case !ok:
	case h.Fate == Missed:
		s.now = max(at/1000*1000, s.now+1000) // time passes all the same
		s.told.missed[h.From] = s.told.missed[h.From] || h.Size > 0
	case h.Fate == Swapped && !s.done && s.c.Headers[s.told.next].Fate != Again:
		s.overtake(at, g)
	default:
		s.add(at, g)
	}
}

func (s *Stream) nextTold() *Header {
	h := &s.c.Headers[s.told.next]
	s.told.next++
	s.done = s.told.next == len(s.c.Headers)
	return h
}

// overtake lets the packet behind g pass the sensor at g's time, and g at that packet's.
func (s *Stream) overtake(at int64, g segment) {
	h := s.nextTold()
	before := s.now
	s.now = max(at, s.now)
	later, other, ok := s.tell(h)
	s.now = before
	if ok && h.Fate != Missed {
		s.add(at, other)
	}
	s.add(later, g)
	s.told.last = [2]segment{} // what was sent last is not what was seen last
}

// tell makes the segment of a told packet and says when it passes the sensor; false if there is none to send again.
func (s *Stream) tell(h *Header) (int64, segment, bool) {
	t := &s.told
	if h.Fate == Again {
		return s.repeat(h)
	}
	at := s.timeOf(h)
	var g segment
	if s.c.Proto == TCP {
		g = s.tellTCP(h, at)
	} else {
		g = segment{from: h.From, turn: int32(s.turn), n: uint16(h.Size)}
		s.turn++
	}
	if h.Size > 0 {
		t.last[h.From], t.missed[h.From] = g, false
	}
	return at, g, true
}

// repeat sends the sender's last payload once more, with its acknowledgement of now.
func (s *Stream) repeat(h *Header) (int64, segment, bool) {
	g, at := s.told.last[h.From], s.now+h.Gap
	if g.n == 0 {
		return 0, g, false
	}
	g.again = !s.told.missed[h.From]
	s.told.missed[h.From] = false
	if s.c.Proto == TCP {
		g.ack, g.tsecr = s.told.granted[h.From], s.tcp.lastVal[1-h.From]
		s.stamp(&g, at)
	}
	return at, g, true
}

// tellTCP does both ends' bookkeeping of a told segment.
func (s *Stream) tellTCP(h *Header, at int64) segment {
	t, x := &s.told, h.From
	s.acknowledgeUpTo(x, at)
	g := s.control(x, h.Flags)
	s.stamp(&g, at)
	g.ack = 0
	if h.Flags&ACK != 0 {
		g.ack = t.granted[x]
	}
	if h.Flags&SYN != 0 && t.opened[x] || h.Flags&FIN != 0 && t.closed[x] {
		g.seq-- // once more
		return g
	}
	length := uint32(h.Size)
	if h.Size > 0 {
		g.n, g.turn, g.off = uint16(h.Size), int32(s.turn), s.off
		t.spoke, t.spoken = x, at
		if s.off += int64(h.Size); s.off == s.c.Turns[s.turn].size() {
			s.turn, s.off = s.turn+1, 0
		}
	}
	if h.Flags&SYN != 0 {
		t.opened[x] = true
		length++
	}
	if h.Flags&FIN != 0 {
		t.closed[x] = true
		length++
	}
	s.tcp.seq[x] += length
	if length > 0 {
		t.unseen[x] = append(t.unseen[x], flying{at, s.tcp.seq[x]})
	}
	return g
}

// timeOf is when a told packet passes the sensor. An answer needs what it answers, and the way there and back; nothing else makes the
// times of a handshake.
func (s *Stream) timeOf(h *Header) int64 {
	t, x, y := &s.told, h.From, 1-h.From
	at := s.now + h.Gap
	if t.next == 1 {
		return s.c.Start
	}
	way := 2*s.delay[x] + leastReaction
	if s.c.Proto != TCP {
		if x != s.last {
			return max(at, s.now+way)
		}
		return at
	}
	switch {
	case h.Flags&(SYN|ACK) == SYN|ACK && !t.opened[x] && t.opened[y], t.next == 3 && h.Flags == ACK && h.Size == 0 && t.opened[x] && t.opened[y]:
		return s.now + way + h.Gap%(Reaction-leastReaction)
	case h.Size > 0 && t.spoken > 0 && t.spoke == y:
		return max(at, t.spoken+way)
	case h.Size == 0 && len(t.unseen[y]) > 0:
		return max(at, t.unseen[y][0].at+way)
	}
	return at
}

// acknowledgeUpTo moves what x has acknowledged to all that can have come to it.
func (s *Stream) acknowledgeUpTo(x Side, at int64) {
	t, y := &s.told, 1-x
	seen := 0
	for seen < len(t.unseen[y]) && t.unseen[y][seen].at+2*s.delay[x] < at {
		t.granted[x] = t.unseen[y][seen].end
		seen++
	}
	t.unseen[y] = append(t.unseen[y][:0], t.unseen[y][seen:]...)
}
