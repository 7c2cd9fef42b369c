package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

var update = flag.Bool("update", false, "write golden files")

// golden compares with testdata/name, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: want (-), got (+); -update accepts:\n%s", name, diff)
	}
}

// sample has every kind of cell, missing figures, footnotes said twice, and hostile text.
func sample() *Table {
	t := &Table{Name: "sample", Title: "A sample | of <cells>", Note: "All of it made up.", Columns: []Column{
		{Name: "who", Title: "f1.score_x"}, {Name: "alerts", Title: "Alerts", Kind: KindCount},
		{Name: "campaigns", Title: "Campaigns", Kind: KindCases}, {Name: "recall", Title: "Recall", Kind: KindRate},
		{Name: "load", Title: "±/day", Kind: KindNumber}, {Name: "ppv", Title: "PPV", Kind: KindShare},
		{Name: "delay", Title: "Delay", Kind: KindDuration},
	}}
	t.Add(Text("one|two").With("rests on 7 alerts"), Count(0), Cases(0, 4, 0, .49), Rate(0, 12345, 0, 3.1e-4), Number(0), Share(0, 0, 1), Duration(0))
	t.Add(Text("<b>*x*</b>\n\x1b[31m").With("rests on 7 alerts", "another"), Count(1234567), Cases(18, 20, .699, .9721),
		Rate(933, 1000, .9158, .947), Number(1234.56), Share(.999991, .5, 1), Duration(.0032))
	t.Add(Text("=cmd()"), Missing("not counted"), Missing("no campaign"), Missing("no campaign"), Missing("not counted"), Missing("not counted"),
		Missing("not detected"))
	return t
}

func TestGolden(t *testing.T) {
	for name, write := range map[string]func(*Table, io.Writer) error{
		"sample.txt": (*Table).Terminal, "sample.md": (*Table).Markdown, "sample.csv": (*Table).CSV, "sample.json": (*Table).JSON,
	} {
		var b bytes.Buffer
		if err := write(sample(), &b); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		golden(t, name, b.Bytes())
	}
}

func TestBoxIsStraightAndFits(t *testing.T) {
	tab := sample()
	tab.Columns = tab.Columns[:5]
	for i := range tab.Rows {
		tab.Rows[i] = tab.Rows[i][:5]
	}
	long := strings.Repeat("long ", 60)
	tab.Rows[0][0] = Text(long + "ends").With("footnote of " + long)
	var b bytes.Buffer
	if err := tab.Terminal(&b); err != nil {
		t.Fatal(err)
	}
	box := 0
	for line := range strings.Lines(b.String()) {
		line = strings.TrimSuffix(line, "\n")
		width := twwidth.Width(line)
		if width > Width {
			t.Errorf("%d columns: %s", width, line)
		}
		if strings.ContainsAny(line, "│┌├└") {
			if box != 0 && width != box {
				t.Errorf("a line of the box has %d columns, those before it %d: %s", width, box, line)
			}
			box = width
		}
	}
	if box == 0 {
		t.Errorf("no box in:\n%s", b.String())
	}
	if !strings.Contains(b.String(), "ends¹") {
		t.Errorf("a cut text lost its footnote mark:\n%s", b.String())
	}
}

func TestLocaleDoesNotMatter(t *testing.T) {
	var plain, eastern bytes.Buffer
	if err := sample().Terminal(&plain); err != nil {
		t.Fatal(err)
	}
	twwidth.SetEastAsian(true)
	if err := sample().Terminal(&eastern); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plain.String(), eastern.String()); diff != "" {
		t.Errorf("an East Asian locale changes the box:\n%s", diff)
	}
}

func TestNothingBecomesMarkup(t *testing.T) {
	var b bytes.Buffer
	if err := sample().Markdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<b>", "*x*", "\x1b", "one|two"} {
		if strings.Contains(strings.ReplaceAll(b.String(), `\`+bad[:1], ""), bad) {
			t.Errorf("%q came through:\n%s", bad, b.String())
		}
	}
}

func TestCSVHasFullPrecision(t *testing.T) {
	var b bytes.Buffer
	tab := &Table{Name: "x", Columns: []Column{{Name: "r", Kind: KindRate}, {Name: "t"}}}
	tab.Add(Rate(1, 3, .0615, .7923), Text("+1"))
	tab.Add(Missing("why"), Text("-"))
	if err := tab.CSV(&b); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"r", "r_k", "r_n", "r_low", "r_high", "t"},
		{"0.3333333333333333", "1", "3", "0.0615", "0.7923", "'+1"},
		{"n/a", "n/a", "n/a", "n/a", "n/a", "'-"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

func TestJSONTellsZeroFromMissing(t *testing.T) {
	var b bytes.Buffer
	if err := sample().JSON(&b); err != nil {
		t.Fatal(err)
	}
	var d struct{ Rows []map[string]any }
	if err := json.Unmarshal(b.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if got := d.Rows[0]["load"]; !cmp.Equal(got, map[string]any{"value": 0.0}) {
		t.Errorf("zero is %v", got)
	}
	if got := d.Rows[2]["load"]; !cmp.Equal(got, map[string]any{"missing": "not counted"}) {
		t.Errorf("missing is %v", got)
	}
}

func TestRowsThatDoNotFitTheColumns(t *testing.T) {
	short, other := sample(), sample()
	short.Add(Text("alone"))
	other.Rows[0][1] = Text("one")
	for _, tab := range []*Table{short, other} {
		for name, write := range map[string]func(io.Writer) error{
			"terminal": tab.Terminal, "markdown": tab.Markdown, "csv": tab.CSV, "json": tab.JSON,
		} {
			if err := write(io.Discard); err == nil {
				t.Errorf("%s took it", name)
			}
		}
	}
}

func TestNumbersForPeople(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{percent(0, 3), "0"}, {percent(1, 3), "100"}, {percent(.99999, 3), "99.999"}, {percent(.9999999, 2), "99.99999"}, {percent(math.Nextafter(1, 0), 2), "99.99999999999999"},
		{percent(.9721, 3), "97.2"}, {percent(.9721, 2), "97"}, {percent(.9996, 3), "99.96"}, {percent(.9966, 2), "99.7"},
		{percent(.0123, 3), "1.23"}, {percent(3.84e-4, 3), "0.0384"}, {percent(3.84e-4, 2), "0.038"}, {percent(1e-7, 3), "1e-5"},
		{percent(1.26e-12, 2), "1.3e-10"},
		{significant(1234.4), "1,234"}, {significant(99.96), "100"}, {significant(.00123), "0.00123"}, {significant(1e-6), "1e-6"},
		{significant(-2.5), "-2.5"}, {significant(25), "25"},
		{thousands(0), "0"}, {thousands(999), "999"}, {thousands(1000), "1,000"}, {thousands(-1234567), "-1,234,567"}, {thousands(-12), "-12"},
		{duration(.0032), "3.2 ms"}, {duration(0), "0 s"}, {duration(119), "119 s"}, {duration(600), "10 min"}, {duration(36000), "10 h"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestMarksOfManyNotes(t *testing.T) {
	number := map[string]int{}
	for i := range 12 {
		number[string(rune('a'+i))] = i + 1
	}
	for notes, want := range map[string]string{"": "", "a": "¹", "ab": "¹⁺²", "abc": "¹⁻³", "acde": "¹⁺³⁻⁵", "jklb": "¹⁰⁻¹²⁺²"} {
		if got := marks(&Cell{notes: strings.Split(notes, "")}, number); got != want {
			t.Errorf("%s: %s, want %s", notes, got, want)
		}
	}
}

func TestEstimates(t *testing.T) {
	for _, c := range []struct {
		cell Cell
		show string
		csv  []string
	}{
		{Estimate(8.0123, 2.2, 14.04), "8.01 [2.2–14]", []string{"8.0123", "2.2", "14.04"}},
		{Estimate(-.25, -.5, .1), "-0.25 [-0.5–0.1]", []string{"-0.25", "-0.5", "0.1"}},
		{Unbounded(0), "0", []string{"0", "n/a", "n/a"}},
		{Missing("not counted"), "n/a", []string{"n/a", "n/a", "n/a"}},
	} {
		if got := c.cell.show(); got != c.show {
			t.Errorf("shows %q, want %q", got, c.show)
		}
		if got := c.cell.csv(KindEstimate); !slices.Equal(got, c.csv) {
			t.Errorf("CSV %q, want %q", got, c.csv)
		}
	}
	unbounded := Unbounded(2)
	text, err := json.Marshal(unbounded.json())
	if err != nil || string(text) != `{"value":2}` {
		t.Errorf("JSON %s, %v", text, err)
	}
}
