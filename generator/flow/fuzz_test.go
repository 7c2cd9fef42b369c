package flow

import (
	"net/netip"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/packet"
)

// everyone has the same two machines for every source.
type everyone [2]Entity

func (e *everyone) Members(string) int                           { return len(e) }
func (e *everyone) Member(_ string, i int) Entity                { return e[i] }
func (e *everyone) Pick(_ string, _ Want, r *draw.Stream) Entity { return e[r.IntN(len(e))] }
func (e *everyone) Crowd(string) float64                         { return 1 }

func machine(name string, address string) Entity {
	return Entity{Host: &packet.Host{Name: name, Addr: netip.MustParseAddr(address)}, Name: name}
}

// Whatever model is accepted can be drawn from: flows have two ends, a known transport and bytes that are not negative.
func FuzzWindow(f *testing.F) {
	m, err := model.Builtin("example")
	if err != nil {
		f.Fatal(err)
	}
	office, err := m.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(office)
	dir := &everyone{machine("a", "10.0.0.1"), machine("b", "10.0.0.2")}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := model.Parse("fuzz.json", data)
		if err != nil || len(m.Patterns) > 100 {
			return
		}
		s, err := New(m, dir, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range s.Window(draw.NewSeed(1), 0, tuesday, tuesday+second, nil) {
			if r.Src.Host == nil || r.Dst.Host == nil || r.Proto == 0 || r.Service == "" || r.OutBytes < 0 || r.InBytes < 0 || r.Duration < 0 || r.Time < tuesday {
				t.Fatalf("%+v", r)
			}
		}
	})
}
