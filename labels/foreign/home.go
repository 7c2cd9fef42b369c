package foreign

import (
	"net/netip"

	"github.com/evilbench/evilbench/labels"
)

// private are the prefixes that networks use inside: RFC 1918, RFC 4193 and the link-local ones of RFC 3927 and RFC
// 4291, section 2.5.6.
var private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("fc00::/7"),
	netip.MustParsePrefix("fe80::/10"),
}

// home collects which private prefixes a capture uses.
type home struct{ present [6]bool }

func (h *home) add(f *labels.Flow) {
	for i, prefix := range private {
		if prefix.Contains(f.Src) || prefix.Contains(f.Dst) {
			h.present[i] = true
		}
	}
}

// guess is the prefixes present, in the order above. A capture without any is told by false: all of RFC 1918 stand in.
func (h *home) guess() (prefixes []string, found bool) {
	for i, prefix := range private {
		if h.present[i] {
			prefixes = append(prefixes, prefix.String())
		}
	}
	if len(prefixes) > 0 {
		return prefixes, true
	}
	for _, prefix := range private[:3] {
		prefixes = append(prefixes, prefix.String())
	}
	return prefixes, false
}
