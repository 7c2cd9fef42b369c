package latex

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/reports/table"
)

var update = flag.Bool("update", false, "write golden files")

// nasty is text that must come out as it went in.
const nasty = "\\ { } # $ % & _ ^ ~ < > | \" ` [x] * -- --- ,, '' !` ?` – → é 中 \x1b\n\u202eend\\"

func sample() *table.Table {
	t := &table.Table{
		Name: "what_is detected", Title: "What was detected", Note: "Corpus: 100% of R&D_net. 95% intervals.",
		Columns: []table.Column{
			{Name: "corpus", Title: "Corpus", Within: true}, {Name: "detector", Title: "Detector"}, {Name: "hidden", Title: "Hidden", Data: true},
			{Name: "campaigns", Title: "Campaigns", Kind: table.KindCases, Better: table.Higher, Unit: "campaigns"},
			{Name: "fpr", Title: "Flow FPR", Kind: table.KindRate, Better: table.Lower, Unit: "benign flows"},
			{Name: "load", Title: "/host-day", Kind: table.KindNumber, Better: table.Lower, Unit: "false alarms per host-day"},
		},
	}
	add := func(corpus, detector string, k, fp int64, load float64, notes ...string) {
		t.Add(table.Text(corpus), table.Text(detector).With(notes...), table.Text("unseen"), table.Cases(k, 15, float64(k)/20, float64(k)/15),
			table.Rate(fp, 1000*k, 0, .2), table.Number(load))
	}
	add("office", "suricata 7.0.10", 14, 3, 2.5, "one of 2 alerts", "few_campaigns")
	add("office", "suricata 8.0.3", 12, 3, 2.5)
	add("lab", "suricata 7.0.10", 3, 2, 9, "few_campaigns")
	t.Add(table.Text("lab"), table.Text(nasty), table.Text(""), table.Missing("no campaign"), table.Missing("no campaign"), table.Number(1))
	return t
}

func write(t *testing.T, tab *table.Table, provenance ...string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, tab, provenance); err != nil {
		t.Fatal(err)
	}
	if err := check(b.String()); err != nil {
		t.Error(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	path, got := filepath.Join("testdata", "table.tex"), write(t, sample(), "suricata 7.0.10, image sha256:d…", "rules_of#1")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("want (-), got (+); -update accepts:\n%s", diff)
	}
}

// many is a table that does not fit a page.
func many() *table.Table {
	t := &table.Table{Name: "campaigns", Title: "Campaigns", Columns: []table.Column{{Name: "name", Title: "Name"}, {Name: "alerts", Title: "Alerts", Kind: table.KindCount}}}
	for i := range int64(2 * mostRows) {
		t.Add(table.Text(fmt.Sprintf("%s_%d", strings.Repeat("long name ", 5), i)).With("note"), table.Count(i))
	}
	return t
}

func TestBest(t *testing.T) {
	tab := &table.Table{Columns: []table.Column{
		{Name: "corpus", Within: true}, {Name: "more", Kind: table.KindNumber, Better: table.Higher}, {Name: "less", Kind: table.KindNumber, Better: table.Lower},
		{Name: "neither", Kind: table.KindNumber},
	}}
	for _, r := range []struct {
		corpus string
		x      float64
	}{{"a", 1}, {"a", 3}, {"a", 3}, {"b", 9}, {"c", 5}, {"c", 5}} {
		n := table.Number(r.x)
		tab.Add(table.Text(r.corpus), n, n, n)
	}
	tab.Add(table.Text("c"), table.Missing("x"), table.Missing("x"), table.Number(0))
	want := map[[2]int]bool{{1, 1}: true, {2, 1}: true, {0, 2}: true} // b is alone, in c all are alike
	if diff := cmp.Diff(want, bestCells(tab)); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

func TestLongTablesBreak(t *testing.T) {
	got := write(t, many(), "provenance")
	if !strings.Contains(got, `\begin{longtable}`) || !strings.Contains(got, `\endfirsthead`) || strings.Contains(got, `\begin{table}`) {
		t.Error(got[:200])
	}
}

func TestRowsThatDoNotFitAreRefused(t *testing.T) {
	tab := sample()
	tab.Add(table.Text("short"))
	if err := Write(&bytes.Buffer{}, tab, nil); err == nil {
		t.Error("a table with a short row was written")
	}
}

// TestTheCheckCanFail holds the reader that stands in for LaTeX.
func TestTheCheckCanFail(t *testing.T) {
	good := write(t, sample())
	for name, broken := range map[string]string{
		"a cell less":      strings.Replace(good, " & ", " ", 1),
		"a cell more":      strings.Replace(good, `\midrule`, `\midrule x & x & x & x & x & x \\`, 1),
		"open environment": strings.Replace(good, `\end{tabular}`, "", 1),
		"crossed":          strings.Replace(strings.Replace(good, `\end{minipage}`, `\end{table}`, 1), "\\end{table}\n\\end{table}", "\\end{table}\n\\end{minipage}", 1),
		"open brace":       strings.Replace(good, `\textbf{`, `\textbf{{`, 1),
		"bare percent":     strings.Replace(good, `\%`, `%`, 1),
		"bare underscore":  strings.Replace(good, `\_`, `_`, 1),
		"strange command":  strings.Replace(good, `\toprule`, `\hline`, 1),
		"strange letter":   strings.Replace(good, `U+4E2D`, `中`, 1),
		"option":           strings.Replace(good, `\\`, `\\[3pt]`, 1),
	} {
		if broken == good || check(broken) == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func FuzzEscape(f *testing.F) {
	f.Add(nasty)
	f.Fuzz(func(t *testing.T, s string) {
		if err := check(escape(s)); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	})
}

// TestCompiles asks LaTeX itself, where it is.
func TestCompiles(t *testing.T) {
	tool, err := exec.LookPath("pdflatex")
	if err != nil {
		t.Skip("no pdflatex: the other tests read the tables with a strict reader instead")
	}
	dir := t.TempDir()
	text := `\documentclass{article}` + "\n" + Packages + `\begin{document}` + "\n" + write(t, sample(), nasty) + write(t, many(), "small print") + `\end{document}` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "paper.tex"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), tool, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "paper.tex")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if info, err := os.Stat(filepath.Join(dir, "paper.pdf")); err != nil || info.Size() < 5000 {
		t.Errorf("no paper: %v", err)
	}
}
