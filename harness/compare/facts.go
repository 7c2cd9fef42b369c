package compare

import (
	"fmt"
	"slices"
	"strings"
)

// facts are what the sides were run with: what differs, and what they have in common.
func facts(sides []*Side) (differs, same []Fact) {
	differs, same = []Fact{}, []Fact{}
	for _, f := range []struct {
		name string
		of   func(*Side) string
	}{
		{"engine", func(s *Side) string { return s.Detector.Engine }},
		{"engine version", func(s *Side) string { return s.Detector.Version }},
		{"image", func(s *Side) string { return s.Detector.Image }},
		{"image digest", func(s *Side) string { return short(s.Detector.Digest) }},
		{"runs as", func(s *Side) string { return s.Detector.Runner }},
		{"image contents", func(s *Side) string { return s.Detector.Detail }},
		{"rules", func(s *Side) string { return shownRules(s.cells[0].Cell) }},
		{"rules digest", func(s *Side) string { return short(s.Ruleset.Digest) }},
		{"rules enabled", func(s *Side) string { return fmt.Sprint(s.Ruleset.Enabled) }},
		{"rules that failed to load", func(s *Side) string { return fmt.Sprint(s.Ruleset.Failed) }},
		{"evilbench", func(s *Side) string { return s.tools() }},
		{"corpora", func(s *Side) string { return s.corpora() }},
	} {
		fact := Fact{Name: f.name}
		for _, s := range sides {
			fact.Values = append(fact.Values, f.of(s))
		}
		put(&differs, &same, fact)
	}
	put(&differs, &same, configs(sides))
	return differs, same
}

// put files a fact. One that no side has is none.
func put(differs, same *[]Fact, f Fact) {
	if slices.ContainsFunc(f.Values, func(v string) bool { return v != f.Values[0] }) {
		*differs = append(*differs, f)
	} else if f.Values[0] != "" {
		*same = append(*same, f)
	}
}

// configs compares configurations corpus by corpus, as each names its own networks, and as a whole where there is no corpus in common.
func configs(sides []*Side) Fact {
	f := Fact{Name: "configuration"}
	first := sides[0]
	for _, s := range sides {
		value := short(s.config())
		for _, c := range s.cells {
			twin := first.on(c.Corpus.Digest)
			if twin != nil && shownConfig(twin.Cell) != shownConfig(c.Cell) && value == short(first.config()) {
				value += " (other ones)" // as many, and not the same
				break
			}
		}
		f.Values = append(f.Values, value)
	}
	return f
}

// tools are the versions of evilbench that wrote the side's results.
func (s *Side) tools() string {
	var all []string
	for _, c := range s.cells {
		if !slices.Contains(all, c.tool) {
			all = append(all, c.tool)
		}
	}
	return strings.Join(all, ", ")
}

// corpora names them, and the first of many.
func (s *Side) corpora() string {
	var all []string
	for _, c := range s.cells {
		all = append(all, fmt.Sprintf("%s (%s)", c.Corpus.Name, short(c.Corpus.Digest)))
	}
	slices.Sort(all)
	if len(all) > mostNamed {
		all = append(all[:2:2], fmt.Sprintf("%d more", len(s.cells)-2))
	}
	return strings.Join(all, ", ")
}
