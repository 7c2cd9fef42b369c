package join

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawChunks makes flows of few hosts and campaigns, so many that buckets are sought in, in order of start or not.
func drawChunks(t *rapid.T) *chunks[flow] {
	flows := &chunks[flow]{}
	hosts, disorder := rapid.IntRange(1, 5).Draw(t, "hosts"), rapid.Int64Range(0, 50).Draw(t, "disorder")
	x := rapid.Uint64().Draw(t, "seed")
	next := func(n int64) int64 { // a few thousand draws of rapid's own would take too long
		x = x*6364136223846793005 + 1442695040888963407
		return int64(x>>33) % n
	}
	for i := range rapid.SampledFrom([]int{0, 1, 2, 63, 64, 65, 500, 5000}).Draw(t, "flows") {
		f := flow{start: int64(i) + next(disorder+1), campaign: int32(next(3)) - 1, tag: tcp}
		f.end = f.start + next(20)
		if next(50) == 0 {
			f.end += 1000
		}
		f.src[15], f.dst[15] = byte(next(int64(hosts))), byte(next(int64(hosts)))+100
		if next(2) == 0 {
			f.src, f.dst = f.dst, f.src
		}
		flows.add(f)
	}
	return flows
}

// TestLookup: a walk finds what looking at every flow finds, the latest first; one that steps over flows alike loses no campaign.
func TestLookup(t *testing.T) {
	kinds := map[string]kind{"tuple": byTuple, "pair": byPair, "source": bySource, "sink": bySink, "time": byTime}
	rapid.Check(t, func(t *rapid.T) {
		flows := drawChunks(t)
		name := rapid.SampledFrom([]string{"tuple", "pair", "source", "sink", "time"}).Draw(t, "kind")
		k := kinds[name]
		l := newLookup(flows, k)
		probe := flow{tag: tcp}
		probe.src[15], probe.dst[15] = byte(rapid.IntRange(0, 5).Draw(t, "src")), byte(rapid.IntRange(0, 5).Draw(t, "dst"))+100
		from := rapid.Int64Range(-10, 6000).Draw(t, "from")
		then := span{from, from + rapid.SampledFrom([]int64{0, 5, 500}).Draw(t, "length")}

		fits := func(f *flow) bool { return k.hash(f) == k.hash(&probe) }
		var want, got []int32
		campaigns, heard := map[int32]bool{}, map[int32]bool{}
		for i := range int32(flows.n) {
			if f := flows.at(i); fits(f) && f.span().overlaps(then) {
				want, campaigns[f.campaign] = append(want, i), true
			}
		}
		l.walk(k.hash(&probe), then, func(i int32) step {
			if fits(flows.at(i)) {
				got = append(got, i)
			}
			return next
		})
		if !slices.IsSortedFunc(got, func(a, b int32) int { return int(flows.at(b).start - flows.at(a).start) }) {
			t.Fatalf("%s: not by start, latest first: %v", name, got)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%s: %v, want %v", name, got, want)
		}
		l.walk(k.hash(&probe), then, func(i int32) step {
			if fits(flows.at(i)) {
				heard[flows.at(i).campaign] = true
			}
			return over
		})
		if len(heard) != len(campaigns) {
			t.Fatalf("%s: stepping over flows alike, heard %v of %v", name, heard, campaigns)
		}
	})
}

func TestTower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{1, 63, 64, 65, 4096, 4097, 5000}).Draw(t, "n")
		at := rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 5).Draw(t, "high values")
		value := func(i int) int64 {
			if slices.Contains(at, i) {
				return 10
			}
			return int64(i % 10)
		}
		tower := newTower(n, value)
		low, high := rapid.IntRange(0, n-1).Draw(t, "low"), rapid.IntRange(0, n-1).Draw(t, "high")
		floor := rapid.Int64Range(9, 11).Draw(t, "floor")
		want := -1
		for i := low; i <= high; i++ {
			if value(i) >= floor {
				want = i
			}
		}
		if got := tower.last(low, high, floor); got != want {
			t.Fatalf("last(%d, %d, %d) = %d, want %d", low, high, floor, got, want)
		}
	})
}
