package automaton

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/generator/draw"
)

// timed is a request (a at 10) answered by b at once or after a while, again with .25.
func timed() *Automaton {
	guard := func(m, v float64) *Guard { return &Guard{Mean: []float64{m}, Covariance: []float64{v}} }
	return &Automaton{
		Format: Format, Symbols: []Symbol{{"a", Forward}, {"b", Backward}}, Dims: 1, States: 4, Initial: 0, Accepting: 3,
		Edges: []Edge{
			{0, 1, 0, 1, guard(10, 4)}, {1, 2, 1, 0.5, guard(5, 1)}, {1, 2, 1, 0.5, guard(60, 9)},
			{2, 1, 0, 0.25, guard(30, 4)}, {2, 3, End, 0.75, nil},
		},
		Noise: &Noise{Deletion: 0.01, Addition: 0.02, Low: []float64{0}, High: []float64{99}},
	}
}

func TestWrittenAndReadAgain(t *testing.T) {
	text, err := timed().Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Parse("a.json", text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(timed(), back); diff != "" {
		t.Error(diff)
	}
}

func TestFaultyAutomata(t *testing.T) {
	text, err := timed().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, now, want string }{
		{"a sum", `"probability":0.25`, `"probability":0.35`, "state 2: the probabilities of its edges sum to 1.1"},
		{"an end that is not reached", `"from":2,"to":3,"symbol":-1`, `"from":3,"to":3,"symbol":-1`, "accepting state"},
		{"a probability", `"probability":0.75`, `"probability":1.75`, "probability 1.75 is not in (0, 1]"},
		{"a state", `"from":2,"to":1`, `"from":2,"to":9`, "state 2 to 9 of 4"},
		{"a guard", `"covariance":[9]`, `"covariance":[-9]`, "a variance of -9"},
		{"a guard of two", `"mean":[60]`, `"mean":[60,1]`, "a guard of 2 means"},
		{"noise", `"addition":0.02`, `"addition":1.02`, "noise of 1.02"},
		{"a format", "automaton/1", "automaton/9", "format"},
		{"a field", `"dims"`, `"dimms"`, "dimms"},
		{"a symbol twice", `"name":"b"`, `"name":"a"`, `symbol "a" is there twice`},
		{"nothing", string(text), "", "not an automaton"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !bytes.Contains(text, []byte(c.old)) {
				t.Fatalf("no %s in\n%s", c.old, text)
			}
			_, err := Parse("a.json", bytes.Replace(text, []byte(c.old), []byte(c.now), 1))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "a.json: ") {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestIsomorphism(t *testing.T) {
	a, b := timed(), timed()
	for i := range b.Edges { // states 1 and 2 change names
		for _, s := range []*int{&b.Edges[i].From, &b.Edges[i].To} {
			*s = []int{0, 2, 1, 3}[*s]
		}
	}
	b.Symbols = []Symbol{{"b", Backward}, {"a", Forward}}
	for i := range b.Edges {
		if b.Edges[i].Symbol >= 0 {
			b.Edges[i].Symbol = 1 - b.Edges[i].Symbol
		}
	}
	if !Isomorphic(a, b) {
		t.Error("other names make another automaton")
	}
	b.Edges[3].To = b.Edges[3].From
	if Isomorphic(a, b) {
		t.Error("an edge that leads elsewhere is not seen")
	}
	c := timed()
	c.Edges[2].Symbol = 0
	if Isomorphic(a, c) {
		t.Error("an edge with another symbol is not seen")
	}
	if c = timed(); Isomorphic(a, &Automaton{States: 4, Accepting: 3, Symbols: c.Symbols, Edges: c.Edges[:4]}) {
		t.Error("an edge fewer is not seen")
	}
}

func TestDistributions(t *testing.T) {
	p := timed().Distribution(4, 0)
	want := map[string]float64{"a b ": 0.75, "a b a b ": 0.25 * 0.75, Rest: 0.0625}
	for word, share := range want {
		if math.Abs(p[word]-share) > 1e-12 {
			t.Errorf("%q is %g likely, want %g", word, p[word], share)
		}
	}
	if len(p) != len(want) {
		t.Errorf("%v", p)
	}
	if d := Divergence(p, p); d > 1e-9 {
		t.Errorf("a distance of %g to itself", d)
	}
	if d := Divergence(map[string]float64{"a": 1}, map[string]float64{"b": 1}); math.Abs(d-1) > 1e-12 {
		t.Errorf("nothing in common is %g apart, want 1", d)
	}
	if d, want := Divergence(map[string]float64{"a": 1}, map[string]float64{"a": 0.5, "b": 0.5}), math.Sqrt(0.5*math.Log2(4.0/3)+0.25*math.Log2(2.0/3)+0.25); math.Abs(d-want) > 1e-12 {
		t.Errorf("distance %g, want %g", d, want)
	}
	if j := Jaccard(map[string]float64{"a": 1, "b": 1}, map[string]float64{"b": 1, "c": 1}); math.Abs(j-1.0/3) > 1e-12 {
		t.Errorf("Jaccard %g, want a third", j)
	}
	if f := timed().Frequent(1, 4); len(f) != 1 || f[0].Text != "a b " {
		t.Errorf("most frequent %v", f)
	}
}

// The chances of all whole numbers sum to one, whatever the spread and however values depend on each other.
func TestValuesAreACode(t *testing.T) {
	for _, g := range []*Guard{
		{Mean: []float64{10.3}, Covariance: []float64{25}},
		{Mean: []float64{10.3}, Covariance: []float64{0.04}},
		{Mean: []float64{10.3, -4}, Covariance: []float64{9, 5, 6}},
		{Mean: []float64{3.2, 8}, Covariance: []float64{0.5, 0.3, 0.4}},
	} {
		c := NewChain(g)
		sum := 0.0
		if len(g.Mean) == 1 {
			for v := -100.0; v <= 120; v++ {
				sum += math.Exp2(-c.Bits([]float64{v}))
			}
		} else {
			for v := -40.0; v <= 60; v++ {
				for w := -60.0; w <= 60; w++ {
					sum += math.Exp2(-c.Bits([]float64{v, w}))
				}
			}
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("%+v: the chances sum to %g", g, sum)
		}
	}
}

func TestDrawnValuesFollowTheGuard(t *testing.T) {
	e := &Edge{Guard: &Guard{Mean: []float64{100, 50}, Covariance: []float64{100, 60, 64}}}
	r := draw.NewSeed(1).Stream()
	var n, x, y, xx, xy, yy float64
	for range 20_000 {
		v := e.Draw(&r, nil)
		n, x, y = n+1, x+v[0], y+v[1]
		xx, xy, yy = xx+v[0]*v[0], xy+v[0]*v[1], yy+v[1]*v[1]
	}
	x, y = x/n, y/n
	for _, c := range []struct{ got, want, within float64 }{
		{x, 100, 0.3}, {y, 50, 0.3}, {xx/n - x*x, 100, 4}, {xy/n - x*y, 60, 3}, {yy/n - y*y, 64, 3},
	} {
		if math.Abs(c.got-c.want) > c.within {
			t.Errorf("%g, want %g", c.got, c.want)
		}
	}
}

func TestSampledWordsFollowTheAutomaton(t *testing.T) {
	a := timed()
	ws := &Words{Symbols: a.Symbols, Dims: 1}
	for i := range 5000 {
		r := draw.NewSeed(2).Number(uint64(i)).Stream()
		symbols, values := a.Sample(&r)
		if len(values) != len(symbols) {
			t.Fatalf("%d values for %d symbols", len(values), len(symbols))
		}
		ws.Words = append(ws.Words, Word{Symbols: symbols, Values: values})
	}
	if d := Divergence(a.Distribution(8, 0), ws.Distribution(8)); d > 0.03 {
		t.Errorf("a distance of %.3f", d)
	}
}

func TestWords(t *testing.T) {
	ws, err := ReadWords(strings.NewReader(`{"service":"http","state":"SF","label":1,"word":[["S_>",0,0],["SA_<",13,0]]}`+"\n\n"+`{"word":[["SA_<",1,2]]}`), "w.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	want := &Words{Symbols: []Symbol{{"S_>", Forward}, {"SA_<", Backward}}, Dims: 2, Words: []Word{
		{Symbols: []int32{0, 1}, Values: []float64{0, 0, 13, 0}, Service: "http", State: "SF", Label: 1}, {Symbols: []int32{1}, Values: []float64{1, 2}},
	}}
	if diff := cmp.Diff(want, ws); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct{ text, want string }{
		{"", "w.jsonl: no words"},
		{`{"word":[]}`, "w.jsonl, line 1: a word without symbols"},
		{`{"word":[["a",1]]}` + "\n" + `{"word":[["a"]]}`, "w.jsonl, line 2: symbol 1 has 0 values, want 1"},
		{`{"word":[[1,1]]}`, "symbol 1 has no name"},
		{`{"word":[["a","b"]]}`, "value b is not a number"},
		{`{"word":[["a",1e12]]}`, "is not a number up to"},
		{`{"word":`, "w.jsonl, line 1: not a timed word"},
	} {
		if _, err := ReadWords(strings.NewReader(c.text), "w.jsonl"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, want %q", c.text, err, c.want)
		}
	}
}

func FuzzReadWords(f *testing.F) {
	f.Add(`{"word":[["S_>",0,0],["SA_<",13,0]]}`)
	f.Fuzz(func(t *testing.T, text string) {
		ws, err := ReadWords(strings.NewReader(text), "w")
		if err != nil {
			return
		}
		for _, w := range ws.Words {
			if len(w.Values) != ws.Dims*len(w.Symbols) {
				t.Fatalf("%d values for %d symbols of %d", len(w.Values), len(w.Symbols), ws.Dims)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	text, err := timed().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Parse("a", data)
		if err != nil {
			return
		}
		r := draw.NewSeed(1).Stream()
		a.Sample(&r)
		_ = a.Text() + a.DOT()
	})
}

// What is read as a letter is written as one that is read as the same.
func FuzzLetter(f *testing.F) {
	for _, s := range []string{"S_>", "PA_<_P", "<", "SFRPAUEC_>_P", "_>", ">_P_P"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		l, ok := ParseLetter(name)
		if !ok {
			return
		}
		if again, ok := ParseLetter(l.String()); !ok || again != l {
			t.Fatalf("%q is %+v, written %q, read as %+v", name, l, l.String(), again)
		}
	})
}
