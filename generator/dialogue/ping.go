package dialogue

import (
	"encoding/binary"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// windowsPattern is what Windows sends in an echo request; counting is what the ping of iputils and BSD sends behind its clock.
var (
	windowsPattern = []byte("abcdefghijklmnopqrstuvwabcdefghi")
	counting       = func() (p [48]byte) {
		for i := range p {
			p[i] = byte(8 + i)
		}
		return p
	}()
)

// Ping writes echo requests and their replies, a second apart, with the payload of the client's system. OutBytes decides how many.
// It settles the conversation's ICMP version, type and identifier.
func Ping(r *draw.Stream, q Request, c *packet.Conversation) {
	c.Proto, c.ICMPType = packet.ICMP, 8
	if q.IPv6 {
		c.Proto, c.ICMPType = packet.ICMPv6, 128
	}
	count, size := 1+r.Poisson(1.5), int64(56)
	c.ICMPID = uint16(r.Between(1, 65535))
	if familyOf(q.Client) == windows {
		count, size, c.ICMPID = 4, int64(len(windowsPattern)), 1
	}
	if q.OutBytes > 0 {
		count = int(max(1, min(q.OutBytes/size, 3600)))
	}
	s := begin(r, &q, c, "ping", 2*count, 56)
	wait := int64(0)
	for range count {
		data := s.echo(q.Time)
		s.say(client, wait, data)
		s.say(server, r.Duration(15*microsecond, 120*microsecond), data)
		wait = second - q.RTT
	}
}

// echo is the payload of one request.
func (s *script) echo(start int64) []byte {
	if familyOf(s.q.Client) == windows {
		return windowsPattern
	}
	now := s.time
	if len(s.c.Turns) > 0 {
		now = start + int64(len(s.c.Turns)/2)*second
	}
	mark := len(s.buf)
	if familyOf(s.q.Client) == mac || s.q.Client.Stack.Name == "freebsd" { // struct timeval in network order, 32 bits each
		s.buf = binary.BigEndian.AppendUint32(s.buf, uint32(now/second))
		s.buf = binary.BigEndian.AppendUint32(s.buf, uint32(now%second/microsecond))
		s.buf = append(s.buf, counting[:]...)
		return s.cut(mark)
	}
	s.buf = binary.LittleEndian.AppendUint64(s.buf, uint64(now/second))
	s.buf = binary.LittleEndian.AppendUint64(s.buf, uint64(now%second/microsecond))
	s.buf = append(s.buf, counting[8:]...)
	return s.cut(mark)
}
