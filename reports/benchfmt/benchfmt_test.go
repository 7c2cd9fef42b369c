package benchfmt

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/ids"
)

func cell(version, rules string, seed uint64, k int64) bench.Cell {
	return bench.Cell{
		Detector: bench.Detector{Spec: "suricata:7", Engine: "suricata", Version: version},
		Ruleset:  bench.Ruleset{Name: rules, Digest: "r" + rules},
		Corpus:   bench.Corpus{Name: "my office", Seed: seed, Digest: fmt.Sprint("c", seed)},
		Score: &score.Score{
			Campaigns: score.Campaigns{DetectedRate: score.NewRatio(k, 8, ""), StrictRate: score.NewRatio(0, 8, "")},
			Flows:     score.Flows{Recall: score.NewRatio(k, 10, ""), FPR: score.NewRatio(1, 1000, "")},
			Load:      score.Load{PerHostDay: score.Number{Value: 12.5}, PerGB: score.Number{Missing: "no bytes"}},
			Delay:     score.Delay{MedianSeconds: score.Number{Missing: "half was not detected"}},
		},
		Run: &bench.RunSummary{Usage: ids.Usage{WallSeconds: 3.25}},
	}
}

// line is a benchmark line as the format's proposal has it.
type line struct {
	name  string
	iters int
	units map[string]float64
}

var (
	nameForm = regexp.MustCompile(`^Benchmark[^\sa-z]*[A-Z]\S*$`)
	procs    = regexp.MustCompile(`-[0-9]+$`)
)

// parse is a strict reader of the format: it fails where the format's readers would pass over a line.
func parse(text string) (lines []line, better map[string]string, err error) {
	better = map[string]string{}
	for n, s := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		f := strings.Fields(s)
		bad := func(why string) error { return fmt.Errorf("line %d: %s: %q", n+1, why, s) }
		switch {
		case strings.HasPrefix(s, "# "):
		case len(f) == 4 && f[0] == "Unit":
			better[f[1]] = strings.TrimPrefix(f[2], "better=")
		case strings.HasPrefix(s, "Benchmark"):
			if !nameForm.MatchString(f[0]) || procs.MatchString(f[0]) || len(f) < 4 || len(f)%2 != 0 {
				return nil, nil, bad("no benchmark")
			}
			l := line{name: f[0], units: map[string]float64{}}
			if l.iters, err = strconv.Atoi(f[1]); err != nil || l.iters < 1 {
				return nil, nil, bad("iterations")
			}
			for i := 2; i < len(f); i += 2 {
				x, err := strconv.ParseFloat(f[i], 64)
				if _, twice := l.units[f[i+1]]; err != nil || twice || better[f[i+1]] == "" {
					return nil, nil, bad("measurement " + f[i+1])
				}
				l.units[f[i+1]] = x
			}
			lines = append(lines, l)
		default:
			return nil, nil, bad("neither comment nor unit nor benchmark")
		}
	}
	return lines, better, nil
}

func write(t *testing.T, cells ...bench.Cell) (string, []line) {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, &bench.Result{Cells: cells}); err != nil {
		t.Fatal(err)
	}
	lines, better, err := parse(b.String())
	if err != nil {
		t.Fatal(err)
	}
	if better["detected/campaign"] != "higher" || better["false-alarms/host-day"] != "lower" {
		t.Errorf("directions %v", better)
	}
	return b.String(), lines
}

func TestSeedsAreSamples(t *testing.T) {
	failed := bench.Cell{Detector: bench.Detector{Spec: "suricata:8"}, Error: "exit 1\nBenchmarkFake 1 1 detected/campaign"}
	nothing := cell("7.0.10", "bundled", 3, 0)
	nothing.Campaigns.DetectedRate = score.NewRatio(0, 0, "no campaign")
	text, got := write(t, cell("7.0.10", "bundled", 1, 6), cell("7.0.10", "bundled", 2, 7), failed, nothing, cell("7.0.10", "bundled", 2, 7))
	const name = "BenchmarkDetect/corpus=my_office/rules=bundled/detector=suricata:7.0.10"
	figures := func(detected, recall float64) map[string]float64 {
		return map[string]float64{"detected/campaign": detected, "right-kind/campaign": 0, "alarmed/malicious-flow": recall, "alarmed/benign-flow": .001,
			"false-alarms/host-day": 12.5, "sec/run": 3.25}
	}
	third := figures(0, 0)
	delete(third, "detected/campaign")
	want := []line{{name, 1, figures(.75, .6)}, {name, 1, figures(.875, .7)}, {name, 1, third}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("want (-), got (+):\n%s\n%s", diff, text)
	}
	for _, said := range []string{"# no figures of ", "# a second time ", "seed 2"} {
		if !strings.Contains(text, said) {
			t.Errorf("no %q in\n%s", said, text)
		}
	}
}

func TestWhatIsNotTheSameHasAnotherName(t *testing.T) {
	a, b := cell("7.0.10-2", "et-open-8", 1, 6), cell("7.0.10-2", "et-open-8", 1, 5)
	b.Ruleset.Digest = "other"
	_, got := write(t, a, b)
	if len(got) != 2 || got[0].name == got[1].name || !strings.Contains(got[0].name, "/rules=et-open-8/variant=") {
		t.Errorf("%+v", got)
	}
	_, got = write(t, a)
	if got[0].name != "BenchmarkDetect/corpus=my_office/rules=et-open-8/detector=suricata:7.0.10_2" {
		t.Errorf("%s", got[0].name)
	}
}

func TestTheReaderCanFail(t *testing.T) {
	text, _ := write(t, cell("7", "bundled", 1, 6))
	for name, broken := range map[string]string{
		"processors": strings.Replace(text, "suricata:7 ", "suricata-7 ", 1), "no unit": strings.Replace(text, " sec/run\n", "\n", 1),
		"space": strings.Replace(text, "my_office", "my office", 1), "iterations": strings.Replace(text, " 1 0.75", " one 0.75", 1),
		"stray": text + "detected: all\n", "unknown unit": strings.Replace(text, " 12.5 ", " 12.5 x", 1),
	} {
		if _, _, err := parse(broken); err == nil || broken == text {
			t.Errorf("%s passes", name)
		}
	}
}
