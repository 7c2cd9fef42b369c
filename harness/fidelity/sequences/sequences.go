// Package sequences compares timed words of packet headers: generated ones with real ones.
package sequences

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/anomaly"
	"github.com/evilbench/evilbench/harness/stats"
)

// Options of a comparison. Zero fields mean the defaults.
type Options struct {
	Length int       // symbols of a word that its distribution tells apart; default 8
	Draws  int       // of a bootstrap over words; default 1000
	Seed   draw.Seed // of it
}

// Comparison is how far words are from real ones. Intervals are of a bootstrap over the words of either side.
type Comparison struct {
	Real  int            `json:"real"`
	Other int            `json:"other"`
	JSD   anomaly.Figure `json:"jsd"`  // Jensen-Shannon distance, in bits (0 to 1), of the distributions of words cut at Length
	Gap   anomaly.Figure `json:"gap"`  // Kolmogorov-Smirnov distance of times between packets
	Size  anomaly.Figure `json:"size"` // the same of payloads' sizes, where there is payload
	C2ST  anomaly.Figure `json:"c2st"` // area under the ROC curve of a classifier that tells one from the other: .5 is a coin's
}

// Compare compares words with real ones. It needs at least 20 of either, with two values each: time and size.
func Compare(real, other *automaton.Words, o Options) (*Comparison, error) {
	if o.Length == 0 {
		o.Length = 8
	}
	if o.Draws == 0 {
		o.Draws = 1000
	}
	switch {
	case len(real.Words) < fewest || len(other.Words) < fewest:
		return nil, &stats.Missing{Reason: "fewer than " + strconv.Itoa(fewest) + " words"}
	case real.Dims != 2 || other.Dims != 2:
		return nil, errors.New("words of packet headers have two values: time and size")
	}
	merged, err := anomaly.Merge(real, other)
	if err != nil {
		return nil, err
	}
	c := &Comparison{Real: len(real.Words), Other: len(other.Words)}
	for _, f := range []struct {
		name     string
		figure   *anomaly.Figure
		values   func(ws *automaton.Words, w *automaton.Word) []string
		distance func(p, q map[string]float64) float64
	}{
		{"jsd", &c.JSD, func(ws *automaton.Words, w *automaton.Word) []string { return []string{cut(ws, w, o.Length)} }, automaton.Divergence},
		{"gap", &c.Gap, gaps, kolmogorov}, {"size", &c.Size, sizes, kolmogorov},
	} {
		*f.figure = bootstrap(merged, o, o.Seed.Word(f.name), f.values, f.distance)
	}
	if c.C2ST, err = tell(merged, o); err != nil {
		return nil, err
	}
	return c, nil
}

const fewest = 20

// cut is the word's first symbols.
func cut(ws *automaton.Words, w *automaton.Word, length int) string {
	var b strings.Builder
	for i, s := range w.Symbols {
		if i == length {
			b.WriteString(automaton.Rest)
			break
		}
		b.WriteString(ws.Symbols[s].Name)
		b.WriteByte(' ')
	}
	return b.String()
}

// level names a level so that the order of names is that of levels.
func level(v float64) string { return string(rune(0x1000 + int(math.Round(max(0, v))))) }

// gaps are the levels of the times between packets.
func gaps(_ *automaton.Words, w *automaton.Word) (out []string) {
	for i := 1; i < len(w.Symbols); i++ {
		out = append(out, level(w.Values[2*i]))
	}
	return out
}

// sizes are those of payloads.
func sizes(_ *automaton.Words, w *automaton.Word) (out []string) {
	for i := range w.Symbols {
		if w.Values[2*i+1] > 0 {
			out = append(out, level(w.Values[2*i+1]))
		}
	}
	return out
}

// bootstrap measures a distance of two samples of words, with the percentiles of draws of words.
func bootstrap(sides []*automaton.Words, o Options, seed draw.Seed, values func(*automaton.Words, *automaton.Word) []string, distance func(p, q map[string]float64) float64) anomaly.Figure {
	var of [2][][]string
	for side, ws := range sides {
		for i := range ws.Words {
			of[side] = append(of[side], values(ws, &ws.Words[i]))
		}
	}
	measure := func(pick func(side, n, i int) int) float64 {
		var shares [2]map[string]float64
		for side, words := range of {
			shares[side] = map[string]float64{}
			total := 0.0
			for i := range words {
				for _, v := range words[pick(side, len(words), i)] {
					shares[side][v]++
					total++
				}
			}
			for v := range shares[side] {
				shares[side][v] /= total
			}
		}
		return distance(shares[0], shares[1])
	}
	f := anomaly.Figure{Value: measure(func(_, _, i int) int { return i })}
	drawn := make([]float64, o.Draws)
	for d := range drawn {
		s := seed.Number(uint64(d)).Stream()
		drawn[d] = measure(func(_, n, _ int) int { return s.IntN(n) })
	}
	slices.Sort(drawn)
	tail := int((1 - stats.Level) / 2 * float64(len(drawn)))
	f.Low, f.High = drawn[tail], drawn[len(drawn)-1-tail]
	return f
}

// union is all that either side has, in order.
func union(p, q map[string]float64) []string {
	var all []string
	for v := range p {
		all = append(all, v)
	}
	for v := range q {
		if _, both := p[v]; !both {
			all = append(all, v)
		}
	}
	slices.Sort(all)
	return all
}

func kolmogorov(p, q map[string]float64) (most float64) {
	below := 0.0
	for _, v := range union(p, q) {
		below += p[v] - q[v]
		most = max(most, math.Abs(below))
	}
	return min(1, most)
}
