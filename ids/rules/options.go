package rules

import (
	"iter"
	"slices"
	"strings"
)

// Option is one entry between a rule's parentheses, e.g. {threshold, type limit, ...}. Value is as written, "" where there is none.
type Option struct{ Name, Value string }

// Options yields the rule's options in the order written.
func (r *Rule) Options() iter.Seq[Option] {
	return func(yield func(Option) bool) {
		_, body, _ := strings.Cut(r.Text, "(")
		for body = strings.TrimSpace(body); ; body = strings.TrimSpace(body) {
			end := optionEnd(body)
			if end < 0 {
				return
			}
			name, value, _ := strings.Cut(body[:end], ":")
			if !yield(Option{strings.TrimSpace(name), strings.TrimSpace(value)}) {
				return
			}
			body = body[end+1:]
		}
	}
}

// Option returns the value of the first option of a name.
func (r *Rule) Option(name string) (value string, ok bool) {
	for o := range r.Options() {
		if o.Name == name {
			return o.Value, true
		}
	}
	return "", false
}

// Without is the rule's text without the options that drop names.
func (r *Rule) Without(drop func(Option) bool) string {
	head, _, _ := strings.Cut(r.Text, "(")
	var b strings.Builder
	b.WriteString(head + "(")
	for o := range r.Options() {
		if drop(o) {
			continue
		}
		b.WriteString(o.Name)
		if o.Value != "" {
			b.WriteString(":" + o.Value)
		}
		b.WriteString("; ")
	}
	return strings.TrimRight(b.String(), " ") + ")"
}

// Threshold is how a rule counts its matches before, or after, it raises an alert.
type Threshold struct {
	Type    string // limit, threshold, both, backoff, or detection_filter
	Track   string // by_src, by_dst, by_both, by_rule or by_flow
	Count   int64
	Seconds int64
}

// Withholds tells whether the first matches raise nothing.
func (t Threshold) Withholds() bool { return t.Type != "limit" && t.Count > 1 }

// Threshold reads the options threshold and detection_filter; ok is false where the rule has neither.
func (r *Rule) Threshold() (t Threshold, ok bool) {
	value, ok := r.Option("threshold")
	if !ok {
		if value, ok = r.Option("detection_filter"); !ok {
			return t, false
		}
		t.Type = "detection_filter"
	}
	for _, part := range list(value) {
		key, v, _ := strings.Cut(part, " ")
		switch v = strings.TrimSpace(v); key {
		case "type":
			t.Type = v
		case "track":
			t.Track = v
		case "count":
			number(key, v, &t.Count)
		case "seconds":
			number(key, v, &t.Seconds)
		}
	}
	return t, true
}

// Counts tells whether an option makes a rule count its matches.
func (o Option) Counts() bool {
	return slices.Contains([]string{"threshold", "detection_filter"}, o.Name)
}
