package baseline

import (
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// bootstrap draws training rows with replacement (B. Efron, Ann. Stat. 7, 1979): the best that a copier can do.
type bootstrap struct{ train *flowlog.Table }

func learnBootstrap(t *flowlog.Table, _ Options) (Rival, error) { return &bootstrap{t}, nil }

func (b *bootstrap) Generate(seed draw.Seed, rows int) (*flowlog.Table, error) {
	r := seed.Word("bootstrap").Stream()
	pick := make([]int, rows)
	for i := range pick {
		pick[i] = r.IntN(b.train.Rows())
	}
	return named(sorted(b.train.Take(pick)), "bootstrap"), nil
}

// shuffle permutes each column by itself: every column is as it was, and nothing belongs together.
type shuffle struct{ train *flowlog.Table }

func learnShuffle(t *flowlog.Table, _ Options) (Rival, error) { return &shuffle{t}, nil }

func (s *shuffle) Generate(seed draw.Seed, rows int) (*flowlog.Table, error) {
	var columns []flowlog.Column
	for c := range s.train.Columns {
		r := seed.Word("shuffle").Number(uint64(c)).Stream()
		columns = append(columns, s.train.Take(deal(&r, s.train.Rows(), rows)).Columns[c])
	}
	t, err := flowlog.NewTable("shuffle", columns...)
	if err != nil {
		return nil, err
	}
	return named(sorted(t), "shuffle"), nil
}

// deal deals n cards out in random order, the whole pack again when it is used up.
func deal(r *draw.Stream, n, rows int) []int {
	out := make([]int, 0, rows+n)
	for len(out) < rows {
		from := len(out)
		for i := range n {
			out = append(out, i)
			j := from + r.IntN(i+1)
			out[from+i], out[j] = out[j], out[from+i]
		}
	}
	return out[:rows]
}

func named(t *flowlog.Table, name string) *flowlog.Table {
	out := *t
	out.Name = name
	return &out
}
