package learn

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/automaton/tadam"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/words"
)

// HeaderOptions of learning automata. Zero fields mean the defaults.
type HeaderOptions struct {
	Jobs     int // workers; never changes the result
	Progress func(service, proto, state string, words int)
}

// Bounds of what an automaton is learnt from.
const (
	fewestWords = 10   // of a kind of flows
	mostWords   = 300  // of a kind; of more, every n-th is taken
	mostSymbols = 8000 // of them together
	longestWord = 1000 // packets; longer flows are left out, a generated one would have its dialogue's own packets
)

// Headers learns an automaton of packet headers for each kind of flows of which the captures have enough, and says of how many flows there is
// none, and why.
func Headers(set *words.Set, o HeaderOptions) ([]model.Headers, []string, error) {
	var out []model.Headers
	left := map[string]int{}
	for _, key := range set.Keys() {
		all := set.Words(key)
		ws := usable(all, key, left)
		switch n := len(ws.Words); {
		case n == 0:
			continue
		case n < fewestWords:
			left[fmt.Sprintf("of kinds with fewer than %d", fewestWords)] += n
			continue
		}
		if o.Progress != nil {
			o.Progress(key.Service, key.Proto, key.State, len(ws.Words))
		}
		n := len(ws.Words)
		thin(ws)
		r, err := tadam.Learn(ws, tadam.Options{Start: tadam.BySymbol, Jobs: o.Jobs})
		if err != nil {
			return nil, nil, fmt.Errorf("automaton of %s over %s in state %s: %w", key.Service, key.Proto, key.State, err)
		}
		r.Automaton.Format = "" // the model has one
		legible(r.Automaton)
		out = append(out, model.Headers{Service: key.Service, Proto: key.Proto, State: key.State, Words: n, Automaton: r.Automaton})
	}
	return out, notes(set, left), nil
}

// usable are the words that begin where flows begin and are not too long.
func usable(all *automaton.Words, key words.Key, left map[string]int) *automaton.Words {
	out := &automaton.Words{Symbols: all.Symbols, Dims: all.Dims}
	for _, w := range all.Words {
		first := all.Symbols[w.Symbols[0]].Name
		switch {
		case key.Proto == "tcp" && first != "S_>":
			left["that were under way when the capture began"]++
		case len(w.Symbols) > longestWord:
			left[fmt.Sprintf("of more than %d packets", longestWord)]++
		default:
			out.Words = append(out.Words, w)
		}
	}
	return out.Compact()
}

// thin keeps every n-th word, so that no more than mostWords with mostSymbols are left, but fewestWords.
func thin(ws *automaton.Words) {
	n := len(ws.Words)
	for keep := min(n, mostWords); ; keep = max(fewestWords, keep*3/4) {
		var kept []automaton.Word
		symbols := 0
		for i := range keep {
			w := ws.Words[i*n/keep]
			kept = append(kept, w)
			symbols += len(w.Symbols)
		}
		if symbols <= mostSymbols || keep == fewestWords {
			ws.Words = kept
			*ws = *ws.Compact()
			return
		}
	}
}

// notes says what has no automaton.
func notes(set *words.Set, left map[string]int) []string {
	var out []string
	for _, reason := range []string{words.OtherProto, words.Fragmented, words.TooLong, words.Tainted} {
		if n := set.Left[reason]; n > 0 {
			out = append(out, fmt.Sprintf("%d of %d flows are in no automaton of headers: %s", n, set.Flows, reason))
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(left)) {
		out = append(out, fmt.Sprintf("%d of %d flows are in no automaton of headers: flows %s", left[reason], set.Flows, reason))
	}
	return out
}

// legible cuts numbers to what they are known to, so that a model's file stays readable.
func legible(a *automaton.Automaton) {
	digits := func(x float64) float64 { return math.Round(x*1e3) / 1e3 }
	sums := make([]float64, a.States)
	for i := range a.Edges {
		e := &a.Edges[i]
		e.Probability = math.Round(e.Probability*1e6) / 1e6
		e.Probability = max(e.Probability, 1e-6)
		sums[e.From] += e.Probability
		if e.Guard != nil {
			for k := range e.Guard.Mean {
				e.Guard.Mean[k] = digits(e.Guard.Mean[k])
			}
			for k := range e.Guard.Covariance {
				e.Guard.Covariance[k] = digits(e.Guard.Covariance[k])
			}
		}
	}
	// What rounding leaves over goes to each state's likeliest edge.
	for s, sum := range sums {
		var likeliest *automaton.Edge
		for i := range a.Edges {
			if e := &a.Edges[i]; e.From == s && (likeliest == nil || e.Probability > likeliest.Probability) {
				likeliest = e
			}
		}
		if likeliest != nil {
			likeliest.Probability = math.Round((likeliest.Probability+1-sum)*1e6) / 1e6
		}
	}
	if n := a.Noise; n != nil {
		for _, p := range []*float64{&n.Deletion, &n.Addition, &n.Transposition, &n.Repetition, &n.Substitution} {
			*p = math.Round(*p*1e6) / 1e6
		}
	}
}
