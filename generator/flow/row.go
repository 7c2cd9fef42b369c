package flow

import (
	"math"
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/model"
)

// row is a compiled model.Row.
type row struct {
	after, gap delay
	low, high  int   // repetitions
	redraw     []int // variables drawn anew at each repetition, parents first

	src, dst, answer host
	name             name
	service, state   text
	proto            text
	protos           []uint8 // numbers of proto's values, or the one fixed
	port, ip, ip6    number  // ip6 is the family a dns row asks for
	out, in, lasts   number

	usual                 bool // the service is that of the port
	tells                 bool // packets are said
	stated                bool // the state is said; else it follows from the flags
	flags                 text
	kind                  []icmp // by the port's value; nil = a port
	outPackets, inPackets number
}

// icmp is a type and a code.
type icmp struct{ kind, code uint8 }

// parseICMP reads TYPE.CODE; a number is a type, with code 0.
func parseICMP(v model.Value) icmp {
	if !v.Quoted {
		return icmp{kind: uint8(v.Number)}
	}
	kind, code, _ := strings.Cut(v.Text, ".")
	a, _ := strconv.ParseUint(kind, 10, 8)
	b, _ := strconv.ParseUint(code, 10, 8)
	return icmp{uint8(a), uint8(b)}
}

// host says where a row's machine comes from.
type host struct {
	slot     int      // -1 = none
	from     []string // by the variable's value, or the one fixed; nil = remembered in slot
	variable int      // -1 = fixed
}

// text is a fixed word or a variable's.
type text struct {
	values   []string // by the variable's value, or the one fixed
	variable int      // -1 = fixed
}

func (c *text) at(d *drawing) int {
	if c.variable < 0 {
		return 0
	}
	return d.index[c.variable]
}

// number is a fixed number or a variable's.
type number struct {
	fixed    float64
	variable int // -1 = fixed
}

func (c *number) get(d *drawing) float64 {
	if c.variable < 0 {
		return c.fixed
	}
	return d.number[c.variable]
}

// name is a text, or the name of a remembered machine.
type name struct {
	text text
	slot int // -1 = the text
}

func (row *row) times(r *draw.Stream) int {
	if row.high <= row.low {
		return row.low
	}
	return r.Between(row.low, row.high)
}

// attempts bounds the search for a machine other than the source.
const attempts = 8

// entity finds the row's machine; it draws again where the draw is the one that asks.
func (h *host) entity(r *draw.Stream, d *drawing, want Want) Entity {
	if h.from == nil {
		return d.who[h.slot]
	}
	from := h.from[0]
	if h.variable >= 0 {
		from = h.from[d.index[h.variable]]
	}
	e := d.dir.Pick(from, want, r)
	for range attempts {
		if e.Host == nil || e.Host != want.Of.Host {
			break
		}
		e = d.dir.Pick(from, want, r)
	}
	d.who[h.slot] = e
	return e
}

// record draws the row's flow. It is false where there is none: a machine would speak to itself, nobody on this network can be an end of
// it, or its ends have no family of addresses in common.
func (row *row) record(r *draw.Stream, d *drawing) (Record, bool) {
	v := Record{Src: row.src.entity(r, d, Want{})}
	row.spoken(d, &v)
	v.Dst = row.dst.entity(r, d, Want{v.Service, v.Src})
	v.Name = v.Dst.Name
	if row.answer.slot >= 0 && v.Service == "dns" {
		row.asked(r, d, &v) // also where nobody is asked: later rows may go there
	}
	if v.Src.Host == nil || v.Dst.Host == nil {
		return v, false
	}
	if v.Src.Host == v.Dst.Host {
		d.impossible = true
		return v, false
	}
	v.Lookup = d.told[row.dst.slot]
	if row.name.slot >= 0 {
		v.Name = d.who[row.name.slot].Name
	} else if len(row.name.text.values) > 0 {
		v.Name = row.name.text.values[row.name.text.at(d)]
	}
	v.OutPackets, v.InPackets = int64(math.Round(row.outPackets.get(d))), int64(math.Round(row.inPackets.get(d)))
	v.Flags = row.flags.values[row.flags.at(d)]
	v.State = row.state.values[row.state.at(d)]
	if !row.stated && v.Flags != "" && v.Proto == model.Protos["tcp"] {
		v.State = stateOf(v.Flags, v.InPackets)
	}
	v.OutBytes = int64(math.Round(row.out.get(d)))
	v.InBytes = int64(math.Round(row.in.get(d)))
	v.Duration = int64(row.lasts.get(d) * float64(second))
	six := v.Src.Host.Addr6.IsValid() && v.Dst.Host.Addr6.IsValid()
	v.IPv6 = six && (row.ip.get(d) == 6 || v.Src.IPv6 || v.Dst.IPv6)
	four := v.Src.Host.Addr.IsValid() && v.Dst.Host.Addr.IsValid() && !v.Src.IPv6 && !v.Dst.IPv6
	if row.kind != nil && v.Proto == model.Protos["icmp"] && v.Port >= firstOf6 {
		four = false
	}
	d.impossible = d.impossible || !v.IPv6 && !four
	return v, v.IPv6 || four
}

// firstOf6 is the first type of ICMPv6's informational messages: ICMP has none such.
const firstOf6 = 128

// spoken fills in the protocol.
func (row *row) spoken(d *drawing, v *Record) {
	v.Proto = row.protos[row.proto.at(d)]
	v.Port = uint16(math.Round(row.port.get(d)))
	if row.kind != nil && v.Proto == model.Protos["icmp"] {
		row.message(d, v)
	}
	v.Service = row.service.values[row.service.at(d)]
	if row.usual {
		v.Service = model.ServiceAt(row.proto.values[row.proto.at(d)], int(v.Port))
	}
}

// asked fills in what a lookup asks for.
func (row *row) asked(r *draw.Stream, d *drawing, v *Record) {
	v.Answer = row.answer.entity(r, d, Want{Of: v.Src})
	if v.Answer.Host == nil || v.Src.Host == nil {
		return
	}
	v.Name = v.Answer.Name
	v.Answer6 = (row.ip6.get(d) == 6 || v.Answer.IPv6) && v.Src.Host.Addr6.IsValid() && v.Answer.Host.Addr6.IsValid()
}

// message fills in ICMP's type and code.
func (row *row) message(d *drawing, v *Record) {
	at := 0
	if row.port.variable >= 0 {
		at = d.index[row.port.variable]
	}
	v.Port, v.ICMPCode = uint16(row.kind[at].kind), row.kind[at].code
}

// stateOf is the conn_state that a flow's flags and answers tell of, folded into those that a model can name.
func stateOf(flags string, answers int64) string {
	has := func(flag byte) bool { return strings.IndexByte(flags, flag) >= 0 }
	switch {
	case has('R') && has('S') && !has('P') && !has('F') && answers <= 1:
		return "REJ"
	case has('R'):
		return "RSTO"
	case has('S') && !has('A'), answers == 0:
		return "S0"
	default:
		return "SF"
	}
}
