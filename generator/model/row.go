package model

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/generator/fault"
)

// scope is what a cell may refer to.
type scope struct {
	vars  map[string]*Variable
	known map[string]bool // placeholders set so far
	later []string        // all placeholders of the pattern
}

func (s *scope) variables() []string { return slices.Sorted(maps.Keys(s.vars)) }

// column is a row's cell with the rules it must keep.
type column struct {
	name  string
	cell  Cell
	host  bool               // names a host: set or use
	named bool               // may use a placeholder for its name
	valid func(v Value) bool // of fixed values and variables' values
	want  string
}

// columns are a row's cells in the order in which placeholders become known.
func (r *Row) columns() []column {
	oneOf := func(names ...string) func(Value) bool {
		return func(v Value) bool { return v.Quoted && slices.Contains(names, v.Text) }
	}
	whole := func(low, high float64) func(Value) bool {
		return func(v Value) bool { return number(v, low, high) }
	}
	family := func(v Value) bool { return !v.Quoted && (v.Number == 4 || v.Number == 6) }
	seconds := func(v Value) bool { return !v.Quoted && within(v.Number, 0, maxSeconds) }
	return []column{
		{name: "src", cell: r.Src, host: true},
		{name: "dst", cell: r.Dst, host: true},
		{name: "answer", cell: r.Answer, host: true},
		{name: "service", cell: r.Service, valid: oneOf(serviceNames()...), want: "a known service"},
		{name: "proto", cell: r.Proto, valid: oneOf("tcp", "udp", "icmp"), want: "tcp, udp or icmp"},
		{name: "port", cell: r.Port, valid: port, want: "a port, 0 to 65535, or TYPE.CODE of ICMP"},
		{name: "name", cell: r.Name, named: true, valid: hostname, want: "a host name"},
		{name: "answer_ip", cell: r.AnswerIP, valid: family, want: "4 or 6"},
		{name: "ip", cell: r.IP, valid: family, want: "4 or 6"},
		{name: "out_bytes", cell: r.OutBytes, valid: whole(0, maxBinEnd), want: "a number of bytes"},
		{name: "in_bytes", cell: r.InBytes, valid: whole(0, maxBinEnd), want: "a number of bytes"},
		{name: "out_packets", cell: r.OutPkts, valid: whole(0, maxBinEnd), want: "a number of packets"},
		{name: "in_packets", cell: r.InPkts, valid: whole(0, maxBinEnd), want: "a number of packets"},
		{name: "flags", cell: r.Flags, valid: flags, want: "TCP flags in the places UAPRSF"},
		{name: "state", cell: r.State, valid: oneOf(States...), want: "SF, S0, REJ, RSTO or RSTR"},
		{name: "duration", cell: r.Duration, valid: seconds, want: "a number of seconds"},
	}
}

// port accepts a port, and ICMP's type and code.
func port(v Value) bool {
	if !v.Quoted {
		return number(v, 0, 65535)
	}
	kind, code, ok := strings.Cut(v.Text, ".")
	_, err := strconv.ParseUint(kind, 10, 8)
	_, wrong := strconv.ParseUint(code, 10, 8)
	return ok && err == nil && wrong == nil
}

// flags accepts six places, each its letter or a dot.
func flags(v Value) bool {
	if !v.Quoted || len(v.Text) != len(FlagPlaces) {
		return false
	}
	for i := range FlagPlaces {
		if v.Text[i] != '.' && v.Text[i] != FlagPlaces[i] {
			return false
		}
	}
	return true
}

// FlagPlaces are the TCP flags that a flow log tells, in their places.
const FlagPlaces = "UAPRSF"

// hostname accepts what can be asked for in the DNS (RFC 1035, section 2.3.1, and RFC 2181, section 11, on underscores).
func hostname(v Value) bool {
	if !v.Quoted || len(v.Text) == 0 || len(v.Text) > 253 {
		return false
	}
	label := 0
	for _, b := range []byte(v.Text) {
		switch {
		case b == '.':
			if label == 0 {
				return false
			}
			label = 0
			continue
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9', b == '-', b == '_':
		default:
			return false
		}
		if label++; label > 63 {
			return false
		}
	}
	return label > 0
}

func (c *checker) row(at string, r *Row, s *scope) {
	if r.After != nil {
		c.delay(at+"/after", r.After)
	}
	if r.Repeat != nil {
		c.repeat(at+"/repeat", r.Repeat, s)
	}
	for _, col := range r.columns() {
		switch {
		case !col.cell.IsZero():
			c.cell(at+"/"+col.name, col, s)
		case col.name == "src" || col.name == "dst":
			c.fail(at, "", "a row without %s", col.name)
		case col.name == "service" && (r.Port.IsZero() || r.Proto.IsZero()):
			c.fail(at, "name a service, or both proto and port", "a row without service")
		case (col.name == "proto" || col.name == "port") && r.Service.Fix == nil && !r.Service.IsZero():
			c.fail(at, "only a fixed service has a default", "a row without %s", col.name)
		}
	}
	dns := r.mayBe("dns", s) || r.Service.IsZero() && !r.Answer.IsZero()
	if !r.Answer.IsZero() && !dns {
		c.fail(at+"/answer", "only a dns row has an answer", "an answer in a row that is not dns")
	}
	if dns && r.Answer.IsZero() && r.Name.IsZero() {
		c.fail(at, "give an answer, or a name that does not exist", "a dns row that asks for nothing")
	}
}

// mayBe tells whether the row's service can be the given one.
func (r *Row) mayBe(service string, s *scope) bool {
	if r.Service.Fix != nil {
		return r.Service.Fix.Text == service
	}
	v := s.vars[r.Service.Free]
	return v != nil && slices.ContainsFunc(v.Values, func(x Value) bool { return x.Text == service })
}

func (c *checker) cell(at string, col column, s *scope) {
	cell, kinds := col.cell, 0
	for _, given := range []bool{cell.Fix != nil, cell.Set != "", cell.Use != "", cell.Free != ""} {
		if given {
			kinds++
		}
	}
	switch {
	case cell.From != "" && cell.Set == "":
		c.fail(at+"/from", "from goes with set", "from without set")
	case cell.Set != "" && (cell.From != "") == (cell.Free != ""):
		c.fail(at, `write {"set": "A", "from": "role:ROLE"} or {"set": "A", "free": VARIABLE}`, "a placeholder is set to a host of one source or of a variable's")
	case kinds != 1 && !(kinds == 2 && cell.Set != "" && cell.Free != ""):
		c.fail(at, "", "a cell has exactly one of fix, set, use and free")
	case cell.Set != "" && !col.host:
		c.fail(at, "", "only src, dst and answer set placeholders")
	case cell.Use != "" && !col.host && !col.named:
		c.fail(at, "", "only src, dst, answer and name use placeholders")
	case cell.Set != "":
		c.set(at, col, s)
	case cell.Use != "":
		c.use(at, cell.Use, s)
	case cell.Fix != nil && col.host:
		c.source(at+"/fix", cell.Fix.Text, "")
	case cell.Fix != nil && !col.valid(*cell.Fix):
		c.fail(at, "", "%q is not %s", cell.Fix.String(), col.want)
	case cell.Free != "":
		c.free(at, col, s)
	}
}

func (c *checker) set(at string, col column, s *scope) {
	cell := col.cell
	if s.known[cell.Set] {
		c.fail(at+"/set", "take another letter", "placeholder %s is set already", cell.Set)
	}
	s.known[cell.Set] = true
	if cell.Free != "" {
		c.free(at, col, s)
		return
	}
	c.source(at+"/from", cell.From, "")
}

func (c *checker) use(at, name string, s *scope) {
	switch {
	case s.known[name]:
	case slices.Contains(s.later, name):
		c.fail(at+"/use", "set it in an earlier row", "placeholder %s is used before it is set", name)
	case name == Self:
		c.fail(at+"/use", "", "self is nobody in a pattern per site")
	default:
		known := slices.Clone(s.later)
		if s.known[Self] {
			known = append(known, Self)
		}
		c.fail(at+"/use", fault.Suggest(name, known), "unknown placeholder %q", name)
	}
}

func (c *checker) free(at string, col column, s *scope) {
	v := s.vars[col.cell.Free]
	if v == nil {
		c.fail(at+"/free", fault.Suggest(col.cell.Free, s.variables()), "unknown variable %q", col.cell.Free)
		return
	}
	for _, x := range v.Values {
		if col.host {
			c.source(at+"/free", x.Text, "")
			continue
		}
		if !col.valid(x) {
			c.fail(at+"/free", "", "variable %s can be %q, which is not %s", v.Name, x.String(), col.want)
			return
		}
	}
	for _, b := range v.Bins {
		low, high := Value{Number: b.Low}, Value{Number: b.High}
		if v.Times != "" { // what is drawn is a product, which is whole
			low.Number, high.Number = math.Floor(b.Low), math.Ceil(b.High)
		}
		if col.host || col.name == "name" || col.name == "ip" || col.name == "answer_ip" || !col.valid(low) || !col.valid(high) {
			c.fail(at+"/free", "", "variable %s has a bin from %s to %s, which is not %s", v.Name, fmt.Sprint(b.Low), fmt.Sprint(b.High), col.want)
			return
		}
	}
}
