package packet

// tcpState is both ends' bookkeeping (RFC 9293 §3.3.1, as far as a passive observer can tell).
type tcpState struct {
	phase    uint8
	seq      [2]uint32 // next sequence number of each end
	flight   [2]int    // congestion window in segments
	most     [2]int    // what the other end's window allows
	mss      int64
	stamps   bool
	base     [2]uint32 // TCP timestamp clock offset
	lastVal  [2]uint32
	attempts int
}

const (
	phaseOpen = iota
	phaseTalk
	phaseClose
)

const (
	firstFlight = 10         // RFC 6928
	delayedACK  = 40_000_000 // an answer within this time carries the acknowledgement
	mostFlight  = 64
	receiveRoom = 131072 // bytes a receiver with window scaling offers
)

// openTCP draws initial numbers and settles the options both ends agree on.
func (s *Stream) openTCP() {
	a, b := s.c.Client.Stack, s.c.Server.Stack
	t := &s.tcp
	for side := range t.seq {
		t.seq[side] = uint32(s.rng.Uint64())
		t.base[side] = uint32(s.rng.Uint64() >> 34)
		t.flight[side] = firstFlight
	}
	t.mss, t.stamps = int64(s.c.Room()), a.Timestamps && b.Timestamps
	scaled := a.WindowScale > 0 && b.WindowScale > 0
	for side, peer := range [2]*Stack{b, a} {
		room := int64(peer.Window)
		if scaled {
			room = receiveRoom
		}
		t.most[side] = int(max(1, min(mostFlight, room/t.mss)))
	}
	s.head[Client].settle(a, t.stamps, scaled)
	s.head[Server].settle(b, t.stamps, scaled)
}

func (s *Stream) planTCP() {
	switch s.tcp.phase {
	case phaseOpen:
		s.planOpening()
	case phaseTalk:
		if s.turn == len(s.c.Turns) {
			s.tcp.phase = phaseClose
			return
		}
		s.planFlight()
	default:
		s.planClose()
		s.done = true
	}
}

// planOpening is the three-way handshake, or what became of it.
func (s *Stream) planOpening() {
	t := &s.tcp
	if s.c.Ending == Unanswered {
		wait := int64(1e9)<<t.attempts - 1e9
		s.add(s.c.Start+wait, s.control(Client, SYN))
		t.attempts++
		s.done = t.attempts > s.c.SYNRetries
		return
	}
	s.add(s.c.Start, s.control(Client, SYN))
	t.seq[Client]++
	if s.c.Ending == Refused {
		g := s.control(Server, RST|ACK)
		g.seq, g.tsval, g.tsecr = 0, 0, 0
		s.add(s.after(Server, 0), g)
		s.done = true
		return
	}
	s.add(s.after(Server, 0), s.control(Server, SYN|ACK))
	t.seq[Server]++
	if s.c.Ending == NeverAcknowledged {
		s.repeatSYNACK()
		return
	}
	if s.c.Ending == HalfOpen {
		g := s.control(Client, RST)
		g.ack = 0
		s.add(s.after(Client, 0), g)
		s.done = true
		return
	}
	s.add(s.after(Client, 0), s.control(Client, ACK))
	t.phase = phaseTalk
}

// repeatSYNACK is the server asking again, one and three seconds later, for an acknowledgement that never comes.
func (s *Stream) repeatSYNACK() {
	s.done = true
	first := s.now
	for _, wait := range [2]int64{1e9, 3e9} {
		g := s.control(Server, SYN|ACK)
		g.seq--
		s.add(first+wait, g)
	}
}

// planFlight sends as much of the turn as one congestion window holds, with its acknowledgements between: one for every second
// segment (RFC 9293 §3.8.6.3), each when the receiver's answer passes the sensor. The next flight waits for the last of them.
func (s *Stream) planFlight() {
	t, turn := &s.tcp, &s.c.Turns[s.turn]
	x, y := turn.From, 1-turn.From
	size := turn.size()
	at := s.after(x, turn.Wait)
	if s.off > 0 {
		at = s.after(x, 0)
	}
	room := min(t.flight[x], t.most[x])
	t.flight[x] = min(2*t.flight[x], mostFlight)
	echo := t.lastVal[y]
	back := 2*s.delay[y] + 20_000

	acks, sent, owed := s.acks[:0], 0, 0
	for i := 0; i < room && s.off < size; i++ {
		n := min(t.mss, size-s.off)
		if i > 0 {
			at += s.gap + s.rng.Duration(0, s.gap/4)
		}
		for sent < len(acks) && acks[sent].time < at {
			s.acknowledge(acks[sent])
			sent++
		}
		g := s.control(x, ACK)
		g.n, g.off, g.turn, g.tsecr = uint16(n), s.off, int32(s.turn), echo
		s.off += n
		if s.off == size {
			g.flags |= PSH
		}
		s.stamp(&g, at)
		s.add(at, g)
		t.seq[x] += uint32(n)
		if owed++; owed == 2 || s.off == size || i == room-1 {
			a := s.control(y, ACK)
			a.time, a.tsecr = at+back, g.tsval
			acks, owed = append(acks, a), 0
		}
	}
	s.acks = acks
	if s.off == size {
		s.off = 0
		s.turn++
		if s.answersSoon(y) {
			acks = acks[:len(acks)-1]
		}
	}
	for ; sent < len(acks); sent++ {
		s.acknowledge(acks[sent])
	}
}

// answersSoon tells whether the receiver's own next message carries the acknowledgement.
func (s *Stream) answersSoon(y Side) bool {
	return s.turn < len(s.c.Turns) && s.c.Turns[s.turn].From == y && s.c.Turns[s.turn].Wait < delayedACK
}

func (s *Stream) acknowledge(g segment) {
	s.stamp(&g, g.time)
	s.add(g.time, g)
}

// planClose ends the connection the way the conversation says.
func (s *Stream) planClose() {
	switch s.c.Ending {
	case CloseByClient:
		s.planFIN(Client)
	case CloseByServer:
		s.planFIN(Server)
	case ResetByClient:
		s.add(s.after(Client, 0), s.control(Client, RST|ACK))
	case ResetByServer:
		s.add(s.after(Server, 0), s.control(Server, RST|ACK))
	}
}

func (s *Stream) planFIN(x Side) {
	y := 1 - x
	s.add(s.after(x, s.rng.Duration(30_000, 900_000)), s.control(x, FIN|ACK))
	s.tcp.seq[x]++
	if s.rng.Chance(0.4) {
		s.add(s.after(y, 0), s.control(y, ACK))
	}
	s.add(s.after(y, s.rng.Duration(20_000, 400_000)), s.control(y, FIN|ACK))
	s.tcp.seq[y]++
	s.add(s.after(x, 0), s.control(x, ACK))
}

// control is a segment without payload at the ends' present numbers.
func (s *Stream) control(from Side, flags uint8) segment {
	t := &s.tcp
	g := segment{from: from, flags: flags, seq: t.seq[from], tsecr: t.lastVal[1-from]}
	if flags&ACK != 0 {
		g.ack = t.seq[1-from]
	}
	s.stamp(&g, s.now)
	return g
}

// stamp sets the timestamp clock, one tick a millisecond (RFC 7323 §5.4), never backwards.
func (s *Stream) stamp(g *segment, at int64) {
	t := &s.tcp
	if !t.stamps {
		return
	}
	v := t.base[g.from] + uint32(max(0, at-s.c.Start)/1e6)
	if int32(v-t.lastVal[g.from]) < 0 && t.lastVal[g.from] != 0 {
		v = t.lastVal[g.from]
	}
	g.tsval, t.lastVal[g.from] = v, v
}
