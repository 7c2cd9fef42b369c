package bench

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
)

// Pooled is one detector with one ruleset over several seeds of one scenario.
type Pooled struct {
	Detector Detector `json:"detector"`
	Ruleset  Ruleset  `json:"ruleset"`
	Scenario string   `json:"scenario"`
	Seeds    []uint64 `json:"seeds"`            // with figures, in the order of the cells
	Failed   []uint64 `json:"failed,omitempty"` // without, and in no figure
	*score.Pooled
	Warnings []string `json:"warnings"`
}

// poolKey says which cells are samples of the same.
type poolKey struct{ family, engine, version, image, rules, config string }

// Pool aggregates cells that differ in nothing but the seed of their scenario. What has one seed only is not pooled. A corpus that is
// there twice counts once.
func Pool(cells []Cell, o score.Options) ([]Pooled, error) {
	groups := map[poolKey][]*Cell{}
	var keys []poolKey
	for i := range cells {
		c := &cells[i]
		if c.Corpus.Family == "" || c.Score == nil {
			continue
		}
		k := poolKey{c.Corpus.Family, c.Detector.Engine, c.Detector.Version, c.Detector.Digest, c.Ruleset.Digest, c.config()}
		group, known := groups[k]
		if !known {
			keys = append(keys, k)
		}
		if !slices.ContainsFunc(group, func(o *Cell) bool { return o.Corpus.Digest == c.Corpus.Digest }) {
			groups[k] = append(group, c)
		}
	}
	var out []Pooled
	for _, k := range keys {
		if len(groups[k]) < 2 {
			continue
		}
		p, err := pool(groups[k], failedSeeds(cells, groups[k]), o)
		if err != nil {
			return nil, err
		}
		out = append(out, *p)
	}
	return out, nil
}

func (c *Cell) config() string {
	if c.Run == nil {
		return ""
	}
	return c.Run.Config
}

// failedSeeds are those on which what ran in the cells has no figures.
func failedSeeds(all []Cell, done []*Cell) (seeds []uint64) {
	like := done[0]
	for i := range all {
		c := &all[i]
		seed := c.Corpus.Seed
		known := slices.Contains(seeds, seed) || slices.ContainsFunc(done, func(d *Cell) bool { return d.Corpus.Seed == seed })
		if !known && c.Score == nil && c.Corpus.Family == like.Corpus.Family && c.Detector.Spec == like.Detector.Spec && c.Ruleset.Digest == like.Ruleset.Digest {
			seeds = append(seeds, seed)
		}
	}
	return seeds
}

func pool(cells []*Cell, failed []uint64, o score.Options) (*Pooled, error) {
	first := cells[0]
	p := &Pooled{Detector: first.Detector, Ruleset: first.Ruleset, Scenario: first.Corpus.Name, Failed: failed, Warnings: []string{}}
	p.Ruleset.Fired = 0 // differs between the cells
	var scores []*score.Score
	for _, c := range cells {
		p.Seeds, scores = append(p.Seeds, c.Corpus.Seed), append(scores, c.Score)
	}
	if n := len(cells); n < stats.MinClusters {
		p.Warnings = append(p.Warnings, fmt.Sprintf("an interval over %d seeds is unreliable: at least %d are wanted", n, stats.MinClusters))
	}
	if len(failed) > 0 {
		p.Warnings = append(p.Warnings, fmt.Sprintf("%d of %d seeds have no figures: their cells failed", len(failed), len(failed)+len(cells)))
	}
	var err error
	p.Pooled, err = score.Pool(scores, o)
	return p, err
}
