package scenario

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/evilbench/evilbench/generator/fault"
)

// decoder walks through the YAML nodes, so that every fault knows its place and none hides another.
type decoder struct {
	faults []fault.Fault
	at     map[string]*yaml.Node // by path, for checks that come later
}

// fail notes a fault at a path: the place is that of the path, or of the nearest one around it that exists.
func (d *decoder) fail(path, remedy, format string, args ...any) {
	f := fault.Fault{Path: path, Remedy: remedy, Message: fmt.Sprintf(format, args...)}
	p := path
	for d.at[p] == nil && p != "" {
		p = p[:max(0, strings.LastIndexAny(p, ".["))]
	}
	if n := d.at[p]; n != nil {
		f.Line, f.Column = n.Line, n.Column
	}
	d.faults = append(d.faults, f)
}

// field is one key of a mapping.
type field struct {
	name     string
	required bool
	read     func(n *yaml.Node, path string)
}

// mapping reads the known keys and faults all others.
func (d *decoder) mapping(n *yaml.Node, path string, fields []field) {
	if !d.is(n, path, yaml.MappingNode) {
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := join(path, key.Value)
		f, known := find(fields, key.Value)
		if !known || key.Kind != yaml.ScalarNode {
			d.at[at] = key
			d.fail(at, fault.Suggest(key.Value, names(fields)), "unknown field %q", key.Value)
			continue
		}
		if seen[f.name] {
			d.at[at] = key
			d.fail(at, "keep one of them", "the field is given twice")
			continue
		}
		seen[f.name] = true
		d.at[at] = value
		f.read(value, at)
	}
	for _, f := range fields {
		if f.required && !seen[f.name] {
			d.fail(join(path, f.name), "", "the field is missing")
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func find(fields []field, name string) (field, bool) {
	for _, f := range fields {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}

func names(fields []field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.name
	}
	return out
}

// sequence reads at most limit items.
func (d *decoder) sequence(n *yaml.Node, path string, limit int, each func(n *yaml.Node, path string)) {
	if !d.is(n, path, yaml.SequenceNode) {
		return
	}
	if len(n.Content) > limit {
		d.fail(path, "", "%d items, at most %d are allowed", len(n.Content), limit)
		return
	}
	for i, item := range n.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		d.at[at] = item
		each(item, at)
	}
}

var kinds = map[yaml.Kind]string{yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list", yaml.ScalarNode: "a single value", yaml.AliasNode: "an alias"}

func (d *decoder) is(n *yaml.Node, path string, kind yaml.Kind) bool {
	if n.Kind == kind {
		return true
	}
	remedy := ""
	if n.Kind == yaml.AliasNode {
		remedy = "write the value out: scenarios have no aliases"
	}
	d.fail(path, remedy, "%s where %s belongs", kinds[n.Kind], kinds[kind])
	return false
}

// scalar returns a single value's text.
func (d *decoder) scalar(n *yaml.Node, path string) (string, bool) {
	if !d.is(n, path, yaml.ScalarNode) {
		return "", false
	}
	if n.ShortTag() == "!!null" {
		d.fail(path, "write a value or take the field away", "no value")
		return "", false
	}
	return n.Value, true
}

// value makes a reader of one value: parse says what is wrong in words.
func value[T any](d *decoder, into *T, remedy string, parse func(string) (T, error)) func(*yaml.Node, string) {
	return func(n *yaml.Node, path string) {
		text, ok := d.scalar(n, path)
		if !ok {
			return
		}
		v, err := parse(text)
		if err != nil {
			d.fail(path, remedy, "%v", err)
			return
		}
		*into = v
	}
}

func (d *decoder) text(into *string) func(*yaml.Node, string) {
	return value(d, into, "", func(s string) (string, error) { return s, nil })
}

func (d *decoder) boolean(into *bool) func(*yaml.Node, string) {
	return value(d, into, "write true or false", func(s string) (bool, error) {
		if s != "true" && s != "false" {
			return false, fmt.Errorf("%q is neither true nor false", s)
		}
		return s == "true", nil
	})
}

func (d *decoder) duration(into *time.Duration) func(*yaml.Node, string) {
	return value(d, into, "write a number with a unit, e.g. 90s, 40m, 1h30m", func(s string) (time.Duration, error) {
		v, err := time.ParseDuration(s)
		if err != nil || v < 0 {
			return 0, fmt.Errorf("bad duration %q", s)
		}
		return v, nil
	})
}

func (d *decoder) integer(into *int, low, high int) func(*yaml.Node, string) {
	return value(d, into, "", func(s string) (int, error) {
		v, err := strconv.Atoi(s)
		if err != nil || v < low || v > high {
			return 0, fmt.Errorf("%q is not a whole number from %d to %d", s, low, high)
		}
		return v, nil
	})
}

func (d *decoder) address(into *netip.Addr, v6 bool) func(*yaml.Node, string) {
	return value(d, into, "", func(s string) (netip.Addr, error) {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Zone() != "" || a.Is4In6() || a.Is6() != v6 {
			return netip.Addr{}, fmt.Errorf("%q is not an %s address", s, family(v6))
		}
		return a, nil
	})
}

func (d *decoder) prefix(into *netip.Prefix, v6 bool) func(*yaml.Node, string) {
	return func(n *yaml.Node, path string) {
		text, ok := d.scalar(n, path)
		if !ok {
			return
		}
		p, err := netip.ParsePrefix(text)
		if err != nil || p.Addr().Is4In6() || p.Addr().Is6() != v6 {
			d.fail(path, "write the network and its prefix length, e.g. 192.168.10.0/24", "%q is not an %s network", text, family(v6))
			return
		}
		if p != p.Masked() {
			d.fail(path, "did you mean "+p.Masked().String()+"?", "%s has host bits", text)
			return
		}
		*into = p
	}
}

func family(v6 bool) string {
	if v6 {
		return "IPv6"
	}
	return "IPv4"
}

// word reads a value that is one of a list.
func (d *decoder) word(into *string, known []string, what string) func(*yaml.Node, string) {
	return func(n *yaml.Node, path string) {
		text, ok := d.scalar(n, path)
		if !ok {
			return
		}
		for _, k := range known {
			if k == text {
				*into = text
				return
			}
		}
		d.fail(path, fault.Suggest(text, known), "unknown %s %q", what, text)
	}
}

// list reads a list of values, or a single one.
func (d *decoder) list(n *yaml.Node, path string, limit int, each func(n *yaml.Node, path string)) {
	if n.Kind == yaml.ScalarNode {
		each(n, path)
		return
	}
	d.sequence(n, path, limit, each)
}
