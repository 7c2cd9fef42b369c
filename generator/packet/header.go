package packet

import (
	"encoding/binary"
	"net/netip"

	"github.com/evilbench/evilbench/generator/draw"
)

const (
	etherLen      = 14
	ipv4Len       = 20
	ipv6Len       = 40
	tcpLen        = 20
	udpLen        = 8 // as are the headers of ICMP
	timestampRoom = 12
	evilBit       = 0x8000 // RFC 3514 §2, in the flags and fragment word
	dontFragment  = 0x4000
)

// header is what all packets of one sender have in common.
type header struct {
	link         [etherLen + ipv6Len]byte // Ethernet and IP, lengths and identification still open
	linkLen      int
	ipSum        uint64 // over the IPv4 header with the open fields zero
	pseudo       uint64 // over the pseudo header, length still open
	sport, dport uint16
	id           uint16
	policy       IPID
	flagWord     uint16
	v6           bool
	stack        *Stack
	stamps       bool
	window       uint16
}

// newHeader settles addresses and the fields that stay.
func newHeader(c *Conversation, from Side, rng *draw.Stream) header {
	me, peer := c.Client, c.Server
	h := header{sport: c.Sport, dport: c.Dport, v6: c.IPv6}
	if from == Server {
		me, peer = peer, me
		h.sport, h.dport = c.Dport, c.Sport
	}
	h.stack, h.policy, h.id = me.Stack, me.Stack.IPID, uint16(rng.Uint64())
	dst := nextHop(me, peer).MAC
	copy(h.link[0:], dst[:])
	copy(h.link[6:], me.MAC[:])
	ttl := me.Stack.TTL - me.Hops
	if c.IPv6 {
		h.ipv6(c, me.Addr6, peer.Addr6, ttl, uint32(rng.Uint64()))
		return h
	}
	binary.BigEndian.PutUint16(h.link[12:], 0x0800)
	h.linkLen = etherLen + ipv4Len
	ip := h.link[etherLen:]
	ip[0], ip[8], ip[9] = 0x45, ttl, c.Proto
	h.flagWord = dontFragment
	if c.Campaign != "" {
		h.flagWord |= evilBit
	}
	binary.BigEndian.PutUint16(ip[6:], h.flagWord)
	src4, dst4 := me.Addr.As4(), peer.Addr.As4()
	copy(ip[12:], src4[:])
	copy(ip[16:], dst4[:])
	h.ipSum = sum(0, ip[:ipv4Len])
	h.pseudo = sum(uint64(c.Proto), ip[12:ipv4Len])
	return h
}

func (h *header) ipv6(c *Conversation, src, dst netip.Addr, hops uint8, label uint32) {
	binary.BigEndian.PutUint16(h.link[12:], 0x86dd)
	h.linkLen = etherLen + ipv6Len
	ip := h.link[etherLen:]
	binary.BigEndian.PutUint32(ip, 6<<28|label&0xfffff)
	ip[6], ip[7] = c.Proto, hops
	a, b := src.As16(), dst.As16()
	copy(ip[8:], a[:])
	copy(ip[24:], b[:])
	h.pseudo = sum(uint64(c.Proto), ip[8:ipv6Len])
}

// nextHop is who the frame is addressed to: the peer on the same segment, else the sender's router.
func nextHop(me, peer *Host) *Host {
	if me.Local && peer.Local && me.Segment != peer.Segment && me.Router != nil {
		return me.Router
	}
	return peer
}

// appendIP writes Ethernet and IP for n bytes above them.
func (h *header) appendIP(dst []byte, n int, rng *draw.Stream) []byte {
	at := len(dst)
	dst = append(dst, h.link[:h.linkLen]...)
	ip := dst[at+etherLen:]
	if h.v6 {
		binary.BigEndian.PutUint16(ip[4:], uint16(n))
		return dst
	}
	total := uint16(ipv4Len + n)
	id := uint16(0)
	switch h.policy {
	case IPIDPerFlow:
		h.id++
		id = h.id
	case IPIDRandom:
		id = uint16(rng.Uint64())
	}
	binary.BigEndian.PutUint16(ip[2:], total)
	binary.BigEndian.PutUint16(ip[4:], id)
	binary.BigEndian.PutUint16(ip[10:], fold(h.ipSum+uint64(total)+uint64(id)))
	return dst
}

// settle fixes what the handshake agreed on.
func (h *header) settle(own *Stack, stamps, scaled bool) {
	h.stamps = stamps
	h.window = own.Window
	if scaled {
		h.window = uint16(uint32(receiveRoom) >> own.WindowScale)
	}
}

// appendTCP renders one segment.
func (s *Stream) appendTCP(dst []byte, g *segment) []byte {
	h := &s.head[g.from]
	var opts [40]byte
	n := 0
	window := h.window
	switch {
	case g.flags&SYN != 0:
		n = s.c.offer(g.from).options(opts[:], g)
		window = h.stack.Window
	case g.flags&RST != 0:
		if g.seq == 0 || g.ack == 0 {
			window = 0
		}
	case h.stamps:
		opts[0], opts[1] = 1, 1
		n = 2 + stampOption(opts[2:], g)
	}
	headLen := tcpLen + n
	dst = h.appendIP(dst, headLen+int(g.n), &s.rng)
	at := len(dst)
	dst = grow(dst, tcpLen)
	t := dst[at:]
	binary.BigEndian.PutUint16(t, h.sport)
	binary.BigEndian.PutUint16(t[2:], h.dport)
	binary.BigEndian.PutUint32(t[4:], g.seq)
	binary.BigEndian.PutUint32(t[8:], g.ack)
	t[12], t[13] = uint8(headLen/4)<<4, g.flags
	binary.BigEndian.PutUint16(t[14:], window)
	t[16], t[17], t[18], t[19] = 0, 0, 0, 0
	dst = append(dst, opts[:n]...)
	if g.n > 0 {
		dst = s.appendBody(dst, g)
	}
	binary.BigEndian.PutUint16(dst[at+16:], fold(sum(h.pseudo+uint64(headLen+int(g.n)), dst[at:])))
	return dst
}

// offer is what a SYN or SYN/ACK says: an answer holds only what was offered.
type offer struct {
	mss                 uint16
	sack, stamps, scale bool
	shift               uint8
}

func (c *Conversation) offer(from Side) offer {
	own, client := c.Client.Stack, c.Client.Stack
	if from == Server {
		own = c.Server.Stack
	}
	o := offer{mss: own.MSS, shift: own.WindowScale}
	if c.IPv6 {
		o.mss -= 20
	}
	o.sack = own.SACK && client.SACK
	o.stamps = own.Timestamps && client.Timestamps
	o.scale = own.WindowScale > 0 && client.WindowScale > 0
	return o
}

// options writes them in the order in which the stack's family does.
func (f offer) options(o []byte, g *segment) int {
	o[0], o[1] = 2, 4
	binary.BigEndian.PutUint16(o[2:], f.mss)
	n := 4
	if f.stamps {
		if f.sack {
			n += copy(o[n:], []byte{4, 2})
		} else {
			n += copy(o[n:], []byte{1, 1})
		}
		n += stampOption(o[n:], g)
		if f.scale {
			n += copy(o[n:], []byte{1, 3, 3, f.shift})
		}
		return n
	}
	if f.scale {
		n += copy(o[n:], []byte{1, 3, 3, f.shift})
	}
	if f.sack {
		n += copy(o[n:], []byte{1, 1, 4, 2})
	}
	return n
}

func stampOption(o []byte, g *segment) int {
	o[0], o[1] = 8, 10
	binary.BigEndian.PutUint32(o[2:], g.tsval)
	binary.BigEndian.PutUint32(o[6:], g.tsecr)
	return 10
}
