package flowlog

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// cells is one row on its way into a table, an element for each of kinds.
type cells struct {
	time    int64
	words   [columnCount]string
	numbers [columnCount]float64
	place   int64 // of the row in the table's order
	line    int   // for people, 0 = none
}

// The indices of kinds.
const (
	atFirstSeen = iota
	atProto
	atSrcIP
	atDstIP
	atDstPort
	atInBytes
	atInPackets
	atOutBytes
	atOutPackets
	atFlags
	atElapsed
	atSrcPort
	atService
	atVerdict
	columnCount
)

// filler builds a table row by row. Beyond limit rows it keeps a uniform sample (Vitter's algorithm R).
type filler struct {
	columns [columnCount]*Column
	codes   [columnCount]map[string]int32
	odd     [columnCount]oddities
	places  []int64
	limit   int
	seen    int64
	random  *rand.Rand
}

// oddities counts what a column of numbers should not hold.
type oddities struct {
	missing, negative           int64
	firstMissing, firstNegative int
}

func newFiller(o TableOptions, columns ...int) *filler {
	f := &filler{limit: o.MaxRows, random: rand.New(rand.NewPCG(o.Seed, 0x666c6f77))}
	for _, i := range columns {
		f.columns[i] = &Column{Name: kinds[i].name, Kind: kinds[i].kind}
		f.codes[i] = map[string]int32{}
	}
	return f
}

func (f *filler) add(r *cells) {
	f.seen++
	slot := len(f.places)
	if slot < f.limit {
		f.places = append(f.places, 0)
	} else if slot = int(f.random.Int64N(f.seen)); slot >= f.limit {
		f.inspect(r)
		return
	}
	f.inspect(r)
	f.places[slot] = r.place
	for i, c := range f.columns {
		if c == nil {
			continue
		}
		switch c.Kind {
		case Time:
			c.Times = put(c.Times, slot, r.time)
		case Categorical:
			c.Codes = put(c.Codes, slot, f.code(i, r.words[i]))
		default:
			v := r.numbers[i]
			if math.IsInf(v, 0) {
				v = math.NaN()
			}
			c.Numbers = put(c.Numbers, slot, v)
		}
	}
}

func put[V any](s []V, slot int, v V) []V {
	if slot == len(s) {
		return append(s, v)
	}
	s[slot] = v
	return s
}

func (f *filler) code(column int, word string) int32 {
	if code, known := f.codes[column][word]; known {
		return code
	}
	c := f.columns[column]
	code := int32(len(c.Words))
	word = strings.Clone(word)
	c.Words = append(c.Words, word)
	f.codes[column][word] = code
	return code
}

// inspect counts oddities in every row, also in those that the sample leaves out.
func (f *filler) inspect(r *cells) {
	for i, c := range f.columns {
		if c == nil || c.Kind == Time || c.Kind == Categorical {
			continue
		}
		o := &f.odd[i]
		switch v := r.numbers[i]; {
		case v != v || math.IsInf(v, 0):
			if o.missing++; o.missing == 1 {
				o.firstMissing = r.line
			}
		case v < 0:
			if o.negative++; o.negative == 1 {
				o.firstNegative = r.line
			}
		}
	}
}

// table ends the building: rows in their order, words ascending.
func (f *filler) table(name string) *Table {
	t := &Table{Name: name, Read: f.seen, rows: len(f.places)}
	var order []int
	if !slices.IsSorted(f.places) {
		order = make([]int, len(f.places))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(f.places[a], f.places[b]) })
	}
	if f.seen > int64(t.rows) {
		t.Notes = append(t.Notes, fmt.Sprintf("%d rows read, a uniform sample of %d kept", f.seen, t.rows))
	}
	for i, c := range f.columns {
		if c == nil {
			continue
		}
		if order != nil {
			c.Times, c.Codes, c.Numbers = take(c.Times, order), take(c.Codes, order), take(c.Numbers, order)
		}
		c.sortWords()
		for _, v := range c.Numbers {
			if v != v {
				c.Missing++
			}
		}
		if o := f.odd[i]; o.missing > 0 {
			t.Notes = append(t.Notes, fmt.Sprintf("%s holds no number in %d rows%s", c.Name, o.missing, from(o.firstMissing)))
		}
		if o := f.odd[i]; o.negative > 0 {
			t.Notes = append(t.Notes, fmt.Sprintf("%s is negative in %d rows%s", c.Name, o.negative, from(o.firstNegative)))
		}
		t.Columns = append(t.Columns, *c)
	}
	return t
}

func from(line int) string {
	if line == 0 {
		return ""
	}
	return fmt.Sprintf(", first in line %d", line)
}

// sortWords makes the dictionary ascending and drops words that no row uses.
func (c *Column) sortWords() {
	if c.Kind != Categorical {
		return
	}
	used := make([]bool, len(c.Words))
	for _, code := range c.Codes {
		used[code] = true
	}
	var words []string
	for code, word := range c.Words {
		if used[code] {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	renamed := make([]int32, len(c.Words))
	for code, word := range c.Words {
		at, _ := slices.BinarySearch(words, word)
		renamed[code] = int32(at)
	}
	for row, code := range c.Codes {
		c.Codes[row] = renamed[code]
	}
	c.Words = words
}
