package main

import "testing"

// object walks through decoded JSON; a member that is absent fails the test.
type object map[string]any

func (o object) at(t *testing.T, name string) any {
	t.Helper()
	v, there := o[name]
	if !there {
		t.Fatalf("no member %q in %v", name, o)
	}
	return v
}

func (o object) object(t *testing.T, name string) object {
	t.Helper()
	v, ok := o.at(t, name).(map[string]any)
	if !ok {
		t.Fatalf("%q is no object: %v", name, o[name])
	}
	return v
}

func (o object) number(t *testing.T, name string) float64 {
	t.Helper()
	v, ok := o.at(t, name).(float64)
	if !ok || v < 0 {
		t.Fatalf("%q is no count: %v", name, o[name])
	}
	return v
}

func (o object) text(t *testing.T, name string) string {
	t.Helper()
	v, ok := o.at(t, name).(string)
	if !ok || v == "" {
		t.Fatalf("%q is no text, or empty: %v", name, o[name])
	}
	return v
}

// Readers of result.json rely on these members, whatever program they are written in.
func checkCell(t *testing.T, cell object) {
	t.Helper()
	if why, failed := cell["error"]; failed {
		t.Fatalf("the cell failed: %v", why)
	}
	detector := cell.object(t, "detector")
	for _, name := range []string{"engine", "version", "image"} {
		detector.text(t, name)
	}
	ruleset := cell.object(t, "ruleset")
	ruleset.text(t, "name")
	ruleset.text(t, "digest")
	if ruleset.number(t, "enabled") == 0 || ruleset.number(t, "failed") != 0 {
		t.Errorf("rules enabled: %v, failed: %v", ruleset["enabled"], ruleset["failed"])
	}
	corpus := cell.object(t, "corpus")
	corpus.text(t, "digest")
	if corpus.number(t, "packets") < corpus.number(t, "flows") || corpus.number(t, "flows") < corpus.number(t, "campaigns") {
		t.Errorf("packets %v, flows %v, campaigns %v: too few of one", corpus["packets"], corpus["flows"], corpus["campaigns"])
	}
	campaigns := cell.object(t, "campaigns")
	n, detected, strict := campaigns.number(t, "n"), campaigns.number(t, "detected"), campaigns.number(t, "strict")
	if n != corpus.number(t, "campaigns") || detected > n || strict > detected {
		t.Errorf("%v of %v campaigns detected, %v strictly; the corpus has %v", detected, n, strict, corpus["campaigns"])
	}
	if strict == 0 {
		t.Error("the bundled rules detect none of the smoke scenario's campaigns")
	}
	flows := cell.object(t, "flows")
	all := flows.number(t, "victim_replies")
	for _, name := range []string{"tp", "fp", "fn", "tn"} {
		all += flows.number(t, name)
	}
	if all != corpus.number(t, "flows") {
		t.Errorf("the verdicts on flows sum to %v, the corpus has %v", all, corpus["flows"])
	}
	alerts := cell.object(t, "alerts")
	sum := 0.0
	for _, name := range []string{"true", "false", "ambiguous", "unmatchable"} {
		sum += alerts.number(t, name)
	}
	if read := alerts.number(t, "read"); read == 0 || sum != read {
		t.Errorf("the verdicts on alerts sum to %v, read: %v", sum, read)
	}
	if _, ok := cell.at(t, "warnings").([]any); !ok {
		t.Errorf("warnings is no list: %v", cell["warnings"])
	}
}
