package leakage

import (
	"fmt"
	"net/netip"
)

// field is one thing a detector could look at. It is a number or a word, and a flow may be without it.
type field struct {
	name   string
	number func(*flow) (float64, bool) // nil where it is a word
	word   func(*flow) (string, bool)
}

// fields are those that captures are known to leak by (EuroS&P 2024, "Bad Design Smells"), one by one.
var fields = []field{
	{name: "TTL", number: func(f *flow) (float64, bool) { return float64(f.ttl), f.seen }},
	{name: "IP id", number: func(f *flow) (float64, bool) { return float64(f.id), f.id >= 0 }},
	{name: "TCP window", number: func(f *flow) (float64, bool) { return float64(f.window), f.window >= 0 }},
	{name: "TCP options", word: func(f *flow) (string, bool) { return f.options, f.window >= 0 }},
	{name: "MAC vendor", word: func(f *flow) (string, bool) { return f.vendor, f.vendor != "" }},
	{name: "source address", word: func(f *flow) (string, bool) { return address(f.src) }},
	{name: "destination address", word: func(f *flow) (string, bool) { return address(f.dst) }},
	{name: "source port", number: func(f *flow) (float64, bool) { return float64(f.sport), hasPorts(f) }},
	{name: "destination port", word: func(f *flow) (string, bool) { return fmt.Sprint(f.dport), hasPorts(f) }},
	{name: "length of the first packet", number: func(f *flow) (float64, bool) { return float64(f.length), f.seen }},
	{name: "length of the first payload", number: func(f *flow) (float64, bool) { return float64(f.payload), f.payload > 0 }},
	{name: "mean gap between packets", number: func(f *flow) (float64, bool) { return float64(f.gaps) / float64(f.packets-1), f.packets > 1 }},
	{name: "start second", number: func(f *flow) (float64, bool) { return float64(f.start / 1e9), true }},
	{name: "start within its second", number: func(f *flow) (float64, bool) { return float64(f.start % 1e9), true }},
}

func address(a netip.Addr) (string, bool) { return a.String(), a.IsValid() }

func hasPorts(f *flow) bool { return f.sport != 0 || f.dport != 0 }
