package model

import (
	"strings"
	"testing"
)

const automatonText = `{"symbols":[{"name":"S_>","direction":1},{"name":"RA_<","direction":2}],"dims":2,"states":4,"initial":0,"accepting":3,"edges":[
 {"from":0,"to":1,"symbol":0,"probability":1,"guard":{"mean":[0,0],"covariance":[1,0,1]}},
 {"from":1,"to":2,"symbol":1,"probability":1,"guard":{"mean":[30,0],"covariance":[1,0,1]}},
 {"from":2,"to":3,"symbol":-1,"probability":1}]}`

// withHeaders is the small model with automata.
func withHeaders(list string) string {
	return strings.Replace(strings.Replace(small, "evilbench.model/1", Format, 1), `"patterns": [`, `"headers": [`+list+`], "patterns": [`, 1)
}

func TestHeadersAreReadAndWritten(t *testing.T) {
	m, err := Parse("test.json", []byte(withHeaders(`{"service":"http","proto":"tcp","state":"REJ","words":12,"automaton":`+automatonText+`}`)))
	if err != nil {
		t.Fatal(err)
	}
	out, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("again.json", out)
	if err != nil {
		t.Fatal(err)
	}
	if lines := Diff(m, again); len(lines) > 0 || len(again.Headers) != 1 || again.Headers[0].Words != 12 {
		t.Errorf("written and read: %v", lines)
	}
	again.Headers[0].Automaton.Edges[1].Guard.Mean[0] = 40
	if lines := Diff(m, again); len(lines) != 1 || !strings.Contains(lines[0], "headers http/tcp/REJ changed") {
		t.Errorf("another delay: %v", lines)
	}
}

func TestFaultsOfHeaders(t *testing.T) {
	one := `{"service":"http","proto":"tcp","state":"REJ","words":12,"automaton":` + automatonText + `}`
	for want, list := range map[string]string{
		"another automaton of http":        one + "," + one,
		"did you mean http?":               strings.Replace(one, `"http"`, `"htpt"`, 1),
		"write tcp or udp":                 strings.Replace(one, `"tcp"`, `"icmp"`, 1),
		`unknown state "REX"`:              strings.Replace(one, "REJ", "REX", 1),
		`symbol "login"`:                   strings.Replace(one, "S_>", "login", 1),
		"no automaton":                     `{"service":"http","proto":"tcp","state":"REJ","words":12,"automaton":null}`,
		"headers have a time and a size":   strings.Replace(one, `"dims":2`, `"dims":1`, 1),
		"sum to 0.5":                       strings.Replace(one, `"symbol":1,"probability":1`, `"symbol":1,"probability":0.5`, 1),
		"no word comes to the accepting":   strings.Replace(one, `{"from":2,"to":3,"symbol":-1,"probability":1}`, `{"from":2,"to":1,"symbol":0,"probability":1}`, 1),
		"is no packet header over udp":     strings.Replace(one, `"tcp"`, `"udp"`, 1),
		"4000000 states":                   strings.Replace(one, `"states":4`, `"states":4000000`, 1),
		"edge 0: from state 0 to 9 of 4":   strings.Replace(one, `"to":1`, `"to":9`, 1),
		"a guard of 1 means":               strings.Replace(one, `"mean":[0,0]`, `"mean":[0]`, 1),
		"/headers/0/automaton/symbols/0":   strings.Replace(one, "S_>", "S_<", 1),
		"leads to the accepting state, an": strings.Replace(one, `"symbol":-1`, `"symbol":1`, 1),
	} {
		found := false
		var all []string
		for _, f := range faults(t, withHeaders(list)) {
			text := f.Path + " " + f.Message + " " + f.Remedy
			all = append(all, text)
			found = found || strings.Contains(text, want)
		}
		if !found {
			t.Errorf("%q is not among %q", want, all)
		}
	}
}
