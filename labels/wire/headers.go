package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/google/gopacket/layers"
)

// Headers are the link, network and transport headers of one packet. Of packets within packets they are the outermost.
type Headers struct {
	VLAN      uint32 // inner id in bits 0..11, outer id in bits 12..23; 0 = untagged
	EtherType uint16 // after VLAN tags
	IP        uint8  // 4, 6, or 0 where there is no IP header
	IPOffset  int    // of the IP header in the frame
	Src, Dst  netip.Addr
	Proto     uint8  // of the transport header; of a later IPv6 fragment what its fragment header says
	TOS       uint8  // traffic class in IPv6
	TTL       uint8  // hop limit in IPv6
	ID        uint32 // IPv4 identification, or that of an IPv6 fragment header
	Evil      bool   // RFC 3514, IPv4 only
	Fragment  uint16 // offset in bytes of this fragment
	More      bool   // more fragments follow

	TransportOffset int  // in the frame
	TransportLength int  // bytes of transport header and payload by the IP header
	Routed          bool // behind an IPv6 routing header

	Transport    bool // the fields below were read
	Sport, Dport uint16
	Seq, Ack     uint32
	Flags        uint8 // TCP
	Window       uint16
	ICMPType     uint8
	ICMPCode     uint8
	ICMPID       uint16
	ICMPSeq      uint16

	Offset  int // of the payload in the frame
	Payload int // bytes of payload by the IP header, which a short snapshot may not hold
	Length  int // bytes on the wire
}

// ErrNotIP says that the frame holds no IP packet (ARP, spanning tree and the like).
var ErrNotIP = errors.New("not an IP packet")

// IANA protocol numbers.
const (
	protoHopByHop = 0
	protoICMP     = 1
	protoTCP      = 6
	protoUDP      = 17
	protoRouting  = 43
	protoFragment = 44
	protoAH       = 51
	protoICMPv6   = 58
	protoNothing  = 59
	protoOptions  = 60
	protoSCTP     = 132
)

// Decode reads the headers of a frame without allocating. It fails where there is no IP header to be read, with ErrNotIP where
// something else is in its place; h.IP is 0 then. It never fails on the transport header: what is cut or not known is left zero.
func Decode(f Frame, h *Headers) error {
	*h = Headers{Length: f.Length}
	at, err := h.link(f.Link, f.Data)
	if err != nil {
		return err
	}
	switch layers.EthernetType(h.EtherType) {
	case layers.EthernetTypeIPv4:
		return h.ipv4(f.Data, at)
	case layers.EthernetTypeIPv6:
		return h.ipv6(f.Data, at)
	}
	return ErrNotIP
}

// ipv4 reads RFC 791's header.
func (h *Headers) ipv4(b []byte, at int) error {
	if len(b) < at+20 {
		return errCut
	}
	ip := b[at:]
	size := int(ip[0]&15) * 4
	if ip[0]>>4 != 4 || size < 20 || len(ip) < size {
		return fmt.Errorf("IPv4 header of version %d with %d bytes", ip[0]>>4, size)
	}
	total := int(binary.BigEndian.Uint16(ip[2:]))
	if total == 0 { // left to the card by segmentation offload
		total = h.Length - at
	}
	word := binary.BigEndian.Uint16(ip[6:])
	h.IP, h.IPOffset, h.TOS, h.TTL, h.Proto = 4, at, ip[1], ip[8], ip[9]
	h.ID, h.Evil, h.More, h.Fragment = uint32(binary.BigEndian.Uint16(ip[4:])), word&0x8000 != 0, word&0x2000 != 0, word&0x1fff*8
	h.Src, h.Dst = netip.AddrFrom4([4]byte(ip[12:16])), netip.AddrFrom4([4]byte(ip[16:20]))
	h.transport(b, at+size, total-size)
	return nil
}

// ipv6 reads RFC 8200's header and those between it and the transport header.
func (h *Headers) ipv6(b []byte, at int) error {
	if len(b) < at+40 {
		return errCut
	}
	ip := b[at:]
	if ip[0]>>4 != 6 {
		return fmt.Errorf("IPv6 header of version %d", ip[0]>>4)
	}
	h.IP, h.IPOffset, h.TOS, h.Proto, h.TTL = 6, at, ip[0]<<4|ip[1]>>4, ip[6], ip[7]
	h.Src, h.Dst = netip.AddrFrom16([16]byte(ip[8:24])), netip.AddrFrom16([16]byte(ip[24:40]))
	left := int(binary.BigEndian.Uint16(ip[4:]))
	if left == 0 && h.Proto != protoNothing { // a jumbogram, or left to the card
		left = h.Length - at - 40
	}
	next := at + 40
	for range 8 { // more than a handful is an attack on parsers
		n := h.extension(b, next)
		next += n
		left -= n
		if n == 0 || h.Fragment != 0 { // behind a later fragment's header there are no headers
			break
		}
	}
	h.transport(b, next, left)
	return nil
}

// extension reads one IPv6 extension header and returns its length, 0 where there is none.
func (h *Headers) extension(b []byte, at int) int {
	if len(b) < at+8 {
		return 0
	}
	e := b[at:]
	switch h.Proto {
	case protoHopByHop, protoRouting, protoOptions:
		h.Routed = h.Routed || h.Proto == protoRouting
		h.Proto = e[0]
		return (int(e[1]) + 1) * 8
	case protoFragment:
		word := binary.BigEndian.Uint16(e[2:])
		h.Proto, h.Fragment, h.More, h.ID = e[0], word&0xfff8, word&1 != 0, binary.BigEndian.Uint32(e[4:])
		return 8
	case protoAH:
		h.Proto = e[0]
		return (int(e[1]) + 2) * 4
	}
	return 0
}

// transport reads ports, flags and types; n is the length that IP announces.
func (h *Headers) transport(b []byte, at, n int) {
	h.Offset, h.Payload = min(at, len(b)), max(n, 0)
	h.TransportOffset, h.TransportLength = h.Offset, h.Payload
	if h.Fragment != 0 || at > len(b) {
		return
	}
	t := b[at:]
	switch h.Proto {
	case protoTCP:
		if len(t) < 14 {
			return
		}
		h.Sport, h.Dport = binary.BigEndian.Uint16(t), binary.BigEndian.Uint16(t[2:])
		h.Seq, h.Ack, h.Flags = binary.BigEndian.Uint32(t[4:]), binary.BigEndian.Uint32(t[8:]), t[13]
		if len(t) >= 16 {
			h.Window = binary.BigEndian.Uint16(t[14:])
		}
		h.body(b, at, n, max(int(t[12]>>4)*4, 20))
	case protoUDP:
		h.ports(b, at, n, 8)
	case protoSCTP:
		h.ports(b, at, n, 12)
	case protoICMP, protoICMPv6:
		if len(t) < 4 {
			return
		}
		h.ICMPType, h.ICMPCode = t[0], t[1]
		if len(t) >= 8 {
			h.ICMPID, h.ICMPSeq = binary.BigEndian.Uint16(t[4:]), binary.BigEndian.Uint16(t[6:])
		}
		h.body(b, at, n, 8)
	}
}

func (h *Headers) ports(b []byte, at, n, head int) {
	if t := b[at:]; len(t) >= 4 {
		h.Sport, h.Dport = binary.BigEndian.Uint16(t), binary.BigEndian.Uint16(t[2:])
		h.body(b, at, n, head)
	}
}

func (h *Headers) body(b []byte, at, n, head int) {
	h.Transport, h.Offset, h.Payload = true, min(at+head, len(b)), max(0, n-head)
}
