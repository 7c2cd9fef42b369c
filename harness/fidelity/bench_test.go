package fidelity

import (
	"context"
	"runtime"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// grown draws n rows of a table with their numbers and times moved a little, so that rows drawn twice are not the same.
func grown(t *flowlog.Table, n int, seed draw.Seed) *flowlog.Table {
	stream := seed.Stream()
	rows := make([]int, n)
	for i := range rows {
		rows[i] = stream.IntN(t.Rows())
	}
	out := t.Take(rows)
	for _, c := range out.Columns {
		for i := range c.Times {
			c.Times[i] += stream.Duration(-1800e9, 1800e9)
		}
		for i := range c.Numbers {
			if v := c.Numbers[i]; c.Kind == flowlog.Duration {
				c.Numbers[i] = v * (0.9 + 0.2*stream.Float64())
			} else if v > 100 {
				c.Numbers[i] = float64(int(v * (0.9 + 0.2*stream.Float64())))
			}
		}
	}
	return out
}

// BenchmarkMeasure is the whole table: 20 repetitions of 10,000 rows of 9 generators and the reference, from the recorded tables
// grown to 20,000 rows each.
func BenchmarkMeasure(b *testing.B) {
	in := everything(b, "m57", m57...)
	seed := draw.NewSeed(1)
	in.Train, in.Reference, in.Evaluate = grown(in.Train, 20000, seed.Word("train")), grown(in.Reference, 20000, seed.Word("reference")), grown(in.Evaluate, 20000, seed.Word("evaluate"))
	for i := range in.Generated {
		in.Generated[i].Table = grown(in.Generated[i].Table, 20000, seed.Word(in.Generated[i].Name))
	}
	for _, mode := range []Mode{Paper, Strict} {
		b.Run(string(mode), func(b *testing.B) {
			for range b.N {
				if _, err := Measure(context.Background(), in, Options{Mode: mode, Rows: 10000}); err != nil {
					b.Fatal(err)
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.Sys)/(1<<20), "MiB")
		})
	}
}

// BenchmarkScattered is one repetition where categories prune least: columns are shuffled apart in both tables.
func BenchmarkScattered(b *testing.B) {
	in := everything(b, "m57", "naive")
	seed := draw.NewSeed(1)
	s := &sample{mode: Paper, train: grown(in.Generated[0].Table, 10000, seed.Word("train")), generated: grown(in.Generated[0].Table, 10000, seed.Word("naive"))}
	for range b.N {
		if d, _ := neighbours(s); d.Missing != "" {
			b.Fatal(d.Missing)
		}
	}
}
