package score

import (
	"fmt"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/stats"
)

// How often the interval holds the true rate: of hosts that are all alike, and of hosts that alarm for most of their flows or for few.
// Wilson's does for the former alone.
func TestIntervalsCover(t *testing.T) {
	const tries, hosts, flows = 200, 15, 100
	r := draw.NewSeed(5).Stream()
	for _, c := range []struct {
		rate, alike         float64
		least, wilsonAtMost int // of 100
	}{{rate: .05, alike: 0, least: 90, wilsonAtMost: 100}, {rate: .3, alike: .5, least: 93, wilsonAtMost: 50}} {
		held, wilson := 0, 0
		for range tries {
			var rows [][]float64
			var k int64
			for range hosts {
				p := c.rate * (1 - c.alike)
				if r.Chance(c.rate) {
					p += c.alike
				}
				hits := 0.0
				for range flows {
					if r.Chance(p) {
						hits++
					}
				}
				rows = append(rows, []float64{hits, flows})
				k += int64(hits)
			}
			ratio := NewRatio(k, hosts*flows, "")
			sampler{stats.MinDraws}.ratio(&ratio, fmt.Sprint("coverage of ", c.rate), overHosts, rows)
			if w := stats.Wilson(ratio.K, ratio.N); w.Low <= c.rate && c.rate <= w.High {
				wilson++
			}
			if ratio.Low <= c.rate && c.rate <= ratio.High {
				held++
			}
		}
		if 100*held < c.least*tries || 100*wilson > c.wilsonAtMost*tries {
			t.Errorf("rate %v, %v alike: %d of %d intervals hold it, want %d%%; Wilson's %d, want at most %d%%", c.rate, c.alike, held, tries, c.least,
				wilson, c.wilsonAtMost)
		}
	}
}
