package leakage

import (
	"cmp"
	"encoding/json"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/scenario"
	"github.com/evilbench/evilbench/labels/corpus"
)

// planted is a sample of twelve campaigns of 40 flows and 480 benign flows of twelve hosts; spoil changes a flow.
func planted(spoil func(f *flow, r *draw.Stream)) *sample {
	s := &sample{}
	r := draw.NewSeed(7).Stream()
	for i := range 960 {
		f := flow{
			malicious: i%2 == 0, cluster: int32(i % 24), seen: true, src: netip.AddrFrom4([4]byte{10, 0, 0, byte(r.IntN(20))}),
			dst: netip.AddrFrom4([4]byte{192, 0, 2, byte(r.IntN(20))}), sport: uint16(1024 + r.IntN(60000)), dport: uint16(80 + r.IntN(3)),
			ttl: uint8(60 + r.IntN(5)), id: int32(r.IntN(65536)), window: int32(r.IntN(65536)), length: int32(60 + r.IntN(10)),
			payload: int32(r.IntN(1400)), packets: 3, gaps: int64(r.IntN(1e6)), start: int64(r.IntN(3600)) * 1e9,
		}
		spoil(&f, &r)
		s.flows = append(s.flows, f)
	}
	return s
}

func byName(t *testing.T, name string) field {
	t.Helper()
	for _, f := range fields {
		if f.name == name {
			return f
		}
	}
	t.Fatalf("no field %q", name)
	return field{}
}

func TestPlantedLeaks(t *testing.T) {
	for name, spoil := range map[string]func(*flow, *draw.Stream){
		"TTL": func(f *flow, _ *draw.Stream) {
			if f.malicious {
				f.ttl = 62 // between those of benign flows, where no threshold finds it
			} else if f.ttl == 62 {
				f.ttl = 61
			}
		},
		"source port": func(f *flow, r *draw.Stream) {
			if f.malicious {
				f.sport = uint16(40000 + r.IntN(500))
			}
		},
		"TCP options": func(f *flow, _ *draw.Stream) {
			if f.malicious {
				f.options = "2=1460 "
			}
		},
		"start second": func(f *flow, r *draw.Stream) {
			if f.malicious {
				f.start = int64(1000+r.IntN(20)) * 1e9
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := planted(spoil)
			for _, f := range fields {
				got := s.audit(f, draw.NewSeed(1).Word(f.name), 2000)
				switch {
				case f.name == name && !got.Leaks():
					t.Errorf("planted leak not found: %+v", got)
				case f.name != name && got.Leaks():
					t.Errorf("%s is said to leak: %+v", f.name, got)
				case f.name == name && got.AUC.Value < 1 && (!got.AUC.Bounded || got.AUC.Low > got.AUC.Value || got.AUC.High < got.AUC.Value || got.AUC.Low < 0.8):
					t.Errorf("interval %+v", got.AUC)
				}
			}
		})
	}
}

func TestNothingPlanted(t *testing.T) {
	s := planted(func(*flow, *draw.Stream) {})
	for _, f := range fields {
		if got := s.audit(f, draw.NewSeed(1), 2000); got.AUC.Missing == "" && math.Abs(got.AUC.Value-0.5) > 0.08 {
			t.Errorf("%s: AUC %v of noise", f.name, got.AUC.Value)
		}
	}
}

func TestCampaignsWeighTheSame(t *testing.T) {
	// One campaign of a thousand flows shows its TTL; eleven small ones do not.
	s := planted(func(*flow, *draw.Stream) {})
	for range 1000 {
		f := s.flows[0]
		f.ttl = 200
		s.flows = append(s.flows, f)
	}
	if got := s.audit(byName(t, "TTL"), draw.NewSeed(1), 2000); got.AUC.Value > 0.7 {
		t.Errorf("AUC %v: the large campaign speaks for all", got.AUC.Value)
	}
}

func TestFieldThatOneSideLacks(t *testing.T) {
	s := planted(func(f *flow, _ *draw.Stream) {
		if f.malicious {
			f.window = -1
		}
	})
	got := s.audit(byName(t, "TCP window"), draw.NewSeed(1), 2000)
	if got.AUC.Missing != "no malicious flow has it" || got.Leaks() {
		t.Errorf("%+v", got)
	}
}

// TestAUCAgainstPairs compares with the definition: every pair of a malicious and a benign flow.
func TestAUCAgainstPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "n")
		rows := make([]row, n)
		times := rapid.SliceOfN(rapid.IntRange(0, 3), 4, 4).Draw(t, "times")
		for i := range rows {
			rows[i] = row{
				malicious: rapid.Bool().Draw(t, "malicious"), cluster: int32(rapid.IntRange(0, 3).Draw(t, "cluster")),
				score: float64(rapid.IntRange(0, 5).Draw(t, "score")), weight: 1,
			}
		}
		var wins, pairs float64
		for _, m := range rows {
			for _, b := range rows {
				if !m.malicious || b.malicious {
					continue
				}
				w := float64(times[m.cluster] * times[b.cluster])
				pairs += w
				switch {
				case m.score > b.score:
					wins += w
				case m.score == b.score:
					wins += w / 2
				}
			}
		}
		slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.score, b.score) })
		got, want := auc(rows, times), wins/pairs
		if math.Abs(got-want) > 1e-12 && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Fatalf("AUC %v, by pairs %v", got, want)
		}
	})
}

func TestOptionsLayout(t *testing.T) {
	frame := append(make([]byte, 20), 2, 4, 5, 0xb4, 4, 2, 1, 3, 3, 7, 0, 0)
	if got, want := layout(frame, 0, len(frame)), "2=1460 4 1 3=7 0 "; got != want {
		t.Errorf("layout %q, want %q", got, want)
	}
	for _, torn := range [][]byte{{2}, {2, 1, 0}, {3, 200, 1}, {8, 10, 1, 2}} {
		layout(append(make([]byte, 20), torn...), 0, 20+len(torn))
	}
}

func TestSmokeCorpus(t *testing.T) {
	sc, err := scenario.Load("smoke")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Load(sc.Model)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := generator.WriteCorpus(t.Context(), sc, m, dir, generator.CorpusOptions{Tool: "test"}); err != nil {
		t.Fatal(err)
	}
	c, err := corpus.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for range 2 {
		a, err := Run(t.Context(), c, Options{})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
		if len(a.Fields) != len(fields) || a.Benign == 0 || a.Malicious == 0 || a.Campaigns != c.Campaigns {
			t.Errorf("%+v", a)
		}
		leaks := slices.ContainsFunc(a.Fields, func(f Field) bool { return f.Leaks() })
		if w := a.Warning(); leaks != strings.Contains(w, "AUC above 0.9") {
			t.Errorf("warning %q", w)
		}
		for _, f := range a.Fields {
			t.Logf("%-28s %5d %5d  %+v %v", f.Name, f.Malicious, f.Benign, f.AUC, f.Examples)
		}
	}
	if texts[0] != texts[1] {
		t.Error("two audits of one corpus differ")
	}
}
