package model

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Diff says in words what changed from one model to another, one change a line, pattern by pattern in the order of the new model. Nothing is
// said of provenance. No line means that both play the same.
func Diff(old, now *Model) []string {
	d := &differ{}
	byName(d, "host", old.Hosts, now.Hosts, func(h *Host) string { return h.Name }, d.host)
	d.maps("popularity of ", old.Popularity, now.Popularity)
	profiles(d, old.Profiles, now.Profiles)
	if !same(&old.Cascade, &now.Cascade) {
		d.say("cascade: %s; it was %s", now.Cascade, old.Cascade)
	}
	byName(d, "headers", old.Headers, now.Headers, func(h *Headers) string { return h.Service + "/" + h.Proto + "/" + h.State }, d.headers)
	byName(d, "pattern", old.Patterns, now.Patterns, func(p *Pattern) string { return p.Name }, d.pattern)
	return d.lines
}

type differ struct{ lines []string }

func (d *differ) say(format string, args ...any) {
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

// byName pairs what two lists call the same.
func byName[T any](d *differ, what string, old, now []T, name func(*T) string, each func(old, now *T)) {
	index := map[string]*T{}
	for i := range old {
		index[name(&old[i])] = &old[i]
	}
	kept := map[string]bool{}
	for i := range now {
		n := name(&now[i])
		kept[n] = true
		each(index[n], &now[i])
	}
	for i := range old {
		if n := name(&old[i]); !kept[n] {
			d.say("%s %s is gone", what, n)
		}
	}
}

func (d *differ) host(old, now *Host) {
	switch {
	case old == nil:
		d.say("host %s is new: %s %s", now.Name, now.Role, strings.Join(now.Services, ", "))
	case !same(old, now):
		d.say("host %s changed: %s", now.Name, fields(old, now))
	}
}

func (d *differ) headers(old, now *Headers) {
	name := now.Service + "/" + now.Proto + "/" + now.State
	switch {
	case old == nil:
		d.say("headers %s are new: %d states, %d edges", name, now.Automaton.States, len(now.Automaton.Edges))
	case !same(old, now):
		d.say("headers %s changed: %d states and %d edges, had %d and %d", name, now.Automaton.States, len(now.Automaton.Edges), old.Automaton.States, len(old.Automaton.Edges))
	}
}

func (d *differ) maps(what string, old, now map[string][]float64) {
	for _, k := range slices.Sorted(maps.Keys(now)) {
		if was, ok := old[k]; !ok {
			d.say("%s%s is new", what, k)
		} else if !slices.Equal(was, now[k]) {
			d.say("%s%s changed", what, k)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(old)) {
		if _, ok := now[k]; !ok {
			d.say("%s%s is gone", what, k)
		}
	}
}

func profiles(d *differ, old, now map[string]Profile) {
	for _, k := range slices.Sorted(maps.Keys(now)) {
		was, ok := old[k]
		is := now[k]
		if !ok {
			d.say("profile %s is new", k)
		} else if !same(&was, &is) {
			d.say("profile %s changed: %s", k, fields(&was, &is))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(old)) {
		if _, ok := now[k]; !ok {
			d.say("profile %s is gone", k)
		}
	}
}

func (d *differ) pattern(old, now *Pattern) {
	if old == nil {
		d.say("pattern %s is new: %s, %.4g a day", now.Name, now.Sentence(), now.Rate)
		return
	}
	if old.Rate != now.Rate {
		d.say("pattern %s: %.4g times a day instead of %.4g", now.Name, now.Rate, old.Rate)
	}
	if a, b := old.Sentence(), now.Sentence(); a != b {
		d.say("pattern %s: now %s; it was %s", now.Name, b, a)
	}
	was, is := *old, *now
	was.Rate, was.Rows, was.Variables, is.Rate, is.Rows, is.Variables = 0, nil, nil, 0, nil, nil
	if !same(&was, &is) {
		d.say("pattern %s: changed %s", now.Name, fields(&was, &is))
	}
	for i := range now.Rows {
		if i < len(old.Rows) && !same(&old.Rows[i], &now.Rows[i]) {
			d.say("pattern %s, row %d: changed %s", now.Name, i+1, fields(&old.Rows[i], &now.Rows[i]))
		}
	}
	if n := len(now.Rows) - len(old.Rows); n != 0 {
		d.say("pattern %s: %d rows instead of %d", now.Name, len(now.Rows), len(old.Rows))
	}
	byName(d, "pattern "+now.Name+": variable", old.Variables, now.Variables, func(v *Variable) string { return v.Name }, func(a, b *Variable) {
		switch {
		case a == nil:
			d.say("pattern %s: variable %s is new", now.Name, b.Name)
		case !same(a, b):
			d.say("pattern %s, variable %s: changed %s", now.Name, b.Name, fields(a, b))
		}
	})
}

// same compares what two values are written as.
func same[T any](a, b *T) bool {
	x, _ := json.Marshal(a) // models marshal
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// fields names the members in which two values differ, with what they were and are where that is short.
func fields[T any](a, b *T) string {
	var x, y map[string]json.RawMessage
	for v, into := range map[*T]*map[string]json.RawMessage{a: &x, b: &y} {
		text, _ := json.Marshal(v)
		_ = json.Unmarshal(text, into) // of what was just written
	}
	const long = 40
	var out []string
	for _, k := range slices.Sorted(maps.Keys(x)) {
		if was, is := string(x[k]), string(y[k]); was != is {
			if is == "" {
				is = "nothing"
			}
			if len(was) > long || len(is) > long {
				out = append(out, k)
				continue
			}
			out = append(out, fmt.Sprintf("%s (%s, was %s)", k, is, was))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(y)) {
		if _, had := x[k]; !had {
			out = append(out, k)
		}
	}
	return strings.Join(out, ", ")
}
