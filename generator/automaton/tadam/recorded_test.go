package tadam

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/evilbench/evilbench/generator/automaton"
)

// recorded is a run of the published learner.
type recorded struct {
	CPU       float64 `json:"user_cpu_s"`
	Automaton struct {
		States []struct {
			Name               string
			Initial, Accepting bool
		}
		Symbols []string
		Edges   []struct {
			Src, Dst int
			Symbol   string
			P        float64
			Mu       []float64
			Cov      [][]float64
		}
		Noise map[string]float64 `json:"noise_probs"`
	}
}

// recordedRun is one of the shared models, as ours: what its values have as variances is kept, where probabilities do not sum to one they are
// made to.
func recordedRun(t testing.TB, name string, ws *automaton.Words) (*automaton.Automaton, float64) {
	var in recorded
	if err := json.Unmarshal(shared(t, "baselines", "tadam", "models", name+".json"), &in); err != nil {
		t.Fatal(err)
	}
	a := &automaton.Automaton{Dims: ws.Dims, States: len(in.Automaton.States)}
	index := map[string]int{}
	for i, s := range in.Automaton.States {
		if s.Initial {
			a.Initial = i
		}
		if s.Accepting {
			a.Accepting = i
		}
	}
	sums := make([]float64, a.States)
	for _, e := range in.Automaton.Edges {
		x := automaton.Edge{From: e.Src, To: e.Dst, Symbol: automaton.End, Probability: e.P}
		if e.P <= 0 {
			continue
		}
		if e.Symbol != "$" {
			if _, known := index[e.Symbol]; !known {
				index[e.Symbol] = len(a.Symbols)
				a.Symbols = append(a.Symbols, automaton.Symbol{Name: e.Symbol})
			}
			x.Symbol = index[e.Symbol]
			g := &automaton.Guard{Mean: e.Mu}
			for i := range e.Cov {
				g.Covariance = append(g.Covariance, e.Cov[i][i:]...)
			}
			x.Guard = g
		}
		sums[e.Src] += e.P
		a.Edges = append(a.Edges, x)
	}
	for i := range a.Edges {
		a.Edges[i].Probability /= sums[a.Edges[i].From]
	}
	p := in.Automaton.Noise
	own := 1 - p["addition"] - p["reemission"]
	r := rangesOf(ws)
	a.Noise = &automaton.Noise{Deletion: p["deletion"] / own, Addition: p["addition"] / own, Transposition: p["transposition"] / own,
		Repetition: p["reemission"] / own, Substitution: p["substitution"] / own, Low: r.low, High: r.high}
	if err := a.Check(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return a, in.CPU
}

// heldBack are the words of the kinds that a set is of that it has not.
func heldBack(t testing.TB, set *automaton.Words) *automaton.Words {
	all := wordsOf(t, "baselines", "tadam", "words", "all.jsonl")
	names := func(ws *automaton.Words, w *automaton.Word) string {
		text := w.Service + " " + w.State
		for k, s := range w.Symbols {
			text += fmt.Sprint(" ", ws.Symbols[s].Name, w.Values[k*ws.Dims:(k+1)*ws.Dims])
		}
		return text
	}
	kinds, have := map[string]bool{}, map[string]int{}
	for i := range set.Words {
		w := &set.Words[i]
		kinds[w.Service+" "+w.State] = true
		have[names(set, w)]++
	}
	out := &automaton.Words{Symbols: all.Symbols, Dims: all.Dims}
	for i := range all.Words {
		w := &all.Words[i]
		if !kinds[w.Service+" "+w.State] {
			continue
		}
		if text := names(all, w); have[text] > 0 {
			have[text]--
			continue
		}
		out.Words = append(out.Words, *w)
	}
	return out
}

// On each recorded set of traffic the automaton learnt here describes the words in no more bits than any of those that the published learner
// made of them, all scored by the same code.
func TestTrafficIsDescribedAsShortly(t *testing.T) {
	rivals := map[string][]string{
		"ntp-sf": {"ntp-sf.fosr", "apta-ntp-sf-n0"}, "dns-sf": {"dns-sf.fosr", "apta-dns-sf-n0"},
		"https-sf":  {"https-sf.fosr", "f-https-sf.fosr", "g-https-sf.fosr", "https-sf.fosr.n35", "g-https-sf-n35.fosr"},
		"http-sf":   {"http-sf.fosr", "o-http-sf.fosr", "http-sf.fosr.n75", "f-http-sf-n75.fosr"},
		"mixed-tcp": {"mixed-tcp.fosr", "mixed-tcp.fosr.n75"},
	}
	sets := []string{"ntp-sf", "dns-sf", "https-sf"}
	if os.Getenv("EVILBENCH_SOAK") != "" {
		sets = append(sets, "http-sf", "mixed-tcp")
	}
	for _, set := range sets {
		ws := wordsOf(t, "baselines", "tadam", "words", "sets", set+".jsonl")
		held := heldBack(t, ws)
		before := cpuSeconds()
		r, err := Learn(ws, Options{})
		if err != nil {
			t.Fatal(err)
		}
		cpu := cpuSeconds() - before
		score := func(name string, a *automaton.Automaton, cpu float64) float64 {
			s, err := Weigh(a, ws)
			if err != nil {
				t.Fatal(err)
			}
			line := fmt.Sprintf("%s | %s | %d states | %d edges | %.0f + %.0f = %.0f bits | clean %.3f | %.2f CPU s", set, name, s.States, s.Edges, s.ModelBits,
				s.DataBits, s.ModelBits+s.DataBits, s.Clean, cpu)
			if len(held.Words) > 0 {
				h, err := Weigh(a, held)
				if err != nil {
					t.Fatal(err)
				}
				line += fmt.Sprintf(" | held back %d words, %.2f bits each, clean %.3f", h.Words, h.PerWord, h.Clean)
			}
			t.Log(line)
			return s.ModelBits + s.DataBits
		}
		ours := score("ours", r.Automaton, cpu)
		for _, name := range slices.Clone(rivals[set]) {
			a, cpu := recordedRun(t, name, ws)
			if theirs := score(name, a, cpu); theirs < ours {
				t.Errorf("%s: %s describes it in %.0f bits, ours in %.0f", set, name, theirs, ours)
			}
		}
	}
}
