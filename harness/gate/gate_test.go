package gate

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/fault"
)

// office is a result of 15 campaigns, all caught, with one noisy signature.
func office() *Baseline {
	c := Cell{
		Detector: "suricata 7.0.10", Rules: "bundled", RuleSum: "aa", Corpus: "office", CorpusSum: "d1", Seed: 1, HostDays: 0.5,
		Flows: Flows{TP: 200, FN: 9500, FP: 4, TN: 7600}, Alerts: Alerts{Read: 469, False: 4}, Wall: 1.5, Peak: 80 << 20,
		Campaigns: []Campaign{}, Alarms: []Alarm{{"1:9000812", "policy", 4}},
	}
	for i := range 15 {
		c.Campaigns = append(c.Campaigns, Campaign{fmt.Sprintf("attack-%02d", i), fmt.Sprintf("kind-%d", i%5), true, true})
	}
	return &Baseline{Format: BaselineFormat, Cells: []Cell{c}}
}

var today = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func failures(t *testing.T, baseline, current *Baseline, c *Config) []string {
	t.Helper()
	v, err := Run(baseline, current, c, today)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range v.Failures() {
		if f.Evidence == "" || f.Remedy == "" {
			t.Errorf("a refusal without reason or remedy: %+v", f)
		}
		out = append(out, f.Name)
	}
	return out
}

func TestGate(t *testing.T) {
	number := func(x float64) *float64 { return &x }
	for name, c := range map[string]struct {
		change func(*Cell)
		config func(*Config)
		want   []string
	}{
		"unchanged":            {func(*Cell) {}, nil, nil},
		"one lost is chance":   {func(c *Cell) { c.Campaigns[3].Caught = false }, nil, nil},
		"one must not be lost": {func(c *Cell) { c.Campaigns[3].Caught = false }, func(c *Config) { c.MustCatch = []Must{{"attack-03", 1}} }, []string{"must catch attack-03"}},
		"by kind": {
			func(c *Cell) { c.Campaigns[3].Caught = false }, func(c *Config) { c.MustCatch = []Must{{"kind-?", 1}} }, []string{"must catch kind-?"},
		},
		"half lost": {func(c *Cell) {
			for i := range 8 {
				c.Campaigns[i].Caught, c.Campaigns[i].Right = false, false
			}
		}, nil, []string{"campaigns detected", "campaigns detected for the right reason"}},
		"half lost, and tolerated": {func(c *Cell) {
			for i := range 8 {
				c.Campaigns[i].Caught = false
			}
		}, func(c *Config) { c.Detection = number(0.4) }, nil},
		"noisy rule": {func(c *Cell) {
			c.Alarms = append(c.Alarms, Alarm{"1:666", "noisy", 3})
		}, nil, []string{"false alarms of new signatures"}},
		"noisy rule that is allowed": {func(c *Cell) {
			c.Alarms = append(c.Alarms, Alarm{"1:666", "noisy", 3})
		}, func(c *Config) { c.Allowed = []Allowance{{"1:666", 5, "soc", "known", today, 1}} }, nil},
		"noisier than allowed": {func(c *Cell) {
			c.Alarms = append(c.Alarms, Alarm{"1:666", "noisy", 9})
		}, func(c *Config) { c.Allowed = []Allowance{{"1:666", 5, "soc", "known", today, 1}} }, []string{"allowed false alarms of 1:666"}},
		"allowed until yesterday": {func(*Cell) {}, func(c *Config) {
			c.Allowed = []Allowance{{"1:666", 5, "soc", "known", time.Date(2026, 5, 31, 0, 0, 0, 0, time.UTC), 1}}
		}, []string{"allowed false alarms of 1:666"}},
		"allowed until today": {func(*Cell) {}, func(c *Config) {
			c.Allowed = []Allowance{{"1:666", 5, "soc", "known", time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), 1}}
		}, nil},
		"more false alarms":   {func(c *Cell) { c.Alerts.False = 60 }, nil, []string{"false alarms per host-day"}},
		"more by little":      {func(c *Cell) { c.Alerts.False = 6 }, nil, nil},
		"many ambiguous":      {func(c *Cell) { c.Alerts.Ambiguous = 60 }, nil, []string{"ambiguous alerts"}},
		"many unmatchable":    {func(c *Cell) { c.Alerts.Unmatchable = 6 }, nil, []string{"unmatchable alerts"}},
		"rules that fail":     {func(c *Cell) { c.Failed = 1 }, nil, []string{"rules that cannot be loaded"}},
		"false positive rate": {func(c *Cell) { c.Flows.FP, c.Flows.TN = 60, 7544 }, nil, []string{"flow false positive rate"}},
		"recall": {
			func(c *Cell) { c.Flows.TP, c.Flows.FN = 20, 9680 }, func(c *Config) { c.Recall = number(0.005) }, []string{"flow recall"},
		},
		"slow":   {func(c *Cell) { c.Wall = 4 }, func(c *Config) { c.Time = number(2) }, []string{"engine time"}},
		"memory": {func(c *Cell) { c.Peak = 200 << 20 }, func(c *Config) { c.Memory = number(2) }, []string{"engine memory"}},
	} {
		t.Run(name, func(t *testing.T) {
			current, config := office(), Default()
			c.change(&current.Cells[0])
			if c.config != nil {
				c.config(config)
			}
			got := failures(t, office(), current, config)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
		})
	}
}

func TestWhatCannotBeHeld(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Baseline)
		config func(*Config)
		want   string
	}{
		"other corpus":      {func(b *Baseline) { b.Cells[0].CorpusSum, b.Cells[0].Seed = "d2", 2 }, nil, "digest d1 (seed 1), the result's d2 (seed 2)"},
		"other engine":      {func(b *Baseline) { b.Cells[0].Detector = "zeek 8.0" }, nil, "the baseline has no such cell"},
		"unknown campaign":  {func(*Baseline) {}, func(c *Config) { c.MustCatch = []Must{{"atack-03", 7}} }, "line 7 of the gate file: no campaign is called \"atack-03\"; did you mean attack-03?"},
		"missing in result": {func(b *Baseline) { b.Cells = append(b.Cells, b.Cells[0]); b.Cells[0].Corpus = "other" }, nil, "no such cell"},
	} {
		current, config := office(), Default()
		c.change(current)
		if c.config != nil {
			c.config(config)
		}
		if _, err := Run(office(), current, config, today); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
	var other *OtherCorpus
	current := office()
	current.Cells[0].CorpusSum = "d2"
	if _, err := Run(office(), current, Default(), today); !errors.As(err, &other) || other.Hint() == "" {
		t.Errorf("%v", err)
	}
}

// TestSeveralSides holds two versions with two rulesets at once, each against its own.
func TestSeveralSides(t *testing.T) {
	many := func() *Baseline {
		b := &Baseline{Format: BaselineFormat}
		for _, version := range []string{"suricata 7.0.10", "suricata 8.0.8"} {
			for _, rules := range []string{"mine", "theirs"} {
				c := office().Cells[0]
				c.Detector, c.Rules = version, rules
				b.Cells = append(b.Cells, c)
			}
		}
		return b
	}
	if err := many().check(); err != nil {
		t.Fatal(err)
	}
	current := many()
	current.Cells[3].Failed = 2
	v, err := Run(many(), current, Default(), today)
	if err != nil {
		t.Fatal(err)
	}
	if f := v.Failures(); len(f) != 1 || f[0].Cell != "suricata 8.0.8 with theirs on office" {
		t.Errorf("%+v", f)
	}
	newer := office()
	newer.Cells[0].Detector, newer.Cells[0].Rules = "suricata 9.0", "renamed"
	if _, err := Run(office(), newer, Default(), today); err != nil {
		t.Errorf("a new version with renamed rules against the only one: %v", err)
	}
	if _, err := Run(many(), newer, Default(), today); err == nil || !strings.Contains(err.Error(), "could be held against") {
		t.Errorf("a new version with renamed rules against four: %v", err)
	}
	two := many()
	two.Cells = two.Cells[:2]
	if _, err := Run(office(), two, Default(), today); err == nil || !strings.Contains(err.Error(), "both be held against") {
		t.Errorf("two against one: %v", err)
	}
}

// sampled is a result on another seed: each campaign is caught with probability p, and false alarms come at a rate, in bursts.
func sampled(seed uint64, p, alarms float64) *Baseline {
	b := office()
	c := &b.Cells[0]
	r := draw.NewSeed(seed).Word("gate").Stream()
	c.CorpusSum, c.Seed = fmt.Sprint(seed), seed
	for i := range c.Campaigns {
		c.Campaigns[i].Caught = r.Chance(p)
		c.Campaigns[i].Right = c.Campaigns[i].Caught
	}
	c.Alerts.False = int64(r.Poisson(alarms))
	c.Flows.FP = c.Alerts.False
	c.Alarms[0].Alerts = c.Alerts.False
	return b
}

// baseline is ten seeds.
func tenSeeds(from uint64, p, alarms float64) *Baseline {
	b := &Baseline{Format: BaselineFormat}
	for i := range uint64(10) {
		b.Cells = append(b.Cells, sampled(from+i, p, alarms).Cells...)
	}
	return b
}

// TestHarmlessNoise holds the gate to its promise: other seeds of the same detector pass at least 95 times of 100.
func TestHarmlessNoise(t *testing.T) {
	config := Default()
	config.Independent = true
	passed := 0
	for try := range uint64(400) {
		if len(failures(t, tenSeeds(1000+40*try, 0.8, 4), sampled(1020+40*try, 0.8, 4), config)) == 0 {
			passed++
		}
	}
	t.Logf("%d of 400 harmless results pass", passed)
	if passed < 380 {
		t.Errorf("%d of 400 harmless results pass, want at least 380", passed)
	}
}

// TestPower tells how often a real drop is found: ten seeds against ten, of 15 campaigns each.
func TestPower(t *testing.T) {
	config := Default()
	config.Independent = true
	for _, c := range []struct{ now, atLeast float64 }{{0.7, 0.15}, {0.6, 0.8}, {0.4, 0.99}} {
		found := 0
		for try := range uint64(200) {
			if slices.Contains(failures(t, tenSeeds(9000+40*try, 0.8, 4), tenSeeds(9020+40*try, c.now, 4), config), "campaigns detected") {
				found++
			}
		}
		t.Logf("a drop from 80 to %g %% of 150 campaigns is found %d times of 200", 100*c.now, found)
		if float64(found) < 200*c.atLeast {
			t.Errorf("found %d times of 200, want %g", found, 200*c.atLeast)
		}
	}
}

func TestBaselineComesBack(t *testing.T) {
	text, err := office().Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseBaseline(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(office(), got); diff != "" {
		t.Error(diff)
	}
	if n := strings.Count(string(text), "\n        {\"campaign\":"); n != 15 {
		t.Errorf("%d campaigns have a line of their own:\n%s", n, text)
	}
}

func TestBaselineFaults(t *testing.T) {
	good, err := office().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"not json":       {"{", "damaged"},
		"other format":   {`{"format":"evilbench.baseline/9"}`, "evilbench.baseline/9"},
		"empty":          {`{"format":"evilbench.baseline/1","cells":[]}`, "no cell"},
		"unknown field":  {strings.Replace(string(good), `"seed"`, `"sead"`, 1), "sead"},
		"negative":       {strings.Replace(string(good), `"tp": 200`, `"tp": -1`, 1), "negative"},
		"twice":          {strings.Replace(string(good), "attack-01", "attack-00", 1), "twice"},
		"infinite hours": {strings.Replace(string(good), `"host_days": 0.5`, `"host_days": 1e999`, 1), "damaged"},
	} {
		if _, err := ParseBaseline([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
}

const goodConfig = `format: evilbench.gate/1
samples: independent
limits:
  detection_drop: 0.05
  false_alarm_ratio: 2
  new_false_alarms: 3
must_catch: [sql-injection-*, ssh-guessing]
allowed_alarms:
  - signature: 1:2013028
    most: 20
    owner: soc
    reason: curl is how the backup fetches
    expires: 2027-01-31
`

func TestConfig(t *testing.T) {
	c, err := ParseConfig("gate.yaml", []byte(goodConfig))
	if err != nil {
		t.Fatal(err)
	}
	if !c.Independent || *c.Detection != 0.05 || *c.Alarms != 2 || *c.NewAlarms != 3 || c.Recall != nil || len(c.MustCatch) != 2 ||
		c.MustCatch[0] != (Must{"sql-injection-*", 7}) || c.Allowed[0].Owner != "soc" || c.Allowed[0].Most != 20 || c.Allowed[0].Line != 9 {
		t.Errorf("%+v", c)
	}
}

func TestConfigFaults(t *testing.T) {
	for name, c := range map[string]struct{ change, to, want string }{
		"unknown key":      {"detection_drop", "detection_dorp", `gate.yaml:4:3: unknown key "detection_dorp"`},
		"nearest":          {"detection_drop", "detection_dorp", "did you mean detection_drop?"},
		"not a number":     {"0.05", "much", `"much" is not a number from 0 to 1`},
		"NaN":              {"0.05", ".nan", "is not a number"},
		"format":           {"gate/1", "gate/7", "this version reads"},
		"samples":          {"independent", "others", "same or independent"},
		"day":              {"2027-01-31", "soon", "write it like 2027-01-31"},
		"no owner":         {"    owner: soc\n", "", "needs owner, reason and expires"},
		"signature":        {"1:2013028", "curl", "write gid:sid"},
		"negative count":   {"new_false_alarms: 3", "new_false_alarms: -3", "is not a count"},
		"must is a map":    {"[sql-injection-*, ssh-guessing]", "{a: b}", "a list"},
		"broken pattern":   {"sql-injection-*", "'sql[' ", "is no pattern"},
		"given twice":      {"samples: independent", "samples: same\nsamples: independent", "given twice"},
		"limits is a list": {"limits:\n", "limits: []\nx:\n", "a mapping belongs here"},
	} {
		_, err := ParseConfig("gate.yaml", []byte(strings.Replace(goodConfig, c.change, c.to, 1)))
		var f *fault.Error
		if !errors.As(err, &f) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want a fault with %q", name, err, c.want)
		}
	}
	for _, text := range []string{"", "- a", "\x00"} {
		if _, err := ParseConfig("gate.yaml", []byte(text)); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

func TestChanges(t *testing.T) {
	now := office()
	c := &now.Cells[0]
	c.Campaigns[2].Caught = false
	c.RuleSum, c.Rules = "bb", "mine"
	c.Alarms = []Alarm{{"1:7", "new", 2}}
	want := []string{
		"  suricata on office: rules bundled (aa) become mine (bb)",
		"- suricata on office: campaign attack-02 is not caught any more",
		"  suricata on office: false alarms of 1:7 new: 2, were 0",
		"+ suricata on office: false alarms of 1:9000812 policy: none, were 4",
	}
	if diff := cmp.Diff(want, Changes(office(), now)); diff != "" {
		t.Error(diff)
	}
	if got := Changes(office(), office()); len(got) != 1 || !strings.Contains(got[0], "nothing") {
		t.Errorf("%q", got)
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(goodConfig))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseConfig("f", text)
		if err != nil {
			return
		}
		for _, x := range []*float64{c.Detection, c.FPR, c.Alarms, c.Time} {
			if x != nil && math.IsNaN(*x) {
				t.Error("a limit is not a number")
			}
		}
		_, _ = Run(office(), office(), c, today) // a must may name nothing
	})
}

func FuzzBaseline(f *testing.F) {
	text, err := office().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := ParseBaseline(text)
		if err != nil {
			return
		}
		again, err := b.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseBaseline(again); err != nil {
			t.Fatalf("%v:\n%s", err, again)
		}
		if _, err := Run(b, b, Default(), today); err != nil {
			t.Fatal(err)
		}
	})
}
