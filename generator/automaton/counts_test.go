package automaton

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/draw"
)

// worked is the automaton on which the published way is biased: S -f-> A .5, S -b-> B .5, A -f-> A .8, A -b-> C .2, B -f-> C 1.
func worked() *Automaton {
	return &Automaton{
		Symbols: []Symbol{{"f", Forward}, {"b", Backward}}, States: 5, Initial: 0, Accepting: 4,
		Edges: []Edge{
			{0, 1, 0, 0.5, nil}, {0, 2, 1, 0.5, nil}, {1, 1, 0, 0.8, nil}, {1, 3, 1, 0.2, nil}, {2, 3, 0, 1, nil}, {3, 4, End, 1, nil},
		},
	}
}

func text(a *Automaton, word []Edge) string {
	out := ""
	for _, e := range word {
		out += fmt.Sprintf("%s%d", a.name(e.Symbol), e.To)
	}
	return out
}

// enumerate lists all words with the numbers of packets, and how likely each is.
func enumerate(a *Automaton, state, forward, backward, depth int, so float64, prefix string, out map[string]float64) {
	if state == a.Accepting {
		if forward == 0 && backward == 0 {
			out[prefix] += so
		}
		return
	}
	if depth == 0 {
		return
	}
	for i := range a.Edges {
		e := &a.Edges[i]
		f, b := forward, backward
		switch a.direction(e) {
		case Forward:
			f--
		case Backward:
			b--
		}
		if e.From == state && f >= 0 && b >= 0 {
			enumerate(a, e.To, f, b, depth-1, so*e.Probability, prefix+text(a, []Edge{*e}), out)
		}
	}
}

func TestWorkedExample(t *testing.T) {
	a := worked()
	c, err := NewCounts(a, 3)
	if err != nil {
		t.Fatal(err)
	}
	// One packet each way: by A .5 × .2 = .1, by B .5 × 1 = .5.
	if got := math.Exp(c.LogProbability(1, 1)); math.Abs(got-0.6) > 1e-12 {
		t.Errorf("probability %v, want .6", got)
	}
	const draws = 60_000
	byA := 0
	for i := range draws {
		r := draw.NewSeed(1).Number(uint64(i)).Stream()
		if c.Draw(&r, 1, 1)[0].To == 1 {
			byA++
		}
	}
	if got := float64(byA) / draws; math.Abs(got-1.0/6) > 0.006 {
		t.Errorf("by A in %.4f of the draws, want 1/6", got)
	}
}

// arbitrary is an automaton of chance in which every state can end.
func arbitrary(t *rapid.T) *Automaton {
	r := draw.NewSeed(rapid.Uint64().Draw(t, "seed")).Stream()
	n := rapid.IntRange(1, 4).Draw(t, "states")
	a := &Automaton{Symbols: []Symbol{{"f", Forward}, {"b", Backward}, {"x", Forward}}, States: n + 1, Accepting: n}
	for s := range n {
		var edges []Edge
		sum := 0.0
		for range r.IntN(4) {
			p := 0.1 + r.Float64()
			edges = append(edges, Edge{s, r.IntN(n), r.IntN(3), p, nil})
			sum += p
		}
		edges = append(edges, Edge{s, n, End, 0.5, nil})
		sum += 0.5
		for i := range edges {
			edges[i].Probability /= sum
		}
		a.Edges = append(a.Edges, edges...)
	}
	return a
}

// TestAgainstEnumeration draws words and holds their shares against all words there are, by Pearson's chi-square.
func TestAgainstEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := arbitrary(t)
		c, err := NewCounts(a, 3)
		if err != nil {
			t.Fatal(err)
		}
		for f := range 4 {
			for b := range 3 {
				all := map[string]float64{}
				enumerate(a, a.Initial, f, b, f+b+1, 1, "", all)
				total := 0.0
				for _, p := range all {
					total += p
				}
				if math.Abs(total-math.Exp(c.LogProbability(f, b))) > 1e-9 {
					t.Fatalf("%d and %d packets: probability %v, all words sum to %v", f, b, math.Exp(c.LogProbability(f, b)), total)
				}
				if total == 0 {
					continue
				}
				const draws = 400
				got := map[string]float64{}
				for i := range draws {
					r := draw.NewSeed(9).Number(uint64(i)).Stream()
					word := text(a, c.Draw(&r, f, b))
					if all[word] == 0 {
						t.Fatalf("drew %s, which is no word of %d and %d packets", word, f, b)
					}
					got[word]++
				}
				chi, cells := 0.0, 0
				for w, p := range all {
					if want := draws * p / total; want >= 5 {
						chi += (got[w] - want) * (got[w] - want) / want
						cells++
					}
				}
				if cells > 1 && distuv.ChiSquared(distuv.ChiSquared{K: float64(cells)}).Survival(chi) < 1e-7 {
					t.Fatalf("%d and %d packets: chi-square %v over %d words", f, b, chi, cells)
				}
			}
		}
	})
}

func TestUnreachableCounts(t *testing.T) {
	c, err := NewCounts(worked(), 4)
	if err != nil {
		t.Fatal(err)
	}
	r := draw.NewSeed(1).Stream()
	if word := c.Draw(&r, 0, 3); word != nil {
		t.Errorf("drew %v, which there is not", word)
	}
	if f, b, ok := c.Nearest(0, 3); !ok || f != 1 || b != 1 {
		t.Errorf("nearest to 0 and 3 is %d and %d", f, b)
	}
	if f, b, ok := c.Nearest(3, 1); !ok || f != 3 || b != 1 {
		t.Errorf("nearest to 3 and 1 is %d and %d", f, b)
	}
}

// TestLongWords holds that a thousand packets do not vanish in rounding.
func TestLongWords(t *testing.T) {
	a := &Automaton{Symbols: []Symbol{{"f", Forward}, {"b", Backward}}, States: 2, Accepting: 1, Edges: []Edge{{0, 0, 0, 0.3, nil}, {0, 0, 1, 0.699, nil}, {0, 1, End, 0.001, nil}}}
	c, err := NewCounts(a, 1000)
	if err != nil {
		t.Fatal(err)
	}
	r := draw.NewSeed(1).Stream()
	if n := len(c.Draw(&r, 1000, 900)); n != 1901 {
		t.Errorf("%d letters, want 1901", n)
	}
	lg := func(n float64) float64 { x, _ := math.Lgamma(n + 1); return x }
	want := lg(1900) - lg(1000) - lg(900) + 1000*math.Log(0.3) + 900*math.Log(0.699) + math.Log(0.001)
	if got := c.LogProbability(1000, 900); math.Abs(got-want) > 1e-6 {
		t.Errorf("log probability %v, by the binomial %v", got, want)
	}
}

func TestFaults(t *testing.T) {
	for name, spoil := range map[string]func(*Automaton){
		"sum":            func(a *Automaton) { a.Edges[0].Probability = 0.4 },
		"unknown state":  func(a *Automaton) { a.Edges[1].To = 9 },
		"unknown symbol": func(a *Automaton) { a.Edges[0].Symbol = 5 },
		"probability":    func(a *Automaton) { a.Edges[4].Probability = 1.2 },
		"not a number":   func(a *Automaton) { a.Edges[4].Probability = math.NaN() },
		"end elsewhere":  func(a *Automaton) { a.Edges[5].To = 2 },
		"no state":       func(a *Automaton) { a.States = 0 },
		"silent cycle":   func(a *Automaton) { a.Symbols[0].Direction = Neither },
	} {
		a := worked()
		spoil(a)
		if _, err := NewCounts(a, 2); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := NewCounts(worked(), 1<<20); err == nil {
		t.Error("a table without bound: no error")
	}
}

// BenchmarkDraw draws words of a hundred packets. Its unit is the packet.
func BenchmarkDraw(b *testing.B) {
	a := &Automaton{Symbols: []Symbol{{"f", Forward}, {"b", Backward}}, States: 2, Accepting: 1, Edges: []Edge{{0, 0, 0, 0.3, nil}, {0, 0, 1, 0.6, nil}, {0, 1, End, 0.1, nil}}}
	c, err := NewCounts(a, 60)
	if err != nil {
		b.Fatal(err)
	}
	r := draw.NewSeed(1).Stream()
	for b.Loop() {
		c.Draw(&r, 50, 50)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/packet")
}
