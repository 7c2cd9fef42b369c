package fidelity

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/evilbench/evilbench/labels/flowlog"
)

// recorded finds a file of the recorded flow baselines.
func recorded(t testing.TB, path ...string) string {
	t.Helper()
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	file := filepath.Join(append([]string{root, "baselines", "flows"}, path...)...)
	if _, err := os.Stat(file); err != nil {
		t.Skip("no recorded flow baselines here; set EVILBENCH_DATA:", err)
	}
	return file
}

func table(t testing.TB, path ...string) *flowlog.Table {
	t.Helper()
	out, err := flowlog.OpenTable(context.Background(), recorded(t, path...), flowlog.TableOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func head(t *flowlog.Table, n int) *flowlog.Table {
	return t.Where(func(row int) bool { return row < n })
}

// vector is what vectors.json holds for one generated table.
type vector struct {
	PRDC struct {
		Density  float64   `json:"density_direct"`
		Coverage float64   `json:"coverage_direct"`
		Radii    []float64 `json:"first_10_radii"`
	} `json:"prdc"`
	JSD     float64 `json:"jsd"`
	CMD     float64 `json:"cmd"`
	PCD     float64 `json:"pcd"`
	EMD     float64 `json:"emd_artifact"`
	EMDBins map[string]struct {
		N      float64 `json:"n_bins"`
		Inside int     `json:"gen_inside"`
	} `json:"emd_bins"`
	EMDTrue float64 `json:"emd_true_realscale"`
	MD      struct {
		Value *float64 `json:"md_exact_equality"`
	} `json:"md"`
	DKC   float64            `json:"dkc"`
	Rules map[string]float64 `json:"dkc_rules"`
}

// Every recorded vector must come out to 1e-9.
func TestVectors(t *testing.T) {
	text, err := os.ReadFile(recorded(t, "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors map[string]vector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) != 6 {
		t.Fatalf("%d vectors", len(file.Vectors))
	}
	train, evaluate := head(table(t, "data", "m57_train.csv.gz"), 1000), head(table(t, "data", "m57_evaluate.csv.gz"), 500)
	for name, want := range file.Vectors {
		t.Run(name, func(t *testing.T) {
			path := []string{"generated", "m57_" + name + ".csv.gz"}
			if name == "Reference" {
				path = []string{"data", "m57_reference.csv.gz"}
			}
			s := &sample{mode: Paper, train: train, evaluate: evaluate, generated: head(table(t, path...), 1000)}
			metrics := Metrics(Paper)
			got := map[string]float64{}
			for k, v := range s.measure(metrics) {
				if v.Missing != "" {
					t.Logf("%s: %s", metrics[k].Name, v.Missing)
					continue
				}
				got[metrics[k].Name] = v.Value
			}
			wanted := map[string]float64{
				"Density": want.PRDC.Density, "Coverage": want.PRDC.Coverage, "CMD": want.CMD, "PCD": want.PCD, "EMD": want.EMD, "JSD": want.JSD, "DKC": want.DKC,
			}
			if want.MD.Value != nil {
				wanted["MD"] = *want.MD.Value
			}
			for metric, w := range wanted {
				if g, found := got[metric]; !found || math.Abs(g-w) > 1e-9 {
					t.Errorf("%s = %.12g, want %.12g", metric, g, w)
				}
			}
			if len(got) != len(wanted) {
				t.Errorf("%d figures, want %d", len(got), len(wanted))
			}
			parts(t, s, want)
			s.mode = Strict
			if g := emd(s); math.Abs(g.Value-want.EMDTrue) > 1e-9 {
				t.Errorf("strict EMD = %.12g, want %.12g", g.Value, want.EMDTrue)
			}
		})
	}
}

// parts compares what the figures are made of.
func parts(t *testing.T, s *sample, want vector) {
	columns, missing := columnsOf(s.generated, ruled)
	if missing != "" {
		t.Fatal(missing)
	}
	for k, broken := range published(columns) {
		if w := want.Rules[strconv.Itoa(k+1)]; math.Abs(float64(broken)/1000-w) > 1e-9 {
			t.Errorf("rule %d is broken by %d of 1000 rows, want a share of %g", k+1, broken, w)
		}
	}
	for name, w := range want.EMDBins {
		real, _ := s.train.Column(name)
		other, _ := s.generated.Column(name)
		b, err := freedmanDiaconis(slices.Sorted(slices.Values(real.Numbers)))
		if err != nil {
			t.Fatal(err)
		}
		if inside := len(b.place(other.Numbers)); b.n != w.N || inside != w.Inside {
			t.Errorf("%s: %g bins with %d generated rows, want %g with %d", name, b.n, inside, w.N, w.Inside)
		}
	}
	cloud, _, missing := s.clouds()
	if missing != "" {
		t.Fatal(missing)
	}
	for point, squared := range cloud.radii() {
		if row := cloud.rows[point]; int(row) < len(want.PRDC.Radii) && math.Abs(math.Sqrt(squared)-want.PRDC.Radii[row]) > 1e-9 {
			t.Errorf("row %d has its 5th neighbour at %g, want %g", row, math.Sqrt(squared), want.PRDC.Radii[row])
		}
	}
}
