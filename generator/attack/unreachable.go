package attack

import (
	"encoding/binary"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
)

const (
	icmpUnreachable = 3
	icmpPort        = 3
	ipHeader        = 20
	udpHeader       = 8
)

// unreachable is the victim's ICMP answer to a datagram with a literal payload: type 3, code 3, four unused bytes, and the header and
// first eight bytes of what it answers (RFC 792), as they came in. Only the identification of stacks that count is not known here.
func unreachable(c *packet.Conversation, r *draw.Stream) packet.Conversation {
	body := make([]byte, 4+ipHeader+udpHeader)
	data := c.Turns[0].Data
	n := uint16(udpHeader + len(data))
	src, dst := c.Client.Addr.As4(), c.Server.Addr.As4()

	ip := body[4 : 4+ipHeader]
	ip[0] = 0x45
	binary.BigEndian.PutUint16(ip[2:], ipHeader+n)
	if c.Client.Stack.IPID != packet.IPIDZero {
		binary.BigEndian.PutUint16(ip[4:], uint16(r.Uint64()))
	}
	ip[6], ip[8], ip[9] = 0x40, c.Client.Stack.TTL-c.Client.Hops, packet.UDP // don't fragment
	copy(ip[12:], src[:])
	copy(ip[16:], dst[:])
	binary.BigEndian.PutUint16(ip[10:], ^fold(add(0, ip)))

	udp := body[4+ipHeader:]
	binary.BigEndian.PutUint16(udp, c.Sport)
	binary.BigEndian.PutUint16(udp[2:], c.Dport)
	binary.BigEndian.PutUint16(udp[4:], n)
	pseudo := add(add(packet.UDP+uint32(n), src[:]), dst[:])
	check := ^fold(add(add(pseudo, udp[:6]), data))
	if check == 0 {
		check = 0xffff // RFC 768: zero means none
	}
	binary.BigEndian.PutUint16(udp[6:], check)

	return packet.Conversation{
		Start: c.Start + 2*c.Server.Delay + neighbour + r.Duration(0, 400_000),
		Proto: packet.ICMP, Client: c.Server, Server: c.Client, ICMPType: icmpUnreachable, ICMPCode: icmpPort,
		Class: labels.VictimReply, Campaign: c.Campaign, Stage: c.Stage, Turns: []packet.Turn{{Data: body}},
	}
}

// add sums 16-bit words (RFC 1071); an odd last byte is padded. At most 64 KiB are summed.
func add(sum uint32, p []byte) uint32 {
	for ; len(p) > 1; p = p[2:] {
		sum += uint32(p[0])<<8 | uint32(p[1])
	}
	if len(p) == 1 {
		sum += uint32(p[0]) << 8
	}
	return sum
}

// fold brings the carries back in.
func fold(sum uint32) uint16 {
	sum = sum>>16 + sum&0xffff
	return uint16(sum>>16 + sum)
}
