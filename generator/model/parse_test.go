package model

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/generator/fault"
)

const small = `{
 "format": "evilbench.model/1",
 "provenance": {"name": "small"},
 "profiles": {
  "flat": {"hours": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1], "weekdays": [1,1,1,1,1,1,1]}
 },
 "patterns": [
  {"name": "web", "per": "role:workstation", "rate": 10, "profile": "flat",
   "rows": [
    {"src": {"use": "self"}, "dst": {"set": "R", "from": "service:dns"}, "service": {"fix": "dns"}, "answer": {"set": "A", "from": "internet:web"}},
    {"after": {"law": "lognormal", "median": 0.1, "sigma": 0.5}, "src": {"use": "self"}, "dst": {"use": "A"}, "service": {"fix": "tls"}, "in_bytes": {"free": "down"}, "repeat": {"low": 1, "high": 2, "gap": {"law": "exponential", "mean": 1}, "redraw": ["down"]}}
   ],
   "variables": [
    {"name": "kind", "values": ["a", "b"], "table": [[0.5, 0.5]]},
    {"name": "down", "bins": [{"low": 1, "high": 10}, {"low": 10, "high": 99}], "parents": ["kind"], "table": [[0.5, 0.5], [0.1, 0.9]]}
   ]}
 ]
}`

func faults(t *testing.T, text string) []fault.Fault {
	t.Helper()
	m, err := Parse("test.json", []byte(text))
	var e *fault.Error
	if !errors.As(err, &e) || m != nil {
		t.Fatalf("got %v and %v, want a list of faults alone", m, err)
	}
	return e.Faults
}

func TestFaultsAreReportedTogether(t *testing.T) {
	text := small
	for _, change := range [][2]string{
		{"[0.1, 0.9]", "[0.1, 1.2]"},
		{`{"use": "A"}`, `{"use": "B"}`},
		{`"profile": "flat"`, `"profile": "falt"`},
		{`"law": "exponential"`, `"law": "exponetial"`},
	} {
		text = strings.Replace(text, change[0], change[1], 1)
	}
	want := []fault.Fault{
		{Path: "/patterns/0/profile", Message: `unknown profile "falt"`, Remedy: "did you mean flat?"},
		{Path: "/patterns/0/rows/1/dst/use", Message: `unknown placeholder "B"`, Remedy: "known: R, A, self"},
		{Path: "/patterns/0/rows/1/repeat/gap/law", Message: `unknown law "exponetial"`, Remedy: "did you mean exponential?"},
		{Path: "/patterns/0/variables/1/table/1/1", Message: "probability of 1.2", Remedy: "probabilities are between 0 and 1"},
	}
	got := faults(t, text)
	places := []string{`"profile": "falt"`, `"use": "B"`, `"law": "exponetial"`, "1.2"}
	for i := range got {
		if i < len(places) {
			line := strings.Split(text, "\n")[got[i].Line-1]
			if !strings.HasPrefix(line[got[i].Column-1:], places[i]) {
				t.Errorf("fault %d is placed at %q", i, line[got[i].Column-1:])
			}
		}
		got[i].Line, got[i].Column, got[i].Excerpt = 0, 0, ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestEachFault(t *testing.T) {
	for name, c := range map[string]struct{ old, new, path, message string }{
		"format":              {"model/1", "model/3", "/format", `format "evilbench.model/3" is not evilbench.model/2`},
		"sum":                 {"[0.1, 0.9]", "[0.1, 0.8]", "/patterns/0/variables/1/table/1", "probabilities sum to 0.9"},
		"negative":            {"[0.1, 0.9]", "[-0.1, 1.1]", "/patterns/0/variables/1/table/1/0", "probability of -0.1"},
		"short row":           {"[0.1, 0.9]", "[1]", "/patterns/0/variables/1/table/1", "1 probabilities, must be 2"},
		"missing row":         {", [0.1, 0.9]", "", "/patterns/0/variables/1/table", "1 rows, must be 2"},
		"cycle":               {`"values": ["a", "b"], "table": [[0.5, 0.5]]`, `"values": ["a", "b"], "parents": ["down"], "table": [[0.5, 0.5], [0.5, 0.5]]`, "/patterns/0/variables/0/parents", "the network has a cycle through kind, down"},
		"unknown parent":      {`["kind"]`, `["knid"]`, "/patterns/0/variables/1/parents/0", `unknown variable "knid"`},
		"use before set":      {`"dst": {"set": "R", "from": "service:dns"}`, `"dst": {"use": "A"}`, "/patterns/0/rows/0/dst/use", "placeholder A is used before it is set"},
		"set twice":           {`"set": "A"`, `"set": "R"`, "/patterns/0/rows/0/answer/set", "placeholder R is set already"},
		"self of a site":      {`"role:workstation"`, `"site"`, "/patterns/0/rows/0/src/use", "self is nobody in a pattern per site"},
		"unknown source":      {`"internet:web"`, `"web"`, "/patterns/0/rows/0/answer/from", `unknown source "web"`},
		"unknown service":     {`"service:dns"`, `"service:dsn"`, "/patterns/0/rows/0/dst/from", `unknown service "dsn"`},
		"bad service":         {`{"fix": "tls"}`, `{"fix": "tsl"}`, "/patterns/0/rows/1/service", `"tsl" is not a known service`},
		"two kinds of cell":   {`{"fix": "tls"}`, `{"fix": "tls", "free": "down"}`, "/patterns/0/rows/1/service", "a cell has exactly one of fix, set, use and free"},
		"fixed host":          {`"dst": {"use": "A"}`, `"dst": {"fix": "A"}`, "/patterns/0/rows/1/dst/fix", `unknown source "A"`},
		"free host":           {`"dst": {"use": "A"}`, `"dst": {"free": "kind"}`, "/patterns/0/rows/1/dst/free", `unknown source "a"`},
		"variable out of use": {`"in_bytes": {"free": "down"}`, `"state": {"free": "down"}`, "/patterns/0/rows/1/state/free", "variable down has a bin from 1 to 10, which is not SF, S0, REJ, RSTO or RSTR"},
		"unknown variable":    {`{"free": "down"}`, `{"free": "dwon"}`, "/patterns/0/rows/1/in_bytes/free", `unknown variable "dwon"`},
		"redraw of nothing":   {`["down"]`, `["dwon"]`, "/patterns/0/rows/1/repeat/redraw/0", `unknown variable "dwon"`},
		"repeat":              {`"low": 1, "high": 2, "gap"`, `"low": 3, "high": 2, "gap"`, "/patterns/0/rows/1/repeat", "3 to 2 times, must be 1 to 10000 and in order"},
		"negative delay":      {`"median": 0.1`, `"median": -0.1`, "/patterns/0/rows/1/after/median", "-0.1 s, must be 0 to 604800"},
		"law and parameter":   {`"mean": 1`, `"mean": 1, "median": 2`, "/patterns/0/rows/1/repeat/gap", "the exponential law has no median and sigma"},
		"bin order":           {`{"low": 10, "high": 99}`, `{"low": 10, "high": 9}`, "/patterns/0/variables/1/bins/1", "bin from 10 to 9, must be 0 to 1e+12 and in order"},
		"rate":                {`"rate": 10`, `"rate": -1`, "/patterns/0/rate", "rate of -1 a day, must be 0 to 1e+07"},
		"flood":               {`"rate": 10`, `"rate": 9e7`, "/patterns/0/rate", "up to 2.7e+08 flows a day, must be at most 1e+08"},
		"weights":             {`"weekdays": [1,1,1,1,1,1,1]`, `"weekdays": [0,0,0,0,0,0,0]`, "/profiles/flat/weekdays", "all weights are 0"},
		"hours":               {`"hours": [1,`, `"hours": [`, "/profiles/flat/hours", "23 weights, must be 24"},
		"nothing asked for":   {`, "answer": {"set": "A", "from": "internet:web"}`, "", "/patterns/0/rows/0", "a dns row that asks for nothing"},
		"unknown member":      {`"rate": 10`, `"raet": 10`, "/patterns/0/raet", "unknown member raet"},
		"member twice":        {`"rate": 10`, `"rate": 10, "rate": 11`, "/patterns/0/rate", ""},
		"wrong type":          {`"rate": 10`, `"rate": "ten"`, "/patterns/0/rate", "a JSON string does not fit here"},
		"boolean value":       {`{"fix": "tls"}`, `{"fix": true}`, "/patterns/0/rows/1/service/fix", "a value is a string or a number"},
		"torn":                {`"rate": 10`, `"rate": `, "/patterns/0/rate", ""},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(small, c.old, c.new, 1)
			if text == small {
				t.Fatal("the text was not changed")
			}
			got := faults(t, text)
			for _, f := range got {
				if f.Path == c.path && (c.message == "" || f.Message == c.message) && f.Line > 0 && f.Excerpt != "" {
					return
				}
			}
			t.Errorf("no fault %s: %s in %+v", c.path, c.message, got)
		})
	}
}

func TestHostileInput(t *testing.T) {
	wide := make([]string, 40)
	for i := range wide {
		wide[i] = fmt.Sprintf(`{"name": "v%d", "values": [1,2,3,4,5,6,7,8], "table": [[1,0,0,0,0,0,0,0]]}`, i)
	}
	parents := `"parents": ["v0","v1","v2","v3","v4","v5","v6","v7","v8","v9","v10","v11","v12","v13","v14","v15","v16","v17","v18","v19","v20","v21","v22"]`
	for name, text := range map[string]string{
		"empty": "", "null": "null", "a list": "[]", "deep": strings.Repeat("[", 100_000), "two values": small + small,
		"binary": "\x00\xff", "no pattern": `{"format": "evilbench.model/1"}`,
		"huge table": strings.Replace(small, `{"name": "kind"`, strings.Join(wide, ",")+`,{"name":"huge","values":[1],`+parents+`,"table":[]},{"name": "kind"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			if got := faults(t, text); len(got) == 0 || got[0].Message == "" {
				t.Errorf("faults %+v", got)
			}
		})
	}
}

func TestLoadAndDigest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.json")
	if err := os.WriteFile(path, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	first, err := m.Digest()
	if err != nil {
		t.Fatal(err)
	}
	spaced, err := Parse("spaced", []byte(strings.ReplaceAll(small, ",", " ,\n")))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := spaced.Digest(); err != nil || again != first {
		t.Errorf("spacing changes the digest: %s, %v", again, err)
	}
	m.Patterns[0].Rate++
	if other, err := m.Digest(); err != nil || other == first {
		t.Errorf("the rate does not change the digest: %v", err)
	}
	if _, err := Load("offise"); err == nil || !strings.Contains(err.Error(), "built-in model (office, workstation, example)") {
		t.Errorf("an unknown model gives %v", err)
	}
}

// Either a model that survives its canonical form or faults that can be shown.
func FuzzParse(f *testing.F) {
	office, err := builtin.ReadFile("example.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(office)
	f.Add([]byte(small))
	f.Add([]byte(`{"patterns":[{"rows":[{}],"variables":[{"parents":["a"]}]}],"profiles":{"a/b":null}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse("fuzz.json", data)
		if err != nil {
			var e *fault.Error
			if m != nil || !errors.As(err, &e) || len(e.Faults) == 0 || e.Error() == "" {
				t.Fatalf("model %v, error %v", m, err)
			}
			return
		}
		text, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("again.json", text)
		if err != nil {
			t.Fatalf("the canonical form is refused: %v", err)
		}
		second, err := again.Encode()
		if err != nil || string(second) != string(text) {
			t.Fatalf("encoding is not stable: %v", err)
		}
	})
}
