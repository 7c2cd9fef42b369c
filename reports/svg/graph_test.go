package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestGraphsAreWellFormed(t *testing.T) {
	g := &Graph{Nodes: []string{"0", "1", "2", "end", "lost"}, Last: 3, Arrows: []Arrow{
		{0, 1, "S_> <&", 1}, {1, 1, "again", .4}, {1, 2, "on", .3}, {1, 2, "on too", .1}, {2, 1, "back", .5}, {2, 3, "$", .5},
	}}
	var b, again bytes.Buffer
	if err := g.Draw(&b, "a <b>"); err != nil {
		t.Fatal(err)
	}
	if err := g.Draw(&again, "a <b>"); err != nil || again.String() != b.String() {
		t.Error("the same graph is drawn differently")
	}
	if strings.Contains(b.String(), "NaN") {
		t.Error("a place that is no number")
	}
	if n := strings.Count(b.String(), "<path d=\"M") - 1; n != len(g.Arrows) {
		t.Errorf("%d arrows drawn, there are %d", n, len(g.Arrows))
	}
	d := xml.NewDecoder(&b)
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
