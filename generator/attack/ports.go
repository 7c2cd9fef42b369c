package attack

import (
	"slices"

	"github.com/evilbench/evilbench/generator/packet"
)

// commonTCP and commonUDP are services that scanners ask for first.
var (
	commonTCP = []uint16{
		80, 23, 443, 21, 22, 25, 3389, 110, 445, 139, 143, 53, 135, 3306, 8080, 1723, 111, 995, 993, 5900, 1025, 587, 8888, 199, 1720,
		465, 548, 113, 81, 6001, 10000, 514, 5060, 179, 1026, 2000, 8443, 8000, 32768, 554, 26, 1433, 49152, 2001, 515, 8008, 49154, 1027,
		5666, 646, 5000, 5631, 631, 49153, 8081, 2049, 88, 79, 5800, 106, 2121, 1110, 49155, 6000, 513, 990, 5357, 427, 49156, 543, 544,
		5101, 144, 7, 389, 8009, 3128, 444, 9999, 5009, 7070, 5190, 3000, 5432, 1900, 3986, 13, 1029, 9, 5051, 6646, 49157, 1028, 873,
		1755, 2717, 4899, 9100, 119, 37,
	}
	commonUDP = []uint16{
		631, 161, 137, 123, 138, 1434, 445, 135, 67, 53, 139, 500, 68, 520, 1900, 4500, 514, 49152, 162, 69, 5353, 111, 49154, 1701, 998,
		996, 997, 999, 3283, 49153, 1812, 136, 2222, 2049, 32768, 5060, 1025, 1433, 3456, 80, 20031, 1026, 7, 1646, 1645, 593, 518, 2048,
		626, 1027, 177, 1719, 427, 497, 4444, 1023, 65024, 19, 9, 49193, 1029, 49, 88, 1028, 17185, 1718, 49186, 2000, 31337, 389, 464,
	}
)

// portOf is the port of the n-th visit: the common ones in the campaign's own order, then all.
func (s *Site) portOf(n int, common []uint16) uint16 {
	if n < len(common) {
		return common[s.nth("common port", n, len(common))]
	}
	return uint16(1 + s.nth("port", n-len(common), 65535))
}

// usual is what a system listens on where nobody says otherwise, by the name of its stack.
var usual = map[string]struct{ tcp, udp []uint16 }{
	"windows-10":   {[]uint16{135, 139, 445}, []uint16{137, 138, 5353}},
	"windows-11":   {[]uint16{135, 139, 445}, []uint16{137, 138, 5353}},
	"windows-2022": {[]uint16{53, 88, 135, 139, 389, 445, 464, 593, 636, 3268, 3389, 5985}, []uint16{53, 88, 123, 137, 138, 389, 464}},
	"linux":        {[]uint16{22}, []uint16{5353}},
	"linux-server": {[]uint16{22, 80, 443}, []uint16{123}},
	"freebsd":      {[]uint16{22, 80, 443}, []uint16{123, 514}},
	"macos":        {[]uint16{5000, 7000}, []uint16{137, 138, 5353}},
	"printer":      {[]uint16{80, 515, 631, 9100}, []uint16{137, 161, 5353}},
}

// open tells whether the host answers on the port: where listed, by the list, else by what is usual for its system.
func open(h *packet.Host, proto uint8, port uint16, listed []uint16) bool {
	switch {
	case h.Absent:
		return false
	case len(listed) > 0:
		return slices.Contains(listed, port)
	case proto == packet.UDP:
		return slices.Contains(usual[h.Stack.Name].udp, port)
	default:
		return slices.Contains(usual[h.Stack.Name].tcp, port)
	}
}
