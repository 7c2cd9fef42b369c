// Package benchfmt writes results in the Go benchmark data format (golang.org/design/14313-benchmark-format), so that benchstat
// compares detection as it compares speed: every cell is a line, the seeds of a scenario are the samples of one benchmark, and
// detector and rules are parts of its name, by which benchstat can make columns:
//
//	benchstat -col /detector out.bench
//	benchstat before.bench after.bench
package benchfmt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/score"
)

// units are in the order of a line. Rates are figures of one cell, so that benchstat's median and its test are over seeds; they must
// not be taken for exact, since they change from seed to seed.
var units = []struct {
	name, better string
	of           func(*bench.Cell) (value float64, there bool)
}{
	{"detected/campaign", "higher", func(c *bench.Cell) (float64, bool) { return ratio(c.Campaigns.DetectedRate) }},
	{"right-kind/campaign", "higher", func(c *bench.Cell) (float64, bool) { return ratio(c.Campaigns.StrictRate) }},
	{"alarmed/malicious-flow", "higher", func(c *bench.Cell) (float64, bool) { return ratio(c.Flows.Recall) }},
	{"alarmed/benign-flow", "lower", func(c *bench.Cell) (float64, bool) { return ratio(c.Flows.FPR) }},
	{"false-alarms/host-day", "lower", func(c *bench.Cell) (float64, bool) { return number(c.Load.PerHostDay) }},
	{"false-alarms/GB", "lower", func(c *bench.Cell) (float64, bool) { return number(c.Load.PerGB) }},
	{"delay-sec/campaign", "lower", func(c *bench.Cell) (float64, bool) { return number(c.Delay.MedianSeconds) }},
	{"sec/run", "lower", func(c *bench.Cell) (float64, bool) {
		return measured(c, func(r *bench.RunSummary) float64 { return r.Usage.WallSeconds })
	}},
	{"cpu-sec/run", "lower", func(c *bench.Cell) (float64, bool) {
		return measured(c, func(r *bench.RunSummary) float64 { return r.Usage.CPUSeconds })
	}},
	{"peak-B/run", "lower", func(c *bench.Cell) (float64, bool) {
		return measured(c, func(r *bench.RunSummary) float64 { return float64(r.Usage.PeakBytes) })
	}},
}

func ratio(r score.Ratio) (float64, bool) {
	if r.Missing != "" || r.N == 0 {
		return 0, false
	}
	return r.Value(), true
}

func number(n score.Number) (float64, bool) { return n.Value, n.Missing == "" }

// measured is a cost; 0 = it was not measured.
func measured(c *bench.Cell, of func(*bench.RunSummary) float64) (float64, bool) {
	if c.Run == nil {
		return 0, false
	}
	x := of(c.Run)
	return x, x > 0
}

// Write writes what the units mean and a line for every cell. A figure that is missing is not on the line. A cell without figures, or
// that is there twice, is only named in a comment, as is what the figures come from: readers of the format pass over it.
func Write(w io.Writer, r *bench.Result) error {
	var b bytes.Buffer
	for _, u := range units {
		fmt.Fprintf(&b, "Unit %s better=%s assume=nothing\n", u.name, u.better)
	}
	names := newNames(r)
	seen := map[string]bool{}
	for i := range r.Cells {
		c := &r.Cells[i]
		name := names.of(c)
		sample := name + " " + c.Corpus.Digest
		fmt.Fprintf(&b, "# cell %d: corpus sha256:%s seed %d, rules sha256:%s, image %s\n", i+1, plain(c.Corpus.Digest), c.Corpus.Seed, plain(c.Ruleset.Digest), plain(c.Detector.Digest))
		switch {
		case c.Score == nil:
			fmt.Fprintf(&b, "# no figures of %s: %s\n", name, plain(c.Error))
			continue
		case seen[sample]:
			fmt.Fprintf(&b, "# a second time %s, on the same corpus: no sample of its own\n", name)
			continue
		}
		seen[sample] = true
		fmt.Fprintf(&b, "%s 1", name) // one run of the engine is one iteration
		for _, u := range units {
			if x, there := u.of(c); there {
				fmt.Fprintf(&b, " %s %s", strconv.FormatFloat(x, 'g', -1, 64), u.name)
			}
		}
		b.WriteByte('\n')
	}
	_, err := w.Write(b.Bytes())
	return err
}

// names knows which detectors and rulesets go by the same name and are not the same.
type names map[string]map[string]bool // variants by name

func newNames(r *bench.Result) names {
	n := names{}
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.Score == nil {
			continue
		}
		key := name(c, "")
		if n[key] == nil {
			n[key] = map[string]bool{}
		}
		n[key][variant(c)] = true
	}
	return n
}

// of is a cell's name, the same for all seeds.
func (n names) of(c *bench.Cell) string {
	if len(n[name(c, "")]) > 1 {
		return name(c, "/variant="+variant(c))
	}
	return name(c, "")
}

// variant tells apart what has the same name.
func variant(c *bench.Cell) string {
	config := ""
	if c.Run != nil {
		config = c.Run.Config
	}
	sum := sha256.Sum256([]byte(c.Ruleset.Digest + "\n" + config + "\n" + c.Detector.Digest))
	return hex.EncodeToString(sum[:4])
}

func name(c *bench.Cell, variant string) string {
	rules := c.Ruleset.Name
	if rules == "" {
		rules = "none"
	}
	detector := c.Detector.Spec
	if c.Detector.Engine != "" {
		detector = strings.TrimSuffix(c.Detector.Engine+":"+c.Detector.Version, ":")
	}
	// A name that ends like -8 would be read as the number of processors.
	last := strings.ReplaceAll(word(detector), "-", "_")
	return fmt.Sprintf("BenchmarkDetect/corpus=%s/rules=%s%s/detector=%s", word(c.Corpus.Name), word(rules), variant, last)
}

// word makes a part of a name: letters, digits, and signs that mean nothing in the format.
func word(s string) string {
	if s == "" {
		return "_"
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._:+-", r) {
			return r
		}
		return '_'
	}, s)
}

// plain keeps a comment on its line.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
