package join

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/labels"
)

func TestCountsSum(t *testing.T) {
	alerts := []labels.Alert{
		alert(func(a *labels.Alert) { a.Packet = 3 }),
		alert(func(a *labels.Alert) { a.Packet = 1 }),
		alert(func(a *labels.Alert) {
			a.Time, a.FlowStart = t0+45*sec, t0
			talk(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}),
		alert(func(a *labels.Alert) {}),
	}
	_, got := matchAll(t, office(), alerts, Options{})
	want := Counts{Read: 4, True: 1, False: 1, Ambiguous: 1, Unmatchable: 1, Rungs: []Rung{
		{RungPacket, 2}, {RungFlow, 1}, {RungTuple, 0}, {RungICMP, 0}, {RungFragment, 0}, {RungHost, 0},
		{RungTime, 0}, {RungNone, 1},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

func TestLostVerdictIsAnError(t *testing.T) {
	for name, m := range map[string]labels.Match{
		"no verdict": {Rung: RungPacket},
		"no rung":    {Verdict: labels.VerdictTrue},
	} {
		tl := tally{rungs: map[string]int64{}}
		tl.add(&m)
		if _, err := tl.close(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestErrorsEndTheJoin(t *testing.T) {
	broken := errors.New("torn table")
	bad := func(yield func(labels.Alert, error) bool) { yield(labels.Alert{}, broken) }
	if _, err := Run(office(), bad, func(*labels.Match) error { return nil }, Options{}); !errors.Is(err, broken) {
		t.Errorf("alerts: %v", err)
	}
	full := errors.New("disk full")
	one := list([]labels.Alert{alert(func(*labels.Alert) {})})
	if _, err := Run(office(), one, func(*labels.Match) error { return full }, Options{}); !errors.Is(err, full) {
		t.Errorf("sink: %v", err)
	}
}

func TestTruthThatContradictsItself(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Truth)
		want   string
	}{
		"campaign twice": {func(x *Truth) { x.Campaigns = append(x.Campaigns, x.Campaigns[0]) }, "occurs twice"},
		"flow of an unknown campaign": {func(x *Truth) {
			x.Flows = list([]labels.Flow{{Flow: 1, Campaign: "other"}})
		}, `flow 1 names campaign "other"`},
		"flow numbers with a gap": {func(x *Truth) { x.Flows = list([]labels.Flow{{Flow: 2}}) }, "row 1 has number 2"},
		"packet of an unknown flow": {func(x *Truth) {
			x.Packets = list([]labels.Packet{{Index: 1, Flow: 18}})
		}, "flow 18 of 9"},
		"packet of an unknown campaign": {func(x *Truth) {
			x.Packets = list([]labels.Packet{{Index: 1, Campaign: "other"}})
		}, `names campaign "other"`},
		"packet numbers with a gap": {func(x *Truth) { x.Packets = list([]labels.Packet{{Index: 2}}) }, "row 1 has index 2"},
		"no packets":                {func(x *Truth) { x.Packets = list([]labels.Packet{}) }, "table is empty"},
	} {
		truth := office()
		c.change(&truth)
		_, err := Run(truth, list([]labels.Alert{}), func(*labels.Match) error { return nil }, Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
}
