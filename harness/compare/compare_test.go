package compare

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/labels/corpus"
)

// cellOf is a scored cell on a corpus whose campaigns went as the letters say: D detected, W wrong kind, M missed.
func cellOf(version, rules, corpusName, outcomes string) bench.Cell {
	s := &score.Score{FalseAlarms: []score.Signature{}}
	for i, o := range outcomes {
		d := score.Campaign{Campaign: fmt.Sprintf("scan-%d", i+1), Attack: "scan", Technique: "T1046", Seconds: score.Number{Missing: "not detected"}, Until: score.Number{Missing: "not detected"}}
		switch o {
		case 'D':
			d.Alerts, d.Strict = 2, 2
			d.Seconds, d.Until = score.Number{Value: float64(i + 1)}, score.Number{Value: 3}
		case 'W':
			d.Alerts = 1
			d.Seconds, d.Until = score.Number{Value: float64(i + 2)}, score.Number{Value: 4}
		}
		s.Details = append(s.Details, d)
		if s.Flows.FN += 10; d.Alerts > 0 {
			s.Flows.TP, s.Flows.FN = s.Flows.TP+4, s.Flows.FN-4
		}
	}
	s.Load = score.Load{Hosts: 4, Days: .5, PerHostDay: score.Number{Value: 1}, PerGB: score.Number{Value: 1}}
	none := score.NewRatio(0, 0, "not of interest")
	s.Campaigns.DetectedRate, s.Campaigns.StrictRate = none, none
	s.Flows.Recall, s.Flows.Precision, s.Flows.FPR, s.Flows.Lookalikes = none, none, none, none
	s.Delay = score.Delay{MedianSeconds: score.Number{Value: 1}, MedianPackets: score.Number{Value: 1}}
	return bench.Cell{
		Detector: bench.Detector{Spec: "suricata:" + version[:1], Engine: "suricata", Version: version, Digest: "sha256:" + version},
		Ruleset:  bench.Ruleset{Name: rules, Digest: "digest of " + rules, Enabled: 80},
		Corpus:   bench.Corpus{Name: corpusName, Digest: "corpus " + corpusName, Synthetic: true, Seed: uint64(len(corpusName)), Scenario: &corpus.Scenario{Name: "office", Digest: "beef"}, Days: .5},
		Score:    s, Run: &bench.RunSummary{Config: "f00dfeed", Usage: ids.Usage{WallSeconds: 2, CPUSeconds: 1, PeakBytes: 1 << 20}}, Warnings: []string{},
	}
}

// publish writes a result and goes where it is, so that paths in messages do not depend on the machine.
func publish(t *testing.T, results map[string][]bench.Cell) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, cells := range results {
		r := bench.Result{Format: bench.ResultFormat, Version: "0.1.0", Cells: cells}
		if err := r.Publish(name); err != nil {
			t.Fatal(err)
		}
	}
}

func load(t *testing.T, arguments ...string) []*Side {
	t.Helper()
	sides, _, err := Load(arguments)
	if err != nil {
		t.Fatal(err)
	}
	return sides
}

func compareAll(t *testing.T, o Options, arguments ...string) *Comparison {
	t.Helper()
	c, err := Compare(t.Context(), load(t, arguments...), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDifferentCorporaAreRefused(t *testing.T) {
	publish(t, map[string][]bench.Cell{
		"a": {cellOf("7.0.10", "et", "one", "DM"), cellOf("7.0.10", "et", "both", "DM")}, "b": {cellOf("7.0.10", "et", "three", "DM")},
		"c": {cellOf("8.0.3", "et", "one", "DM"), cellOf("8.0.3", "et", "three", "DM")}, "torn": {cellOf("8.0.3", "et", "one", "D")},
	})
	_, err := Compare(t.Context(), load(t, "a", "b"), Options{})
	var refusal *DifferentCorpora
	if !errors.As(err, &refusal) {
		t.Fatalf("different corpora: %v", err)
	}
	for _, want := range []string{"corpus one", "corpus thr", "seed 3 against 5"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the refusal does not say %q:\n%v", want, err)
		}
	}
	if !strings.Contains(refusal.Hint(), "--independent") {
		t.Errorf("the hint is %q", refusal.Hint())
	}
	v := compareAll(t, Options{}, "a", "c").Versus[0]
	if v.Corpora != 1 || len(v.Notes) != 3 || !strings.Contains(v.Notes[0], "both") || !strings.Contains(v.Notes[1], "three") {
		t.Errorf("one corpus in common: %d paired, notes %q", v.Corpora, v.Notes)
	}
	v = compareAll(t, Options{Independent: true}, "a", "b").Versus[0]
	if m := v.Measures[0]; m.A.N != 4 || m.B.N != 2 || m.Paired != nil || m.Verdict != Even || !m.Difference.Bounded {
		t.Errorf("independent samples: %+v", m)
	}
	if _, err := Compare(t.Context(), load(t, "a", "torn"), Options{}); err == nil || !strings.Contains(err.Error(), "score again") {
		t.Errorf("results that cannot be of one corpus: %v", err)
	}
}

func TestCampaignVerdicts(t *testing.T) {
	for _, c := range []struct {
		a, b, lenient, strict, lost, gained string
	}{
		{"DDDDDDDD", "MMMMMMMM", Worse, Worse, "1 2 3 4 5 6 7 8", ""},
		{"MMMMMMMM", "DDDDDDDD", Better, Better, "", "1 2 3 4 5 6 7 8"},
		{"MMMMMMMM", "WWWWWWWW", Better, Even, "", "1 2 3 4 5 6 7 8"},
		{"DDDDDDDD", "WWWWWWWW", Even, Worse, "1 2 3 4 5 6 7 8", ""},
		{"DDDDDDDD", "DDDMMMMM", Even, Even, "4 5 6 7 8", ""},
		{"DDDDDDDD", "DDMMMMMM", Worse, Worse, "3 4 5 6 7 8", ""},
		{"DMDMDMDM", "MDMDMDMD", Even, Even, "1 3 5 7", "2 4 6 8"},
		{"DDDD", "DDDD", Even, Even, "", ""},
		{"DWM", "MMD", Even, Even, "1 2", "3"},
		{"", "", Even, Even, "", ""},
	} {
		publish(t, map[string][]bench.Cell{"a": {cellOf("7.0.10", "et", "one", c.a)}, "b": {cellOf("8.0.3", "et", "one", c.b)}})
		v := compareAll(t, Options{}, "a", "b").Versus[0]
		got := []string{v.Measures[0].Verdict, v.Measures[1].Verdict, numbers(v.Lost), numbers(v.Gained)}
		if diff := cmp.Diff([]string{c.lenient, c.strict, c.lost, c.gained}, got); diff != "" {
			t.Errorf("%q against %q: want (-), got (+):\n%s", c.b, c.a, diff)
		}
		if m := v.Measures[0]; m.Verdict == Even && m.A.Missing == "" && !strings.Contains(m.Why, "campaigns can") && !strings.Contains(m.Why, "campaign can") {
			t.Errorf("%q against %q: ~ without what could be shown: %s", c.b, c.a, m.Why)
		}
	}
}

func numbers(list []CampaignChange) string {
	var all []string
	for _, c := range list {
		all = append(all, strings.TrimPrefix(c.Campaign, "scan-"))
	}
	return strings.Join(all, " ")
}

// Six of six to one side are a finding between two sides, and none among three.
func TestHolmDecides(t *testing.T) {
	publish(t, map[string][]bench.Cell{"out": {
		cellOf("6.0.1", "et", "one", "DDDDDDDDDD"), cellOf("7.0.10", "et", "one", "DDDDMMMMMM"), cellOf("8.0.3", "et", "one", "DDDDDDDDDD"),
	}})
	if v := compareAll(t, Options{}, "out#1", "out#2").Versus[0]; v.Measures[0].Verdict != Worse {
		t.Errorf("between two: %+v", v.Measures[0])
	}
	c := compareAll(t, Options{}, "out")
	m := c.Versus[0].Measures[0]
	if m.Verdict != Even || math.Abs(m.P.Value-0.03125) > 1e-12 || math.Abs(m.Adjusted.Value-3*0.03125) > 1e-12 {
		t.Errorf("among three: %s, p %v, after Holm %v", m.Verdict, m.P.Value, m.Adjusted.Value)
	}
	// Q of Cochran by hand: columns 10, 4, 10; six rows with two catches, four with three.
	if o := c.Overall[0]; o.Campaigns != 10 || o.Freedom != 2 || o.Q.Value < 11.999 || o.Q.Value > 12.001 {
		t.Errorf("Cochran's Q is %+v", o)
	}
}

func TestDetectable(t *testing.T) {
	for _, n := range []int64{0, 1, 5} {
		if d := detectable(n, 0); d.Missing == "" {
			t.Errorf("%d campaigns show a difference of %v", n, d.Value)
		}
	}
	before := 1.0
	for _, n := range []int64{6, 8, 15, 50, 200, 1000} {
		d := detectable(n, 0)
		if d.Missing != "" || d.Value >= before || d.Value < 6/float64(n)*0.9 {
			t.Errorf("%d campaigns: %+v after %v", n, d, before)
		}
		before = d.Value
	}
	if few, many := detectable(100, 0).Value, detectable(100, 60).Value; few >= many {
		t.Errorf("disagreement does not blur: %v, %v", few, many)
	}
}

// The smallest difference is what it says: the exact test finds it in four draws of five.
func TestDetectableHasItsPower(t *testing.T) {
	const n = 15
	d := detectable(n, 0).Value
	chance, hit := 1.0, 0.0
	for k := 0; k <= n; k++ { // chance of k successes, by the recurrence of the binomial
		if k == 0 {
			for range n {
				chance *= 1 - d
			}
		} else {
			chance *= d / (1 - d) * float64(n-k+1) / float64(k)
		}
		if k >= 6 {
			hit += chance
		}
	}
	if hit < .8 || hit > .8001 {
		t.Errorf("power at %v is %v", d, hit)
	}
}

func TestRulesOfBothSides(t *testing.T) {
	a, b := rulesOf(t, `alert tcp any any -> any any (msg:"ET INFO one"; content:"x"; metadata:made long ago; sid:1; rev:1;)
alert tcp any any -> any any (msg:"ET INFO two"; content:"x"; sid:2; rev:1;)
alert tcp any any -> any any (msg:"ET SCAN three"; content:"x"; sid:3; rev:1;)
alert tcp any any -> any any (msg:"ET SCAN four"; content:"x"; sid:4; rev:1;)
alert tcp any any -> any any (msg:"plain words"; classtype:misc-attack; sid:5; rev:1;)
`), rulesOf(t, `alert tcp any any -> any any (msg:"ET INFO one"; content:"x"; metadata:made just now; sid:1; rev:9;)
#alert tcp any any -> any any (msg:"ET INFO two"; content:"x"; sid:2; rev:1;)
alert tcp any any -> any any (msg:"ET SCAN three"; content:"y"; sid:3; rev:1;)
alert tcp any any -> any any (msg:"ET EXPLOIT_KIT six"; content:"x"; sid:6; rev:1;)
`)
	want := []Category{
		{Name: "ET EXPLOIT_KIT", B: 1, OnlyB: 1}, {Name: "ET INFO", A: 2, B: 1, OnlyA: 1},
		{Name: "ET SCAN", A: 2, B: 1, OnlyA: 1, Changed: 1}, {Name: "classtype misc-attack", A: 1, OnlyA: 1},
	}
	if diff := cmp.Diff(want, categories(a, b)); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	inB := fate(a, b)
	for sid, want := range map[int64]string{1: "same", 2: "commented out", 3: "changed", 4: "absent", 99: ""} {
		if got := inB(&Signature{GID: 1, SID: sid}); got != want {
			t.Errorf("rule %d is %q in B, want %q", sid, got, want)
		}
	}
}

func rulesOf(t *testing.T, text string) *ruleset {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, bench.RulesFile), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	s := &Side{Ruleset: bench.Ruleset{Name: "x", Digest: digestOf(t, dir)}, cells: []*loaded{{Cell: &bench.Cell{Places: bench.Places{Run: dir}}}}}
	set, missing, err := (&work{rules: map[string]*ruleset{}}).ruleset(s)
	if err != nil || missing != "" {
		t.Fatal(err, missing)
	}
	return set
}

func TestSameBytesAtAnyNumberOfWorkers(t *testing.T) {
	var cells []bench.Cell
	for i := range 12 {
		name := strings.Repeat("c", i+1)
		cells = append(cells, cellOf("7.0.10", "et", name, "DDM"), cellOf("8.0.3", "et", name, "DMM"[:2]+string("DM"[i%2])))
	}
	publish(t, map[string][]bench.Cell{"out": cells})
	text := func(workers int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
		b, err := json.Marshal(compareAll(t, Options{}, "out"))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if diff := cmp.Diff(text(1), text(5)); diff != "" {
		t.Errorf("one worker (-), five (+):\n%s", diff)
	}
}

// What A loses against B, B gains against A.
func TestSidesAreEqual(t *testing.T) {
	flip := map[string]string{Better: Worse, Worse: Better, Even: Even}
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 14).Draw(r, "campaigns")
		word := rapid.StringOfN(rapid.RuneFrom([]rune("DWM")), n, n, -1)
		x, y := cellOf("7.0.10", "et", "one", word.Draw(r, "a")), cellOf("8.0.3", "et", "one", word.Draw(r, "b"))
		one, two := []pair{{&loaded{Cell: &x}, &loaded{Cell: &y}}}, []pair{{&loaded{Cell: &y}, &loaded{Cell: &x}}}
		for _, strict := range []bool{false, true} {
			m, w := detected(one, strict), detected(two, strict)
			m.judge()
			w.judge()
			if m.Verdict != flip[w.Verdict] || m.P != w.P || m.Paired.OnlyA != w.Paired.OnlyB {
				r.Fatalf("strict %v: %+v and %+v", strict, m, w)
			}
			if d := m.Difference.Value + w.Difference.Value; d > 1e-12 || d < -1e-12 {
				r.Fatalf("differences %v and %v", m.Difference, w.Difference)
			}
		}
		lost, gained := campaignChanges(one, fates{})
		found, missed := campaignChanges(two, fates{})
		if numbers(lost) != numbers(missed) || numbers(gained) != numbers(found) {
			r.Fatalf("lost %q and gained %q, the other way round gained %q and lost %q", numbers(lost), numbers(gained), numbers(missed), numbers(found))
		}
	})
}
