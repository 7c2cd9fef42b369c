package learn

import (
	"cmp"
	"slices"

	"github.com/evilbench/evilbench/generator/bayes"
	"github.com/evilbench/evilbench/generator/bins"
	"github.com/evilbench/evilbench/generator/chronicle"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// turns are the columns of a flow in the order in which they are drawn: what is wanted, who wants it of whom, and how it went.
var turns = []string{
	flowlog.DstPort, flowlog.Proto, flowlog.SrcIP, flowlog.DstIP, flowlog.Flags,
	flowlog.OutPackets, flowlog.InPackets, flowlog.OutBytes, flowlog.InBytes, flowlog.Elapsed,
}

// per says by which column's numbers a column's are divided: sizes are those of packets, and answers go with questions, so that large flows
// are large in all.
var per = map[string]string{
	flowlog.InPackets: flowlog.OutPackets, flowlog.OutBytes: flowlog.OutPackets, flowlog.InBytes: flowlog.InPackets,
}

// drawn is a column as it is drawn: the search's few bins tell patterns apart, and are too wide to draw from.
type drawn struct {
	codes []int32 // by row
	card  int
	bins  *bins.Bins // nil = words
	most  float64    // of the column's numbers, where they are divided
}

// prepare codes the columns for drawing.
func (c *coding) prepare() error {
	c.pieces = piecesOf(c.table.Time)
	for i := range c.columns {
		from := &c.columns[i]
		d := drawn{codes: c.table.Columns[i].Codes, card: c.table.Columns[i].Card}
		if from.words == nil {
			values := from.numbers
			if by := c.column(per[from.name]); by >= 0 {
				d.most = slices.Max(values)
				values = slices.Clone(values)
				for row := range values {
					values[row] /= max(1, c.columns[by].numbers[row])
				}
			}
			var err error
			if d.bins, err = bins.Exact(values, c.pieces); err != nil {
				return err
			}
			d.card = d.bins.Codes()
			d.codes = make([]int32, len(values))
			for row, v := range values {
				d.codes[row] = d.bins.Code(v)
			}
		}
		c.drawn = append(c.drawn, d)
	}
	return nil
}

const (
	silence = 15 * 60 * 100 // hundredths of a second without a flow that end a piece of time
	longest = 3600 * 100    // of a piece
	fewest  = 12            // pieces of a table
)

// piecesOf numbers the pieces of time that ascending starts fall into. What traffic repeats within a piece need not be a rule.
func piecesOf(times []int64) []int32 {
	length := min(longest, (times[len(times)-1]-times[0])/fewest)
	out := make([]int32, len(times))
	from, number := times[0], int32(0)
	for i := 1; i < len(times); i++ {
		if times[i]-times[i-1] >= silence || times[i]-from > length {
			from, number = times[i], number+1
		}
		out[i] = number
	}
	return out
}

// spot is a cell of a pattern.
type spot struct{ row, column int }

// variables writes a variable for each cell that is drawn: those that the pattern leaves open, and numbers of which it knows the range. It
// returns their names.
func (w *writer) variables(p *model.Pattern, e *chronicle.Entry) (map[spot]string, error) {
	var spots []spot
	for i, r := range e.Pattern.Rows {
		for _, name := range turns {
			c := w.coding.column(name)
			if c < 0 || r.Cells[c].Kind == chronicle.Use || r.Cells[c].Kind == chronicle.Fix && w.coding.drawn[c].bins == nil {
				continue
			}
			spots = append(spots, spot{i, c})
		}
	}
	names := map[spot]string{}
	data, pieces := &bayes.Data{}, make([]int32, e.Count())
	for i := range pieces {
		pieces[i] = w.coding.pieces[e.Windows[i*len(e.Pattern.Rows)]]
	}
	for k, at := range spots {
		names[at] = w.variableName(e, at)
		v := model.Variable{Name: names[at]}
		w.open(&v, e, at, data)
		if by := w.coding.column(per[w.coding.columns[at.column].name]); by >= 0 {
			v.Times, v.Most = names[spot{at.row, by}], w.coding.drawn[at.column].most
		}
		b, err := w.dependence(spots, k, data, pieces)
		if err != nil {
			return nil, err
		}
		v.Back = b.Masses
		for _, parent := range b.Parents {
			v.Parents = append(v.Parents, p.Variables[parent].Name)
		}
		v.Seen = sightings(data.Columns, b.Parents, k)
		p.Variables = append(p.Variables, v)
	}
	return names, nil
}

// open adds the cell's column to the data, and its values to the variable.
func (w *writer) open(v *model.Variable, e *chronicle.Entry, at spot, data *bayes.Data) {
	column := &w.coding.drawn[at.column]
	now := make([]int32, column.card)
	codes := make([]int32, e.Count())
	for i := range codes {
		codes[i] = column.codes[e.Windows[i*len(e.Pattern.Rows)+at.row]]
		now[codes[i]] = 1
	}
	used := int32(0)
	for code, there := range now {
		if there == 0 {
			continue
		}
		now[code] = used
		used++
		if column.bins == nil {
			v.Values = append(v.Values, w.value(at.column, int32(code)))
		} else {
			v.Bins = append(v.Bins, exact(column.bins, int32(code)))
		}
	}
	for i, code := range codes {
		codes[i] = now[code]
	}
	data.Names, data.Cards, data.Columns = append(data.Names, v.Name), append(data.Cards, int(used)), append(data.Columns, codes)
}

// exact writes a bin with as many digits as bytes need.
func exact(b *bins.Bins, code int32) model.Bin {
	if code == 0 {
		return model.Bin{}
	}
	from := b.Bins[code-1]
	return model.Bin{Low: digits(from.Low, 9), High: digits(from.High, 9)}
}

// dependence finds what the k-th of the spots depends on. A port's protocol is never invented.
func (w *writer) dependence(spots []spot, k int, data *bayes.Data, pieces []int32) (*bayes.Backoff, error) {
	var before []int
	for i := range k {
		same := spots[i].row == spots[k].row && w.coding.columns[spots[i].column].name == flowlog.DstPort
		if same && w.coding.columns[spots[k].column].name == flowlog.Proto {
			return &bayes.Backoff{Parents: []int{i}, Masses: []float64{0}}, nil
		}
		before = append(before, i)
	}
	return bayes.LearnBackoff(data, k, before, pieces, bayes.BackoffOptions{})
}

// sightings counts a variable's values by those of its parents, in the order of the parents' values.
func sightings(codes [][]int32, parents []int, k int) []model.Seen {
	order := make([]int, len(codes[k]))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		for _, p := range parents {
			if d := cmp.Compare(codes[p][a], codes[p][b]); d != 0 {
				return d
			}
		}
		return cmp.Compare(codes[k][a], codes[k][b])
	})
	var out []model.Seen
	for _, i := range order {
		var when []int
		for _, p := range parents {
			when = append(when, int(codes[p][i]))
		}
		if len(out) == 0 || !slices.Equal(out[len(out)-1].When, when) {
			out = append(out, model.Seen{When: when})
		}
		last := &out[len(out)-1]
		if m := len(last.Count); m > 0 && last.Count[m-1][0] == int(codes[k][i]) {
			last.Count[m-1][1]++
			continue
		}
		last.Count = append(last.Count, [2]int{int(codes[k][i]), 1})
	}
	return out
}
