package svg

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
)

// Graph is states and what leads from one to another.
type Graph struct {
	Nodes  []string // labels
	First  int      // the node everything begins at
	Last   int      // the node everything ends at, which gets a double circle
	Arrows []Arrow
}

// Arrow leads from one node to another.
type Arrow struct {
	From, To int
	Label    string
	Share    float64 // of what leaves From: how thick it is
}

// Sizes of a graph's picture, in pixels.
const (
	columnGap = 240
	rowGap    = 110
	radius    = 17
	margin    = 60
)

// point is where a node stands.
type point struct{ x, y float64 }

// Draw writes the graph from left to right: nodes stand in columns by how many arrows lead to them from the first at least, those with busier
// ways in higher up. Arrows to the right pass above the straight line, all others below it.
func (g *Graph) Draw(w io.Writer, title string) error {
	at, width, height := g.place()
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="sans-serif" font-size="11">`+"\n", width, height)
	fmt.Fprintf(out, `<rect width="%.0f" height="%.0f" fill="white"/>`+"\n", width, height)
	fmt.Fprintf(out, `<text x="12" y="20" font-size="15">%s</text>`+"\n", escape(title))
	fmt.Fprintln(out, `<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>`)
	same := map[[2]int]int{} // arrows between two nodes, drawn one outside the other
	for _, a := range g.Arrows {
		key := [2]int{a.From, a.To}
		a.draw(out, at[a.From], at[a.To], same[key])
		same[key]++
	}
	for i, label := range g.Nodes {
		p := at[i]
		fmt.Fprintf(out, `<circle cx="%.1f" cy="%.1f" r="%d" fill="white" stroke="black"/>`+"\n", p.x, p.y, radius)
		if i == g.Last {
			fmt.Fprintf(out, `<circle cx="%.1f" cy="%.1f" r="%d" fill="none" stroke="black"/>`+"\n", p.x, p.y, radius-4)
		}
		fmt.Fprintf(out, `<text x="%.1f" y="%.1f" text-anchor="middle">%s</text>`+"\n", p.x, p.y+4, escape(label))
	}
	fmt.Fprintln(out, "</svg>")
	return out.Flush()
}

// place gives every node its column and its row.
func (g *Graph) place() (at []point, width, height float64) {
	column := make([]int, len(g.Nodes))
	for i := range column {
		column[i] = -1
	}
	column[g.First] = 0
	last := 0
	for queue := []int{g.First}; len(queue) > 0; queue = queue[1:] {
		for _, a := range g.Arrows {
			if a.From == queue[0] && column[a.To] < 0 {
				column[a.To] = column[a.From] + 1
				last = max(last, column[a.To])
				queue = append(queue, a.To)
			}
		}
	}
	busy := make([]float64, len(g.Nodes))
	for _, a := range g.Arrows {
		busy[a.To] += a.Share
	}
	columns := make([][]int, last+2)
	for i, c := range column {
		if c < 0 || i == g.Last {
			c = last + 1 // the end, and what nothing leads to
		}
		columns[c] = append(columns[c], i)
	}
	at = make([]point, len(g.Nodes))
	rows := 1
	for c, list := range columns {
		slices.SortFunc(list, func(a, b int) int { return cmp.Or(cmp.Compare(busy[b], busy[a]), cmp.Compare(a, b)) })
		for r, i := range list {
			at[i] = point{margin + float64(c)*columnGap, 2*margin + float64(r)*rowGap}
		}
		rows = max(rows, len(list))
	}
	return at, 2*margin + float64(last+1)*columnGap, 3*margin + float64(rows-1)*rowGap
}

func (a *Arrow) draw(out io.Writer, from, to point, nth int) {
	thick := 0.5 + 2*a.Share
	lift := 18 + 26*float64(nth)
	if a.From == a.To {
		fmt.Fprintf(out, `<path d="M%.1f %.1fc%.1f %.1f %.1f %.1f 16 -4" fill="none" stroke="#555" stroke-width="%.2f" marker-end="url(#a)"/>`+"\n",
			from.x-8, from.y-radius+2, -20-lift, -30-lift, 36+lift, -34-lift, thick)
		a.label(out, from.x, from.y-radius-22-lift)
		return
	}
	dx, dy := to.x-from.x, to.y-from.y
	length := math.Hypot(dx, dy)
	ux, uy := dx/length, dy/length
	bend := lift + length/12
	if dx <= 0 {
		bend += length / 8
	}
	mx, my := (from.x+to.x)/2+uy*bend, (from.y+to.y)/2-ux*bend
	fmt.Fprintf(out, `<path d="M%.1f %.1fQ%.1f %.1f %.1f %.1f" fill="none" stroke="#555" stroke-width="%.2f" marker-end="url(#a)"/>`+"\n",
		from.x+ux*radius, from.y+uy*radius, mx, my, to.x-ux*radius, to.y-uy*radius, thick)
	a.label(out, (from.x+to.x)/2+uy*bend/2, (from.y+to.y)/2-ux*bend/2)
}

func (a *Arrow) label(out io.Writer, x, y float64) {
	fmt.Fprintf(out, `<text x="%.1f" y="%.1f" text-anchor="middle" fill="#003">%s</text>`+"\n", x, y, escape(a.Label))
}
