package compliance

import (
	"net/netip"

	"github.com/expr-lang/expr"
)

// Row is a flow as rules see it.
type Row struct {
	Proto      string  `expr:"proto"` // TCP, UDP, ICMP, ICMPv6, ...
	Source     string  `expr:"src"`   // address, or what stands for one
	Dest       string  `expr:"dst"`
	Port       int     `expr:"port"` // the responder's; -1 = none
	ICMPType   int     `expr:"icmp_type"`
	ICMPCode   int     `expr:"icmp_code"`
	OutBytes   float64 `expr:"out_bytes"` // of the originator
	OutPackets float64 `expr:"out_packets"`
	InBytes    float64 `expr:"in_bytes"` // of the responder
	InPackets  float64 `expr:"in_packets"`
	Flags      string  `expr:"flags"`    // letters of the TCP flags seen, without places: "APS"; "" = none or not known
	Duration   float64 `expr:"duration"` // s
}

// functions are what conditions may ask of an address, where a name that is no address is none of these, and of a number. Nothing
// that loops is among them, so that every condition ends.
func functions() []expr.Option {
	address := func(name string, of func(netip.Addr) bool) expr.Option {
		return expr.Function(name, func(args ...any) (any, error) {
			a, err := netip.ParseAddr(args[0].(string))
			return err == nil && of(a.Unmap()), nil
		}, new(func(string) bool))
	}
	return []expr.Option{
		expr.DisableAllBuiltins(), expr.EnableBuiltin("floor"), expr.EnableBuiltin("abs"), expr.EnableBuiltin("min"), expr.EnableBuiltin("max"),
		address("multicast", netip.Addr.IsMulticast),
		address("broadcast", func(a netip.Addr) bool { return a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) }),
		address("unspecified", netip.Addr.IsUnspecified),
		address("private", netip.Addr.IsPrivate),
		address("ipv6", netip.Addr.Is6),
		expr.Function("within", func(args ...any) (any, error) {
			prefix, err := netip.ParsePrefix(args[1].(string))
			if err != nil {
				return nil, err
			}
			a, err := netip.ParseAddr(args[0].(string))
			return err == nil && prefix.Contains(a.Unmap()), nil
		}, new(func(string, string) bool)),
	}
}
