package compliance

import (
	"iter"
	"net/netip"
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/labels/flowlog"
)

// Flows are the rows of a flow table as rules see them. What the table has no column for is empty, 0, or -1.
func Flows(t *flowlog.Table) iter.Seq2[Row, error] {
	words := func(name string) func(int) string {
		if c, found := t.Column(name); found {
			return c.Word
		}
		return func(int) string { return "" }
	}
	numbers := func(name string) func(int) float64 {
		if c, found := t.Column(name); found {
			return func(row int) float64 { return c.Numbers[row] }
		}
		return func(int) float64 { return 0 }
	}
	proto, source, dest, port, flags := words(flowlog.Proto), words(flowlog.SrcIP), words(flowlog.DstIP), words(flowlog.DstPort), words(flowlog.Flags)
	outBytes, outPackets := numbers(flowlog.OutBytes), numbers(flowlog.OutPackets)
	inBytes, inPackets, duration := numbers(flowlog.InBytes), numbers(flowlog.InPackets), numbers(flowlog.Elapsed)
	return func(yield func(Row, error) bool) {
		for i := range t.Rows() {
			r := Row{
				Proto: proto(i), Source: source(i), Dest: dest(i), Port: -1, ICMPType: -1, ICMPCode: -1,
				OutBytes: outBytes(i), OutPackets: outPackets(i), InBytes: inBytes(i), InPackets: inPackets(i),
				Flags: strings.ReplaceAll(flags(i), ".", ""), Duration: duration(i),
			}
			r.service(port(i))
			if !yield(r, nil) {
				return
			}
		}
	}
}

// service reads a port, which of ICMP is type.code. A table calls ICMPv6 ICMP; its addresses tell.
func (r *Row) service(port string) {
	whole, fraction, _ := strings.Cut(port, ".")
	first, err := strconv.Atoi(whole)
	if err != nil {
		return
	}
	if r.Proto != "ICMP" {
		r.Port = first
		return
	}
	r.ICMPType = first
	if second, err := strconv.Atoi(fraction); err == nil {
		r.ICMPCode = second
	}
	if a, err := netip.ParseAddr(r.Source); err == nil && a.Is6() && !a.Is4In6() {
		r.Proto = "ICMPv6"
	}
}
