package stats

import (
	"math"
	"runtime"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/draw"
)

// weighted makes the ratio of two sums over clusters a statistic of weights.
func weighted(rows [][]float64) func([]int) float64 {
	return func(weight []int) float64 {
		var a, b float64
		for i, w := range weight {
			a += float64(w) * rows[i][0]
			b += float64(w) * rows[i][1]
		}
		return a / b
	}
}

func ratio(s []float64) float64 { return s[0] / s[1] }

// campaigns draws clusters of different sizes, of whose members the hits are correlated within each.
func campaigns(r *draw.Stream, n int) [][]float64 {
	rows := make([][]float64, n)
	for i := range rows {
		size := 1 + r.Poisson(8)
		chance, hits := r.Float64(), 0
		for range size {
			if r.Chance(chance) {
				hits++
			}
		}
		rows[i] = []float64{float64(hits), float64(size)}
	}
	return rows
}

// TestBCaGolden: the spatial test data of Efron and Tibshirani 1993, table 14.1: the variance of 26 children is 171.5, its
// acceleration .061; table 14.2 has the bias .146 from 2,000 draws of their own.
func TestBCaGolden(t *testing.T) {
	children := []float64{
		48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41,
	}
	variance := func(weight []int) float64 {
		var n, s, q float64
		for i, w := range weight {
			n += float64(w)
			s += float64(w) * children[i]
			q += float64(w) * children[i] * children[i]
		}
		return q/n - s/n*s/n
	}
	whole := ones(len(children))
	if v := variance(whole); !near(v, 171.5, .05) {
		t.Fatalf("the variance is %v: these are not the data", v)
	}
	b := bootstrap{without: make([]float64, len(children))}
	for i := range children {
		whole[i] = 0
		b.without[i] = variance(whole)
		whole[i] = 1
	}
	if a, err := b.acceleration(); err != nil || !near(a, .061, .0005) {
		t.Errorf("acceleration %v, %v", a, err)
	}
	// Their 90 % interval is [115.8, 259.6]; that of 95 % is wider, and as skew.
	i, err := BCa(len(children), 20_000, draw.NewSeed(1), variance)
	if err != nil || !(95 < i.Low && i.Low < 115.8 && 259.6 < i.High && i.High < 300) {
		t.Errorf("%v, %v", i, err)
	}
}

// TestBCaEnds has draws of known ranks: 1,000 below the figure and 500 equal to it of 2,001, so that the bias is the normal
// quantile of 1250/2001, .317816; nine jackknife values of 1 and one of 0, so that the acceleration is .72 / (6·.9^1.5), .140546.
// The ends are then the quantiles .154720 and .999878 by Efron's formula, computed elsewhere.
func TestBCaEnds(t *testing.T) {
	b := bootstrap{figure: 1000, without: []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 0}}
	for i := range 2001 {
		if 1000 <= i && i < 1500 {
			i = 1000
		}
		b.drawn = append(b.drawn, float64(i))
	}
	if i, err := b.interval(); err != nil || !near(i.Low, 2000*.1547195351306, 1e-6) || !near(i.High, 2000*.9998778405821, 1e-6) {
		t.Errorf("%v, %v", i, err)
	}
}

// TestBCaAcceleration at its ends: none where the jackknife shows no difference, too much where one cluster of a thousand makes
// it and the figure is the second highest of 200,000 draws.
func TestBCaAcceleration(t *testing.T) {
	b := bootstrap{figure: 1000, without: make([]float64, 1000)}
	for i := range 2001 {
		b.drawn = append(b.drawn, float64(i))
	}
	if i, err := b.interval(); err != nil || !near(i.Low, 50, 1e-3) || !near(i.High, 1950, 1e-3) {
		t.Errorf("percentiles %v, %v", i, err)
	}
	for i := 2001; i < 200_000; i++ {
		b.drawn = append(b.drawn, float64(i))
	}
	b.figure, b.without[0] = 199_998, -1
	if i, err := b.interval(); !isMissing(err) {
		t.Errorf("%v, %v", i, err)
	}
}

// TestBCaIsTheSameAtAnyWorkers, and BCaSums, whose draws are the same, agrees to the last bit on sums of whole numbers.
func TestBCaIsTheSameAtAnyWorkers(t *testing.T) {
	r := draw.NewSeed(2).Stream()
	rows := campaigns(&r, 50)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first Interval
	for _, workers := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(workers)
		general, err := BCa(len(rows), MinDraws, draw.NewSeed(3), weighted(rows))
		if err != nil {
			t.Fatal(err)
		}
		sums, err := BCaSums(rows, MinDraws, draw.NewSeed(3), ratio)
		if err != nil {
			t.Fatal(err)
		}
		if workers == 1 {
			first = general
		}
		if general != first || sums != first {
			t.Errorf("%d workers: %v and %v, one: %v", workers, general, sums, first)
		}
	}
	if other, err := BCa(len(rows), MinDraws, draw.NewSeed(4), weighted(rows)); err != nil || other == first {
		t.Errorf("another seed draws the same: %v, %v", other, err)
	}
}

func TestBCaWeights(t *testing.T) {
	var lock sync.Mutex
	calls, zeros, twos := 0, 0, 0
	values := []float64{5, 1, 4, 2, 3}
	_, err := BCa(5, MinDraws, draw.NewSeed(6), func(weight []int) float64 {
		lock.Lock()
		defer lock.Unlock()
		calls++
		total, sum := 0, 0.0
		for i, w := range weight {
			total += w
			sum += float64(w) * values[i]
			switch {
			case w == 0:
				zeros++
			case w > 1:
				twos++
			}
		}
		if len(weight) != 5 || total != 5 && total != 4 {
			t.Errorf("weights %v", weight)
		}
		return sum / float64(total)
	})
	if err != nil || calls != 1+MinDraws+5 || zeros == 0 || twos == 0 {
		t.Errorf("%d calls, %d zeros, %d twos, %v", calls, zeros, twos, err)
	}
}

func TestBCaProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := draw.NewSeed(rapid.Uint64().Draw(t, "data")).Stream()
		rows := campaigns(&r, rapid.IntRange(MinClusters, 60).Draw(t, "clusters"))
		seed := draw.NewSeed(rapid.Uint64().Draw(t, "seed"))
		i, err := BCaSums(rows, MinDraws, seed, ratio)
		if err != nil {
			t.Fatal(err)
		}
		var whole [2]float64
		for _, row := range rows {
			whole[0] += row[0]
			whole[1] += row[1]
		}
		if figure := whole[0] / whole[1]; !(0 <= i.Low && i.Low < figure && figure < i.High && i.High <= 1) {
			t.Errorf("%v around %v", i, figure)
		}
		minus, err := BCaSums(rows, MinDraws, seed, func(s []float64) float64 { return -ratio(s) })
		if err != nil || !near(minus.Low, -i.High, 1e-9) || !near(minus.High, -i.Low, 1e-9) {
			t.Errorf("%v, its negative %v, %v", i, minus, err)
		}
		double, err := BCaSums(rows, MinDraws, seed, func(s []float64) float64 { return 2 * ratio(s) })
		if err != nil || !near(double.Low, 2*i.Low, 1e-12) || !near(double.High, 2*i.High, 1e-12) {
			t.Errorf("%v, its double %v, %v", i, double, err)
		}
	})
}

// TestBCaCoverage: 1,000 corpora of 40 campaigns each, of which the flows detected are correlated within campaigns. The interval
// of the flows' detection rate holds the true rate, one half, about as often as it says; Wilson's, which believes every flow, does
// not. Bootstraps of 40 clusters are known to fall short by a point or two.
func TestBCaCoverage(t *testing.T) {
	const tries = 1000
	var clustered, believing int
	for try := range uint64(tries) {
		seed := draw.NewSeed(41).Number(try)
		r := seed.Stream()
		rows := campaigns(&r, 40)
		i, err := BCaSums(rows, MinDraws, seed.Word("bootstrap"), ratio)
		if err != nil {
			t.Fatal(err)
		}
		if i.Low <= .5 && .5 <= i.High {
			clustered++
		}
		var hits, size float64
		for _, row := range rows {
			hits += row[0]
			size += row[1]
		}
		if w := Wilson(int64(hits), int64(size)); w.Low <= .5 && .5 <= w.High {
			believing++
		}
	}
	if share := float64(clustered) / tries; share < .92 || share > .97 {
		t.Errorf("BCa holds the rate in %.3f of the tries", share)
	}
	if share := float64(believing) / tries; share > .85 {
		t.Errorf("Wilson over flows holds the rate in %.3f of the tries: they are no clusters", share)
	}
}

func TestBCaMissing(t *testing.T) {
	constant := func([]int) float64 { return .5 }
	for name, c := range map[string]struct {
		clusters  int
		statistic func([]int) float64
	}{
		"no clusters":           {0, constant},
		"one cluster":           {1, constant},
		"no spread":             {20, constant},
		"no value":              {20, func([]int) float64 { return math.NaN() }},
		"hangs on one cluster":  {20, func(w []int) float64 { return float64(w[1]) / float64(w[0]) }},
		"jackknife undefined":   {20, jackknifeUndefined},
		"outside of all draws":  {20, func(w []int) float64 { return float64(distinct(w)) / 20 }},
		"infinite in most":      {20, func(w []int) float64 { return 1 / float64(20-distinct(w)) }},
		"undefined in too many": {20, func(w []int) float64 { return 1 / float64(w[0]+w[1]) }},
	} {
		if i, err := BCa(c.clusters, MinDraws, draw.NewSeed(1), c.statistic); !isMissing(err) {
			t.Errorf("%s: %v, %v", name, i, err)
		}
	}
	if _, err := BCa(20, MinDraws-1, draw.NewSeed(1), constant); err == nil || isMissing(err) {
		t.Errorf("too few draws: %v", err)
	}
	if _, err := BCaSums([][]float64{{1, 2}, {1}}, MinDraws, draw.NewSeed(1), ratio); err == nil || isMissing(err) {
		t.Errorf("a short row: %v", err)
	}
}

// jackknifeUndefined has a value in nearly every draw, and none where only the first cluster is left out.
func jackknifeUndefined(w []int) float64 {
	if w[0] == 0 && distinct(w) == len(w)-1 {
		return math.NaN()
	}
	return float64(w[1]) - float64(w[2])
}

func distinct(w []int) int {
	n := 0
	for _, v := range w {
		if v > 0 {
			n++
		}
	}
	return n
}

// TestBCaSkipsFewUndefinedDraws: in 20 clusters three given ones are all left out in (17/20)^20, 3.9 % of the draws.
func TestBCaSkipsFewUndefinedDraws(t *testing.T) {
	i, err := BCa(20, MinDraws, draw.NewSeed(8), func(w []int) float64 {
		return float64(w[0]) / float64(w[0]+w[1]+w[2])
	})
	if err != nil || i.Low != 0 || i.High > 1 || i.High < .5 {
		t.Errorf("%v, %v", i, err)
	}
}

// Both benchmarks are 2,000 draws over 10,000 campaigns: the general path, whose jackknife looks at all campaigns for each of
// them, and the path of sums.
func BenchmarkBCa(b *testing.B) {
	r := draw.NewSeed(1).Stream()
	rows := campaigns(&r, 10_000)
	for b.Loop() {
		if _, err := BCa(len(rows), MinDraws, draw.NewSeed(1), weighted(rows)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBCaSums(b *testing.B) {
	r := draw.NewSeed(1).Stream()
	rows := campaigns(&r, 10_000)
	for b.Loop() {
		if _, err := BCaSums(rows, MinDraws, draw.NewSeed(1), ratio); err != nil {
			b.Fatal(err)
		}
	}
}
