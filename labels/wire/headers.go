package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/google/gopacket/layers"
)

// Headers are the link, network and transport headers of one packet.
type Headers struct {
	VLAN      uint32 // inner id in bits 0..11, outer id in bits 12..23; 0 = untagged
	EtherType uint16 // after VLAN tags
	IP        uint8  // 4, 6, or 0 where there is no IP header
	IPOffset  int    // of the IP header in the frame
	Src, Dst  netip.Addr
	Proto     uint8 // of the transport header
	TTL       uint8
	ID        uint32 // IPv4 identification, or that of an IPv6 fragment header
	Evil      bool   // RFC 3514, IPv4 only
	Fragment  uint16 // offset in bytes of this fragment
	More      bool   // more fragments follow

	Transport    bool // the fields below were read
	Sport, Dport uint16
	Seq, Ack     uint32
	Flags        uint8 // TCP
	Window       uint16
	ICMPType     uint8
	ICMPCode     uint8
	ICMPID       uint16
	ICMPSeq      uint16
	Offset       int // of the payload in the frame
	Payload      int // bytes of payload by the IP header, which a short snapshot may not hold
	Length       int // bytes on the wire
}

// ErrNotIP says that the frame holds no IP packet (ARP, spanning tree and the like).
var ErrNotIP = errors.New("not an IP packet")

// Decode reads the headers of a frame. It never fails on the transport header: what is cut or not known is left zero.
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

var errCut = errors.New("frame is cut short")

// link finds the network header and its type.
func (h *Headers) link(l LinkType, b []byte) (int, error) {
	switch l {
	case Ethernet:
		if len(b) < 14 {
			return 0, errCut
		}
		return h.tags(b, 12)
	case SLL:
		if len(b) < 16 {
			return 0, errCut
		}
		return h.tags(b, 14)
	case SLL2:
		if len(b) < 20 {
			return 0, errCut
		}
		h.EtherType = binary.BigEndian.Uint16(b)
		return 20, nil
	case Null, Loop:
		return h.bsd(l, b)
	case Raw, RawBSD, RawOpen, IPv4, IPv6:
		return h.raw(b, 0)
	}
	return 0, fmt.Errorf("link type %d cannot be decoded", l)
}

// tags walks over 802.1Q and 802.1ad tags.
func (h *Headers) tags(b []byte, at int) (int, error) {
	h.EtherType = binary.BigEndian.Uint16(b[at:])
	at += 2
	for h.EtherType == 0x8100 || h.EtherType == 0x88a8 || h.EtherType == 0x9100 {
		if len(b) < at+4 {
			return 0, errCut
		}
		h.VLAN = (h.VLAN<<12 | uint32(binary.BigEndian.Uint16(b[at:])&0xfff)) & 0xffffff
		h.EtherType = binary.BigEndian.Uint16(b[at+2:])
		at += 4
	}
	return at, nil
}

// bsd reads the four-byte protocol family of loopback captures, in either byte order.
func (h *Headers) bsd(l LinkType, b []byte) (int, error) {
	if len(b) < 4 {
		return 0, errCut
	}
	family := binary.LittleEndian.Uint32(b)
	if l == Loop || family > 0xffff {
		family = binary.BigEndian.Uint32(b)
	}
	switch family {
	case 2, 24, 28, 30:
		return h.raw(b, 4)
	}
	return 0, ErrNotIP
}

// raw chooses by the version nibble.
func (h *Headers) raw(b []byte, at int) (int, error) {
	if len(b) <= at {
		return 0, errCut
	}
	switch b[at] >> 4 {
	case 4:
		h.EtherType = uint16(layers.EthernetTypeIPv4)
	case 6:
		h.EtherType = uint16(layers.EthernetTypeIPv6)
	default:
		return 0, ErrNotIP
	}
	return at, nil
}

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
	if total == 0 { // segmentation offload
		total = h.Length - at
	}
	word := binary.BigEndian.Uint16(ip[6:])
	h.IP, h.IPOffset, h.TTL, h.Proto = 4, at, ip[8], ip[9]
	h.ID, h.Evil, h.More, h.Fragment = uint32(binary.BigEndian.Uint16(ip[4:])), word&0x8000 != 0, word&0x2000 != 0, word&0x1fff*8
	h.Src, h.Dst = netip.AddrFrom4([4]byte(ip[12:16])), netip.AddrFrom4([4]byte(ip[16:20]))
	h.transport(b, at+size, total-size)
	return nil
}

func (h *Headers) ipv6(b []byte, at int) error {
	if len(b) < at+40 {
		return errCut
	}
	ip := b[at:]
	if ip[0]>>4 != 6 {
		return fmt.Errorf("IPv6 header of version %d", ip[0]>>4)
	}
	h.IP, h.IPOffset, h.Proto, h.TTL = 6, at, ip[6], ip[7]
	h.Src, h.Dst = netip.AddrFrom16([16]byte(ip[8:24])), netip.AddrFrom16([16]byte(ip[24:40]))
	left := int(binary.BigEndian.Uint16(ip[4:]))
	if left == 0 {
		left = h.Length - at - 40
	}
	next := at + 40
	for range 8 { // extension headers; more than a handful is an attack on parsers
		n := h.extension(b, next)
		if n == 0 {
			break
		}
		next += n
		left -= n
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
	case 0, 43, 60: // hop-by-hop, routing, destination options
		h.Proto = e[0]
		return (int(e[1]) + 1) * 8
	case 44:
		word := binary.BigEndian.Uint16(e[2:])
		h.Proto, h.Fragment, h.More, h.ID = e[0], word&0xfff8, word&1 != 0, binary.BigEndian.Uint32(e[4:])
		return 8
	case 51:
		h.Proto = e[0]
		return (int(e[1]) + 2) * 4
	}
	return 0
}

// transport reads ports, flags and types; n is the length that IP announces.
func (h *Headers) transport(b []byte, at, n int) {
	n = max(n, 0)
	h.Offset, h.Payload = min(at, len(b)), n
	if h.Fragment != 0 || at > len(b) {
		return
	}
	t := b[at:]
	switch h.Proto {
	case 6:
		if len(t) < 14 {
			return
		}
		size := int(t[12]>>4) * 4
		h.Sport, h.Dport = binary.BigEndian.Uint16(t), binary.BigEndian.Uint16(t[2:])
		h.Seq, h.Ack, h.Flags = binary.BigEndian.Uint32(t[4:]), binary.BigEndian.Uint32(t[8:]), t[13]
		if len(t) >= 16 {
			h.Window = binary.BigEndian.Uint16(t[14:])
		}
		h.body(b, at, n, max(size, 20))
	case 17, 132:
		if len(t) < 8 {
			return
		}
		h.Sport, h.Dport = binary.BigEndian.Uint16(t), binary.BigEndian.Uint16(t[2:])
		h.body(b, at, n, 8)
	case 1, 58:
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

func (h *Headers) body(b []byte, at, n, head int) {
	h.Transport, h.Offset, h.Payload = true, min(at+head, len(b)), max(0, n-head)
}
