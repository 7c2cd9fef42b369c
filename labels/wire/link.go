package wire

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/gopacket/layers"
)

// LinkType is a LINKTYPE_ number of the tcpdump registry.
type LinkType uint16

// The link types that can be decoded.
const (
	Null     LinkType = 0
	Ethernet LinkType = 1
	PPP      LinkType = 9
	RawBSD   LinkType = 12
	RawOpen  LinkType = 14
	Raw      LinkType = 101
	Loop     LinkType = 108
	SLL      LinkType = 113
	IPv4     LinkType = 228
	IPv6     LinkType = 229
	SLL2     LinkType = 276
)

// Known tells whether packets of this link type can be decoded.
func (l LinkType) Known() bool {
	switch l {
	case Null, Ethernet, PPP, RawBSD, RawOpen, Raw, Loop, SLL, IPv4, IPv6, SLL2:
		return true
	}
	return false
}

// Lengths of link headers, and where in them the type of what follows stands.
const (
	ethernetHeader, ethernetType = 14, 12
	sllHeader, sllType           = 16, 14
	sll2Header, sll2Type         = 20, 0
	tagLength                    = 4
	pppoeHeader                  = 6
)

var errCut = errors.New("frame is cut short")

// link finds the network header and its type.
func (h *Headers) link(l LinkType, b []byte) (int, error) {
	switch l {
	case Ethernet:
		return h.tags(b, ethernetType, ethernetHeader)
	case PPP:
		return h.ppp(b, 0)
	case SLL:
		return h.tags(b, sllType, sllHeader)
	case SLL2:
		return h.tags(b, sll2Type, sll2Header)
	case Null, Loop:
		return h.family(l, b)
	case Raw, RawBSD, RawOpen, IPv4, IPv6:
		return h.version(b, 0)
	}
	return 0, fmt.Errorf("link type %d cannot be decoded", l)
}

// tags reads the EtherType and walks over 802.1Q and 802.1ad tags, which begin behind the link header, and over PPPoE.
func (h *Headers) tags(b []byte, kind, at int) (int, error) {
	if len(b) < at {
		return 0, errCut
	}
	h.EtherType = binary.BigEndian.Uint16(b[kind:])
	for h.EtherType == 0x8100 || h.EtherType == 0x88a8 || h.EtherType == 0x9100 {
		if len(b) < at+tagLength {
			return 0, errCut
		}
		h.VLAN = (h.VLAN<<12 | uint32(binary.BigEndian.Uint16(b[at:])&0xfff)) & 0xffffff
		h.EtherType = binary.BigEndian.Uint16(b[at+2:])
		at += tagLength
	}
	if layers.EthernetType(h.EtherType) == layers.EthernetTypePPPoESession {
		return h.ppp(b, at+pppoeHeader)
	}
	return at, nil
}

// ppp reads the protocol number, behind address and control where they were not left out (RFC 1661, RFC 1662, RFC 2516).
func (h *Headers) ppp(b []byte, at int) (int, error) {
	if len(b) >= at+2 && b[at] == 0xff && b[at+1] == 3 {
		at += 2
	}
	if len(b) < at+2 {
		return 0, errCut
	}
	switch layers.PPPType(binary.BigEndian.Uint16(b[at:])) {
	case layers.PPPTypeIPv4:
		h.EtherType = uint16(layers.EthernetTypeIPv4)
	case layers.PPPTypeIPv6:
		h.EtherType = uint16(layers.EthernetTypeIPv6)
	default:
		return 0, ErrNotIP
	}
	return at + 2, nil
}

// family reads the four-byte protocol family of loopback captures: NULL has it in the order of the machine that captured.
func (h *Headers) family(l LinkType, b []byte) (int, error) {
	if len(b) < 4 {
		return 0, errCut
	}
	family := binary.LittleEndian.Uint32(b)
	if l == Loop || family > 0xffff {
		family = binary.BigEndian.Uint32(b)
	}
	switch layers.ProtocolFamily(family) {
	case layers.ProtocolFamilyIPv4, layers.ProtocolFamilyIPv6BSD, layers.ProtocolFamilyIPv6FreeBSD, layers.ProtocolFamilyIPv6Darwin:
		return h.version(b, 4)
	}
	return 0, ErrNotIP
}

// version chooses by the first nibble of the IP header.
func (h *Headers) version(b []byte, at int) (int, error) {
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
