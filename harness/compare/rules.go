package compare

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/ids/rules"
)

// RulesChange is what differs between two rulesets, by category.
type RulesChange struct {
	Categories []Category `json:"categories"` // the largest changes first
	Missing    string     `json:"missing,omitempty"`
}

// Category counts the enabled rules of one category. OnlyA and OnlyB have no enabled rule of the same gid and sid on the other side;
// Changed are on both and want to see something else.
type Category struct {
	Name    string `json:"name"`
	A       int64  `json:"a"`
	B       int64  `json:"b"`
	OnlyA   int64  `json:"only_a"`
	OnlyB   int64  `json:"only_b"`
	Changed int64  `json:"changed"`
}

// ruleset is a set with its identities at hand.
type ruleset struct {
	enabled map[rules.ID]*rules.Rule
	dormant map[rules.ID]bool
}

// fates say what became of a signature's rule on the other side.
type fates struct{ inA, inB func(*Signature) string }

// compareRules fills in what changed. Where the sides have one ruleset nothing did.
func (w *work) compareRules(v *Versus, a, b *Side) (fates, error) {
	if a.Ruleset.Digest == b.Ruleset.Digest {
		same := func(*Signature) string { return "same" }
		return fates{same, same}, nil
	}
	unknown := func(*Signature) string { return "" }
	v.Rules = &RulesChange{Categories: []Category{}}
	var sets [2]*ruleset
	for i, s := range []*Side{a, b} {
		set, missing, err := w.ruleset(s)
		if err != nil {
			return fates{}, err
		}
		if missing != "" {
			v.Rules.Missing = missing
			return fates{unknown, unknown}, nil
		}
		sets[i] = set
	}
	v.Rules.Categories = categories(sets[0], sets[1])
	return fates{fate(sets[1], sets[0]), fate(sets[0], sets[1])}, nil
}

// ruleset reads the rules of a side from beside one of its runs.
func (w *work) ruleset(s *Side) (set *ruleset, missing string, err error) {
	digest := s.Ruleset.Digest
	if known := w.rules[digest]; known != nil {
		return known, "", nil
	}
	set = &ruleset{enabled: map[rules.ID]*rules.Rule{}, dormant: map[rules.ID]bool{}}
	if s.Ruleset.Name == "" {
		return set, "", nil
	}
	for _, c := range s.cells {
		path := filepath.Join(c.Places.Run, bench.RulesFile)
		if c.Places.Run == "" {
			continue
		}
		loaded, err := rules.Load(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		if loaded.Digest != digest {
			return nil, "", fmt.Errorf("%s: is not the ruleset %s of %s; run again", path, short(digest), c.from)
		}
		for i := range loaded.Rules {
			r := &loaded.Rules[i]
			if known := set.enabled[r.ID]; known == nil || known.Rev < r.Rev {
				set.enabled[r.ID] = r
			}
		}
		for i := range loaded.Dormant {
			set.dormant[loaded.Dormant[i].ID] = true
		}
		w.rules[digest] = set
		return set, "", nil
	}
	return nil, fmt.Sprintf("%s is not beside the runs of %s", bench.RulesFile, s.Letter), nil
}

// fate says how the other side treats a rule that fired on this one.
func fate(mine, other *ruleset) func(*Signature) string {
	return func(s *Signature) string {
		id := rules.ID{GID: s.GID, SID: s.SID}
		here, there := mine.enabled[id], other.enabled[id]
		switch {
		case here == nil:
			return "" // not of the ruleset: the engine's own
		case there == nil && other.dormant[id]:
			return "commented out"
		case there == nil:
			return "absent"
		case changed(here, there):
			return "changed"
		default:
			return "same"
		}
	}
}

// changed tells whether two revisions differ in more than what is written about them. Publishers rewrite metadata of every rule, and
// who edits a rule may forget its revision.
func changed(a, b *rules.Rule) bool {
	if a.Text == b.Text {
		return false
	}
	about := func(o rules.Option) bool {
		return o.Name == "metadata" || o.Name == "reference" || o.Name == "rev" || o.Name == "msg" || o.Name == "classtype"
	}
	return a.Without(about) != b.Without(about)
}

func categories(a, b *ruleset) []Category {
	all := map[string]*Category{}
	of := func(r *rules.Rule) *Category {
		name := category(r)
		if all[name] == nil {
			all[name] = &Category{Name: name}
		}
		return all[name]
	}
	for id, r := range a.enabled {
		c, there := of(r), b.enabled[id]
		c.A++
		switch {
		case there == nil:
			c.OnlyA++
		case changed(r, there):
			c.Changed++
		}
	}
	for id, r := range b.enabled {
		c := of(r)
		c.B++
		if a.enabled[id] == nil {
			c.OnlyB++
		}
	}
	out := []Category{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if c := all[name]; c.OnlyA+c.OnlyB+c.Changed > 0 {
			out = append(out, *c)
		}
	}
	slices.SortStableFunc(out, func(x, y Category) int { return cmp.Compare(y.OnlyA+y.OnlyB, x.OnlyA+x.OnlyB) })
	return out
}

// category is how a message begins: who wrote the rule and what it is about (ET TROJAN, GPL SQL, SURICATA STREAM). Public rulesets
// name their categories so, in one file as in many. A rule that does not is filed under its classtype.
func category(r *rules.Rule) string {
	author, rest, _ := strings.Cut(strings.TrimSpace(r.Message), " ")
	about, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	if capitals(author) && capitals(about) {
		return author + " " + about
	}
	if r.Classtype != "" {
		return "classtype " + r.Classtype
	}
	return "no category"
}

// capitals tells whether a word is one that a category is made of.
func capitals(word string) bool {
	letters := 0
	for _, c := range word {
		switch {
		case c >= 'A' && c <= 'Z':
			letters++
		case c != '_' && c != '-' && (c < '0' || c > '9'):
			return false
		}
	}
	return letters > 1
}
