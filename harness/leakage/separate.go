package leakage

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
)

// A flow's score is how malicious the flows of the other folds with the same value are: what a detector that had learnt that
// one field would say of a flow it has not seen.
const (
	folds = 5
	bins  = 64 // of a number with more values than that: as many at equal shares of the flows
	prior = 1  // flows of the mean kind that every value is taken to have, against values seen once
)

// row is a flow that has the field.
type row struct {
	malicious bool
	cluster   int32
	fold      int32
	value     int32   // code of the word or bin
	weight    float64 // of a malicious flow: one over the flows of its campaign
	score     float64
}

// audit finds how well one field tells the sides apart.
func (s *sample) audit(f field, seed draw.Seed, draws int) Field {
	rows, words := s.encode(f)
	out := Field{Name: f.name}
	campaigns := map[int32]int{}
	for _, r := range rows {
		if r.malicious {
			out.Malicious++
			campaigns[r.cluster]++
		} else {
			out.Benign++
		}
	}
	if why := tooFew(out.Malicious, out.Benign); why != "" {
		out.AUC.Missing = why
		return out
	}
	for i := range rows {
		if r := &rows[i]; r.malicious {
			r.weight = 1 / float64(campaigns[r.cluster])
		} else {
			r.weight = 1
		}
	}
	assignFolds(rows, seed)
	examples := learn(rows, len(words), float64(len(campaigns)), float64(out.Benign))
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.score, b.score) })
	clusters := renumber(rows)
	one := slices.Repeat([]int{1}, clusters)
	out.AUC = score.Number{Value: auc(rows, one)}
	if interval, err := stats.BCa(clusters, draws, seed.Word("bootstrap"), func(w []int) float64 { return auc(rows, w) }); err == nil {
		out.AUC.Low, out.AUC.High, out.AUC.Bounded = interval.Low, interval.High, true
	} else if missing := (*stats.Missing)(nil); !errors.As(err, &missing) {
		out.AUC = score.Number{Missing: err.Error()}
	}
	if out.Leaks() {
		for _, v := range examples {
			out.Examples = append(out.Examples, words[v])
		}
	}
	return out
}

func tooFew(malicious, benign int64) string {
	switch {
	case malicious == 0:
		return "no malicious flow has it"
	case benign == 0:
		return "no benign flow has it"
	case malicious < folds || benign < folds:
		return fmt.Sprintf("fewer than %d flows of one side have it", folds)
	}
	return ""
}

// encode turns values into codes: a word each, or a bin. words says what a code means.
func (s *sample) encode(f field) (rows []row, words []string) {
	if f.word != nil {
		known := map[string]int32{}
		var next int32
		for i := range s.flows {
			w, has := f.word(&s.flows[i])
			if !has {
				continue
			}
			v := number(known, w, &next)
			if int(v) == len(words) {
				words = append(words, w)
			}
			rows = append(rows, row{malicious: s.flows[i].malicious, cluster: s.flows[i].cluster, value: v})
		}
		return rows, words
	}
	var values []float64
	for i := range s.flows {
		if v, has := f.number(&s.flows[i]); has {
			values = append(values, v)
			rows = append(rows, row{malicious: s.flows[i].malicious, cluster: s.flows[i].cluster})
		}
	}
	edges := edgesOf(values)
	for i, v := range values {
		at, exact := slices.BinarySearch(edges, v)
		if !exact {
			at--
		}
		rows[i].value = int32(at)
	}
	for i, low := range edges {
		if i+1 < len(edges) && edges[i+1] != low+1 {
			words = append(words, fmt.Sprintf("%g to below %g", low, edges[i+1]))
			continue
		}
		words = append(words, fmt.Sprint(low))
	}
	return rows, words
}

// edgesOf are the lower edges of the bins, ascending: every value its own where they are few.
func edgesOf(values []float64) []float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	distinct := slices.Compact(slices.Clone(sorted))
	if len(distinct) <= bins {
		return distinct
	}
	edges := make([]float64, 0, bins)
	for i := range bins {
		edges = append(edges, sorted[i*len(sorted)/bins])
	}
	return slices.Compact(edges)
}

// assignFolds deals the flows of each side to the folds in an order of its own, so that every fold has its share of both.
func assignFolds(rows []row, seed draw.Seed) {
	r := seed.Word("folds").Stream()
	order := make([]int, len(rows))
	for i := range order {
		j := r.IntN(i + 1)
		order[i], order[j] = order[j], i
	}
	var dealt [2]int32
	for _, i := range order {
		side := 0
		if rows[i].malicious {
			side = 1
		}
		rows[i].fold = dealt[side] % folds
		dealt[side]++
	}
}

// mostExamples bounds the values that are shown of a field that leaks.
const mostExamples = 3

// learn gives every row its score, and returns the values that lie most on the malicious side.
func learn(rows []row, values int, malicious, benign float64) (telling []int) {
	type count struct{ malicious, benign float64 } // shares of their sides
	total := make([]count, values)
	byFold := make([]count, values*folds)
	for _, r := range rows {
		m, b := 0.0, r.weight/benign
		if r.malicious {
			m, b = r.weight/malicious, 0
		}
		total[r.value].malicious += m
		total[r.value].benign += b
		byFold[int(r.value)*folds+int(r.fold)].malicious += m
		byFold[int(r.value)*folds+int(r.fold)].benign += b
	}
	pseudo := prior / (malicious + benign)
	for i := range rows {
		r := &rows[i]
		t, own := total[r.value], byFold[int(r.value)*folds+int(r.fold)]
		m, b := max(0, t.malicious-own.malicious)+pseudo, max(0, t.benign-own.benign)+pseudo
		r.score = math.Log(m / b)
	}
	order := make([]int, values)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(total[b].malicious-total[b].benign, total[a].malicious-total[a].benign)
	})
	for _, v := range order[:min(len(order), mostExamples)] {
		if total[v].malicious > total[v].benign {
			telling = append(telling, v)
		}
	}
	return telling
}

// mostClusters bounds the clusters of the bootstrap, whose cost grows with them; beyond it several share one.
const mostClusters = 400

// renumber gives the clusters of the rows that are left numbers without gaps and returns how many there are.
func renumber(rows []row) int {
	known := map[int32]int32{}
	var next int32
	for i := range rows {
		rows[i].cluster = number(known, rows[i].cluster, &next) % mostClusters
	}
	return min(int(next), mostClusters)
}

// auc is the probability that a malicious flow scores above a benign one, ties counted half (Mann and Whitney, Ann. Math. Stat.
// 18, 1947), with each cluster taken as often as times says. rows are sorted by score. Without one of the sides it is NaN.
func auc(rows []row, times []int) float64 {
	var benign, malicious, wins float64
	for i := 0; i < len(rows); {
		var b, m float64
		at := rows[i].score
		for ; i < len(rows) && rows[i].score == at; i++ {
			w := rows[i].weight * float64(times[rows[i].cluster])
			if rows[i].malicious {
				m += w
			} else {
				b += w
			}
		}
		wins += m * (benign + b/2)
		benign += b
		malicious += m
	}
	return wins / (benign * malicious)
}
