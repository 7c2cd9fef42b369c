package model

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Sentence writes the pattern so that it reads: who speaks to whom, at which port, and when the next flow comes, as in
// "A → B:53/udp, then within 0.3 s A → C:443/tcp". A placeholder is its letter; a host that is drawn and not remembered is its source, or
// "*" where it can be of several.
func (p *Pattern) Sentence() string {
	var b strings.Builder
	for i := range p.Rows {
		r := &p.Rows[i]
		if i > 0 {
			b.WriteString(", then ")
			if most := r.After.most(); most > 0 {
				fmt.Fprintf(&b, "within %s s ", short(most))
			}
		}
		b.WriteString(p.end(r.Src) + " → " + p.end(r.Dst) + p.spoken(r))
		if n := r.Repeat; n != nil && n.High > 1 {
			fmt.Fprintf(&b, " %d to %d times", n.Low, n.High)
		}
		if asked := p.end(r.Answer); asked != "" && (r.Answer.Set != "" || r.Answer.Use != "") {
			b.WriteString(" asking for " + asked)
		}
	}
	return b.String()
}

// end names one end of a flow.
func (p *Pattern) end(c Cell) string {
	switch {
	case c.IsZero():
		return ""
	case c.Use != "":
		return c.Use
	case c.Set != "":
		return c.Set
	}
	from := p.Sources(c)
	if len(from) != 1 {
		return "*"
	}
	_, name, _ := strings.Cut(from[0], ":")
	return name
}

// spoken is what a flow speaks: port and transport where they are fixed, else what is known of them.
func (p *Pattern) spoken(r *Row) string {
	port, proto := p.only(r.Port), p.only(r.Proto)
	if s := p.only(r.Service); s != "" {
		known, _ := ServiceByName(s)
		if proto == "" {
			proto = known.Proto
		}
		if port == "" {
			port = strconv.Itoa(known.Port)
		}
		if known.Name == Opaque || known.Proto == "icmp" {
			return " (" + s + ")"
		}
	}
	switch {
	case port != "" && proto != "":
		return ":" + port + "/" + proto
	case port != "":
		return ":" + port
	case proto != "":
		return " (" + proto + ")"
	default:
		return ""
	}
}

// Speaks is the service that the i-th row's flows speak, or port and transport as far as they are the same in all of them; "any" where
// nothing is.
func (p *Pattern) Speaks(i int) string {
	r := &p.Rows[i]
	if s := p.only(r.Service); s != "" {
		return s
	}
	port, proto := p.only(r.Port), p.only(r.Proto)
	number, err := strconv.Atoi(port)
	for _, s := range Services {
		if err == nil && s.Port == number && s.Name != Opaque && s.Proto != "icmp" && (proto == "" || proto == s.Proto) {
			return s.Name
		}
	}
	switch {
	case proto == "icmp":
		return proto
	case port != "":
		return "port-" + port
	case proto != "":
		return proto
	default:
		return "any"
	}
}

// only is the one value that a cell can have, "" where there are several.
func (p *Pattern) only(c Cell) string {
	if c.Fix != nil {
		return c.Fix.String()
	}
	for i := range p.Variables {
		if v := &p.Variables[i]; v.Name == c.Free && len(v.Values) == 1 {
			return v.Values[0].String()
		}
	}
	return ""
}

// most is the longest delay that a law allows, or one that few are longer than; 0 = none is known.
func (d *Delay) most() float64 {
	switch {
	case d == nil:
		return 0
	case len(d.Knots) > 0:
		return d.Knots[len(d.Knots)-1]
	case d.High > 0:
		return d.High
	case d.Law == "exponential":
		return d.Low + 3*d.Mean // 95 %
	case d.Law == "lognormal":
		return d.Median * math.Exp(1.645*d.Sigma)
	default:
		return d.Mean
	}
}

// short writes a number of seconds for people.
func short(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }

// Count is how often the pattern was seen where it was learnt; 0 = it was written by hand.
func (p *Pattern) Count() int {
	most := 0
	for i := range p.Variables {
		n := 0
		for _, s := range p.Variables[i].Seen {
			for _, c := range s.Count {
				n += c[1]
			}
		}
		most = max(most, n)
	}
	return most
}

// String says in words how what happens crowds.
func (c *Cascade) String() string {
	if c == nil || len(c.Bias) == 0 {
		return "nothing crowds beyond its patterns"
	}
	var shares []string
	for _, x := range c.Bias {
		shares = append(shares, fmt.Sprintf("%.0f", 100*x))
	}
	return "of ten minutes' halves, their halves and so on the busier one has " + strings.Join(shares, ", ") + " % of the flows"
}
