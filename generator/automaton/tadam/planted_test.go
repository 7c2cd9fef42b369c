package tadam

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ulikunitz/xz"

	"github.com/evilbench/evilbench/generator/automaton"
)

// shared is a file of the shared data; the test is skipped where it is absent.
func shared(t testing.TB, parts ...string) []byte {
	t.Helper()
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = "../../../../shared/data"
	}
	path := filepath.Join(append([]string{root}, parts...)...)
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		if data, err = os.ReadFile(path + ".xz"); os.IsNotExist(err) {
			t.Skip("no ", path)
		}
		r, err := xz.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if data, err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		return data
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func wordsOf(t testing.TB, parts ...string) *automaton.Words {
	t.Helper()
	ws, err := automaton.ReadWords(bytes.NewReader(shared(t, parts...)), parts[len(parts)-1])
	if err != nil {
		t.Fatal(err)
	}
	return ws
}

// plantedAutomata are those that the shared words were made from.
func plantedAutomata(t testing.TB) map[string]*automaton.Automaton {
	t.Helper()
	var in struct {
		Automata map[string]struct {
			Init  string
			Edges [][]any
		}
	}
	if err := json.Unmarshal(shared(t, "baselines", "tadam", "planted", "generator.json"), &in); err != nil {
		t.Fatal(err)
	}
	out := map[string]*automaton.Automaton{}
	for name, p := range in.Automata {
		a := &automaton.Automaton{Dims: 1}
		states, symbols := map[string]int{}, map[string]int{}
		state := func(s string) int {
			if _, known := states[s]; !known {
				states[s] = len(states)
			}
			return states[s]
		}
		a.Initial = state(p.Init)
		for _, e := range p.Edges {
			symbol := automaton.End
			if s := e[2].(string); s != "$" {
				if _, known := symbols[s]; !known {
					symbols[s] = len(symbols)
					a.Symbols = append(a.Symbols, automaton.Symbol{Name: s})
				}
				symbol = symbols[s]
			}
			x := automaton.Edge{From: state(e[0].(string)), To: state(e[1].(string)), Symbol: symbol, Probability: e[3].(float64)}
			if symbol != automaton.End {
				sd := e[5].(float64)
				x.Guard = &automaton.Guard{Mean: []float64{e[4].(float64)}, Covariance: []float64{sd * sd}}
			}
			a.Edges = append(a.Edges, x)
		}
		a.States, a.Accepting = len(states), states["END"]
		if err := a.Check(); err != nil {
			t.Fatal(err)
		}
		out[name] = a
	}
	return out
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

// The planted automata are found again, whatever a tenth of noise does to their words.
func TestPlantedAutomataAreRecovered(t *testing.T) {
	truth := plantedAutomata(t)
	sizes := []int{200}
	if os.Getenv("EVILBENCH_SOAK") != "" {
		sizes = []int{200, 1000}
	}
	lost := 0 // at 20 % noise
	for _, name := range []string{"delay", "loop", "http"} {
		for _, size := range sizes {
			for _, noise := range []int{0, 5, 10, 20} {
				file := fmt.Sprintf("%s-%d-q%d.jsonl", name, size, noise)
				ws := wordsOf(t, "baselines", "tadam", "planted", file)
				from := cpuSeconds()
				r, err := Learn(ws, Options{})
				if err != nil {
					t.Fatal(err)
				}
				took := cpuSeconds() - from
				distance := automaton.Divergence(truth[name].Distribution(10, 1e-9), r.Automaton.Distribution(10, 1e-9))
				same := automaton.Isomorphic(truth[name], r.Automaton)
				t.Logf("%s: %d states, %d edges, same %v, distance %.3f, noise %.3f, %.0f bits (%.0f model), %d trials, %.2f CPU s", file,
					r.Automaton.States, len(r.Automaton.Edges), same, distance, r.Automaton.Noise.Rate(), r.ModelBits+r.DataBits, r.ModelBits, r.Trials, took)
				if !same {
					if lost++; noise < 20 {
						t.Errorf("%s is not recovered:\n%s", file, strings.TrimSpace(r.Automaton.Text()))
					}
				}
				// Two hundred words alone are about .05 away from what they were drawn from.
				if limit := 0.03 + 0.4/math.Sqrt(float64(size)); same && distance > limit {
					t.Errorf("%s: distance of %.3f, want at most %.3f", file, distance, limit)
				}
				if rate := r.Automaton.Noise.Rate(); same && math.Abs(rate-float64(noise)/100) > max(0.013, float64(noise)/100/5) {
					t.Errorf("%s: noise of %.3f", file, rate)
				}
				for i := 1; i < len(r.History); i++ {
					if r.History[i] > r.History[i-1] {
						t.Errorf("%s: the cost rose from %.1f to %.1f", file, r.History[i-1], r.History[i])
					}
				}
			}
		}
	}
	if most := len(sizes); lost > most {
		t.Errorf("%d sets with a fifth of noise are not recovered, at most %d", lost, most)
	}
}

// BenchmarkTraffic learns the recorded sets of traffic words.
func BenchmarkTraffic(b *testing.B) {
	for _, name := range []string{"ntp-sf", "dns-sf", "https-sf", "http-sf", "mixed-tcp"} {
		ws := wordsOf(b, "baselines", "tadam", "words", "sets", name+".jsonl")
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r, err := Learn(ws, Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(r.ModelBits+r.DataBits, "bits")
				b.ReportMetric(float64(r.Trials), "trials")
			}
		})
	}
}
