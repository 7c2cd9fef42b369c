package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/harness/bench"
)

// pair is one corpus seen by both sides.
type pair struct{ a, b *loaded }

// pairUp pairs cells by the digest of their corpus. Corpora that one side has not seen are named in leftOut.
func pairUp(a, b *Side) (pairs []pair, leftOut []string, err error) {
	for _, c := range a.cells {
		if other := b.on(c.Corpus.Digest); other != nil {
			pairs = append(pairs, pair{c, other})
		} else {
			leftOut = append(leftOut, lone(c, a, b))
		}
	}
	for _, c := range b.cells {
		if a.on(c.Corpus.Digest) == nil {
			leftOut = append(leftOut, lone(c, b, a))
		}
	}
	if len(pairs) == 0 {
		return nil, nil, different(a, b)
	}
	for _, p := range pairs {
		if err := p.check(); err != nil {
			return nil, nil, err
		}
	}
	return pairs, leftOut, nil
}

func lone(c *loaded, mine, other *Side) string {
	return fmt.Sprintf("corpus %s (%s) is in %s and not in %s", c.Corpus.Name, short(c.Corpus.Digest), mine.Letter, other.Letter)
}

// check holds two results on the same corpus to have the same campaigns.
func (p pair) check() error {
	if len(p.a.Details) != len(p.b.Details) {
		return fmt.Errorf("%s has %d campaigns and %s %d on the same corpus %s; score again", p.a.from, len(p.a.Details), p.b.from, len(p.b.Details), short(p.a.Corpus.Digest))
	}
	for i := range p.a.Details {
		if x, y := p.a.Details[i].Campaign, p.b.Details[i].Campaign; x != y {
			return fmt.Errorf("%s has campaign %s where %s has %s, on the same corpus %s; score again", p.a.from, x, p.b.from, y, short(p.a.Corpus.Digest))
		}
	}
	return nil
}

// DifferentCorpora is the refusal to compare what was measured on different traffic.
type DifferentCorpora struct{ What []string }

// Error implements error.
func (e *DifferentCorpora) Error() string {
	return "the sides were measured on different corpora:\n  " + strings.Join(e.What, "\n  ")
}

// Hint says how to go on.
func (e *DifferentCorpora) Hint() string {
	return "run both on one corpus (bench --corpus), or give --independent if they are meant as independent samples of the same traffic"
}

// mostNamed bounds the corpora that a refusal describes.
const mostNamed = 5

func different(a, b *Side) error {
	e := &DifferentCorpora{}
	for i, c := range a.cells {
		if i == mostNamed {
			e.What = append(e.What, fmt.Sprintf("and %d more", len(a.cells)-i))
			break
		}
		near := nearest(c, b.cells)
		e.What = append(e.What, fmt.Sprintf("%s: %s %s; %s: %s %s; %s", a.Letter, c.Corpus.Name, short(c.Corpus.Digest), b.Letter, near.Corpus.Name,
			short(near.Corpus.Digest), strings.Join(contrast(&c.Corpus, &near.Corpus), ", ")))
	}
	return e
}

// nearest is the corpus that was probably meant to be the same.
func nearest(c *loaded, of []*loaded) *loaded {
	best, score := of[0], -1
	for _, o := range of {
		s := 0
		if o.Corpus.Name == c.Corpus.Name {
			s += 2
		}
		if o.Corpus.Seed == c.Corpus.Seed {
			s++
		}
		if s > score {
			best, score = o, s
		}
	}
	return best
}

// contrast says in what two corpora differ, as far as their manifests tell.
func contrast(a, b *bench.Corpus) []string {
	var out []string
	add := func(what string, x, y any) {
		if fmt.Sprint(x) != fmt.Sprint(y) {
			out = append(out, fmt.Sprintf("%s %v against %v", what, x, y))
		}
	}
	add("made by", kindOf(a), kindOf(b))
	// A scenario's digest contains its seed: where the seeds differ it tells nothing more.
	if a.Scenario != nil && b.Scenario != nil && (a.Seed == b.Seed || a.Scenario.Name != b.Scenario.Name) {
		add("scenario", a.Scenario.Name+" "+short(a.Scenario.Digest), b.Scenario.Name+" "+short(b.Scenario.Digest))
	}
	if a.Synthetic && b.Synthetic {
		add("seed", a.Seed, b.Seed)
	}
	add("model", short(a.Model), short(b.Model))
	add("captures", captures(a), captures(b))
	add("evilbench", a.Version, b.Version)
	add("packets", a.Packets, b.Packets)
	if len(out) == 0 {
		return []string{"in content only: labels or packets differ"}
	}
	return out
}

func kindOf(c *bench.Corpus) string {
	if c.Synthetic {
		return "generate"
	}
	return "import"
}

func captures(c *bench.Corpus) string {
	var all []string
	for _, s := range c.Sources {
		all = append(all, fmt.Sprintf("%s (%s)", s.Path, short(s.SHA256)))
	}
	if len(all) == 0 {
		return "none"
	}
	slices.Sort(all)
	if len(all) > mostNamed {
		all = append(all[:mostNamed:mostNamed], fmt.Sprintf("%d more", len(all)-mostNamed))
	}
	return strings.Join(all, " ")
}
