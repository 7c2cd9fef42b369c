package dialogue

import (
	"encoding/binary"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// ntpEpoch is the Unix epoch in NTP seconds, era 0 (RFC 5905 §6).
const ntpEpoch = 2_208_988_800

// NTP writes a clock query and its answer, or a burst of four at intervals of two seconds (RFC 5905 §7.3, §13).
func NTP(r *draw.Stream, q Request, c *packet.Conversation) {
	rounds := 1
	if familyOf(q.Client) == unixServer && r.Chance(0.1) {
		rounds = 4
	}
	s := begin(r, &q, c, "ntp", 2*rounds, 96*rounds)
	upstream := trait("ntp", q.Server.Name+q.Server.Addr.String())
	var ref [4]byte
	upstream.Fill(ref[:])
	ref[0] = 193 - ref[0]&63
	stratum := byte(2 + upstream.IntN(2))
	poll := byte(r.Between(6, 10))
	lag := upstream.Duration(-2*millisecond, 2*millisecond) // how far the server's clock is from the capture's
	drift := r.Duration(-20*millisecond, 20*millisecond)    // how far the client's is: why it asks
	synced := lag + q.Time - r.Duration(20*second, 900*second)
	for i := range rounds {
		wait := int64(0)
		if i > 0 {
			wait = 2*second - q.RTT
		}
		query := s.clockQuery(wait, poll, q.Time+int64(i)*2*second+drift)
		s.clockAnswer(query, stratum, poll, ref, synced, lag)
	}
}

// clockQuery says what a client says: its transmit timestamp and little else.
func (s *script) clockQuery(wait int64, poll byte, now int64) []byte {
	mark := len(s.buf)
	s.buf = append(s.buf, make([]byte, 48)...)
	p := s.cut(mark)
	p[0] = 0x23 // leap 0, version 4, mode 3
	switch familyOf(s.q.Client) {
	case windows:
		p[0], p[2], p[3] = 0xdb, 17, 0xe9 // leap unknown, version 3: the Windows time service
		p[10], p[11] = 3, 0x0f
	case unixServer:
		p[2], p[3] = poll, 0x20
	}
	putTimestamp(p[40:], now, s.r)
	s.say(client, wait, p)
	return p
}

func (s *script) clockAnswer(query []byte, stratum, poll byte, ref [4]byte, synced, lag int64) {
	mark := len(s.buf)
	s.buf = append(s.buf, make([]byte, 48)...)
	p := s.cut(mark)
	p[0] = query[0]&0x38 | 4
	p[1], p[2], p[3] = stratum, poll, 0xe8
	binary.BigEndian.PutUint32(p[4:], uint32(s.r.Between(20, 2600)))  // root delay, 2^-16 s
	binary.BigEndian.PutUint32(p[8:], uint32(s.r.Between(200, 3200))) // root dispersion
	copy(p[12:], ref[:])
	putTimestamp(p[16:], synced, s.r)
	copy(p[24:], query[40:])
	wait := s.r.Duration(15*microsecond, 90*microsecond)
	arrival := s.time + s.q.RTT/2 + lag
	putTimestamp(p[32:], arrival, s.r)
	putTimestamp(p[40:], arrival+wait, s.r)
	s.say(server, wait, p)
}

// putTimestamp writes ns since the Unix epoch as an NTP timestamp; bits below a nanosecond are noise, as RFC 5905 §6 asks for.
func putTimestamp(p []byte, t int64, r *draw.Stream) {
	binary.BigEndian.PutUint32(p, uint32(t/second+ntpEpoch))
	fraction := uint64(t%second) << 32 / uint64(second)
	binary.BigEndian.PutUint32(p[4:], uint32(fraction)&^3|uint32(r.IntN(4)))
}
