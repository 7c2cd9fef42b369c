// Package svg draws figures as Scalable Vector Graphics.
package svg

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Panel is one series of counts over time.
type Panel struct {
	Title  string
	From   time.Time     // when the first count begins
	Step   time.Duration // that a count is over
	Counts []int
}

// Sizes, in pixels.
const (
	width   = 960
	height  = 130 // of a panel's field
	left    = 56
	right   = 12
	top     = 40
	between = 56
)

// Rates draws counts over time, panel below panel, each over its own time and up to its own maximum. Every midnight has a line.
func Rates(w io.Writer, title string, panels []Panel) error {
	out := bufio.NewWriter(w)
	total := top + len(panels)*(height+between)
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", width, total)
	fmt.Fprintf(out, `<rect width="%d" height="%d" fill="white"/>`+"\n", width, total)
	fmt.Fprintf(out, `<text x="%d" y="20" font-size="15">%s</text>`+"\n", left, escape(title))
	for i := range panels {
		panels[i].draw(out, top+i*(height+between))
	}
	fmt.Fprintln(out, "</svg>")
	return out.Flush()
}

func (p *Panel) draw(out io.Writer, y int) {
	base := y + 16 + height
	fmt.Fprintf(out, `<text x="%d" y="%d">%s</text>`+"\n", left, y+10, escape(p.Title))
	if len(p.Counts) == 0 {
		return
	}
	most := max(1, slices.Max(p.Counts))
	step := float64(width-left-right) / float64(len(p.Counts))
	length := time.Duration(len(p.Counts)) * p.Step
	for day := p.From.Truncate(24 * time.Hour); day.Before(p.From.Add(length)); day = day.Add(24 * time.Hour) {
		if day.Before(p.From) {
			continue
		}
		x := left + step*float64(day.Sub(p.From))/float64(p.Step)
		fmt.Fprintf(out, `<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#bbb"/>`+"\n", x, base-height, x, base)
		fmt.Fprintf(out, `<text x="%.1f" y="%d" fill="#555">%s</text>`+"\n", x+2, base+14, day.Format("Mon 2 Jan"))
	}
	var path strings.Builder
	fmt.Fprintf(&path, "M%d %d", left, base)
	for i, n := range p.Counts {
		h := float64(base) - float64(n)/float64(most)*height
		fmt.Fprintf(&path, "L%.1f %.1fH%.1f", left+step*float64(i), h, left+step*float64(i+1))
	}
	fmt.Fprintf(out, `<path d="%sV%dZ" fill="#4477aa"/>`+"\n", path.String(), base)
	fmt.Fprintf(out, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="black"/>`+"\n", left, base, width-right, base)
	fmt.Fprintf(out, `<text x="%d" y="%d" text-anchor="end">%d</text>`+"\n", left-6, base-height+10, most)
	fmt.Fprintf(out, `<text x="%d" y="%d" text-anchor="end">0</text>`+"\n", left-6, base)
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}
