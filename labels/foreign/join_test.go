package foreign

import (
	"iter"
	"net/netip"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/flowlog"
	"github.com/google/go-cmp/cmp"
)

const (
	second = int64(1e9)
	hour   = 3600 * second
	base   = 1_500_000_000 * second
)

func tuple(src string, sport uint16, dst string, dport uint16) labels.Tuple {
	return labels.Tuple{Src: netip.MustParseAddr(src), Sport: sport, Dst: netip.MustParseAddr(dst), Dport: dport, Proto: 6}
}

var (
	there     = tuple("10.0.0.1", 4000, "192.0.2.1", 80)
	back      = tuple("192.0.2.1", 80, "10.0.0.1", 4000)
	elsewhere = tuple("10.0.0.2", 4000, "192.0.2.1", 80)
)

func line(t labels.Tuple, start, end int64, class labels.Class, label string) flowlog.Record {
	return flowlog.Record{Flow: labels.Flow{Tuple: t, Start: base + start, End: base + end, Class: class}, Label: label, Timed: true}
}

func records(list ...flowlog.Record) iter.Seq2[flowlog.Record, error] { return whole(list) }

func TestFind(t *testing.T) {
	accused := func(start, end int64) flowlog.Record { return line(there, start, end, labels.Malicious, "DoS Hulk") }
	benign := func(start, end int64) flowlog.Record { return line(there, start, end, labels.Benign, "BENIGN") }
	half := accused(0, second)
	half.HalfDay = true
	minute := accused(0, 0)
	minute.Accuracy = 60 * second
	for name, c := range map[string]struct {
		lines      []flowlog.Record
		flow       labels.Tuple
		start, end int64
		want       labels.Class
		unhit      int64
	}{
		"same way":              {[]flowlog.Record{accused(0, second)}, there, 0, second, labels.Malicious, 0},
		"other way":             {[]flowlog.Record{accused(0, second)}, back, 0, second, labels.Malicious, 0},
		"other ends":            {[]flowlog.Record{accused(0, second)}, elsewhere, 0, second, "", 1},
		"within slack":          {[]flowlog.Record{accused(0, second)}, there, 2 * second, 3 * second, labels.Malicious, 0},
		"too late":              {[]flowlog.Record{accused(0, second)}, there, 4 * second, 5 * second, "", 1},
		"longest overlap":       {[]flowlog.Record{benign(0, second), accused(second, 9*second)}, there, 0, 9 * second, labels.Malicious, 0},
		"nearest of the points": {[]flowlog.Record{accused(0, 0), benign(second, second)}, there, second, second, labels.Benign, 0},
		"a tie accuses":         {[]flowlog.Record{benign(0, second), accused(0, second)}, there, 0, second, labels.Malicious, 0},
		"reused port":           {[]flowlog.Record{benign(0, second), accused(hour, hour+second)}, there, hour, hour + second, labels.Malicious, 1},
		"12-hour clock":         {[]flowlog.Record{half}, there, 12 * hour, 12*hour + second, labels.Malicious, 0},
		"24-hour clock":         {[]flowlog.Record{accused(0, second)}, there, 12 * hour, 12*hour + second, "", 1},
		"time in minutes":       {[]flowlog.Record{minute}, there, 59 * second, 60 * second, labels.Malicious, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := gather("x.log", records(c.lines...))
			if err != nil {
				t.Fatal(err)
			}
			class, attack := m.find(&labels.Flow{Tuple: c.flow, Start: base + c.start, End: base + c.end})
			if class != c.want || m.unhit() != c.unhit {
				t.Errorf("class %q, %d labels without a flow; want %q, %d", class, m.unhit(), c.want, c.unhit)
			}
			if class == labels.Malicious && attack != "dos-hulk" {
				t.Errorf("attack is %q", attack)
			}
		})
	}
}

func TestDisagreementIsCounted(t *testing.T) {
	m, err := gather("x.log", records(line(there, 0, second, labels.Benign, "BENIGN"), line(there, 0, second, labels.Malicious, "Bot")))
	if err != nil {
		t.Fatal(err)
	}
	m.find(&labels.Flow{Tuple: there, Start: base, End: base + second})
	if m.disagree != 1 {
		t.Errorf("%d disagreements, want 1", m.disagree)
	}
}

func TestLabelsOfAnotherCapture(t *testing.T) {
	m, err := gather("x.log", records(line(there, 0, second, labels.Benign, "BENIGN")))
	if err != nil {
		t.Fatal(err)
	}
	m.find(&labels.Flow{Tuple: elsewhere, Start: base, End: base + second})
	if got := m.other().Error(); !strings.Contains(got, "label file is for another capture") || strings.Contains(got, "zone") {
		t.Error(got)
	}
	m.find(&labels.Flow{Tuple: there, Start: base + 3*hour + second, End: base + 3*hour + 2*second})
	if got := m.other().Error(); !strings.Contains(got, "in the capture 3h0m0s later: is the log in another time zone?") {
		t.Error(got)
	}
}

func TestNoLabels(t *testing.T) {
	if _, err := gather("x.log", records(line(there, 0, 0, "", ""))); err == nil || !strings.Contains(err.Error(), "none of its 1 lines has a label") {
		t.Error(err)
	}
}

func TestAttackName(t *testing.T) {
	for _, c := range [][3]string{
		{"DoS Hulk", "", "dos-hulk"}, {"Web Attack - Brute Force", "", "web-attack-brute-force"}, {"Malicious", "C&C", "c-c"},
		{"Malicious", "-", "malicious"}, {"Web Attack \ufffd XSS", "", "web-attack-xss"}, {"…", "", "unnamed"},
	} {
		if got := attackName(c[0], c[1]); got != c[2] {
			t.Errorf("%q, %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestHintsAreKnownKinds(t *testing.T) {
	known := map[string]bool{}
	for _, kind := range labels.Kinds() {
		known[kind] = true
	}
	for _, h := range hints {
		for _, kind := range h.kinds {
			if !known[kind] {
				t.Errorf("%s expects %q, which FORMAT.md does not list", h.part, kind)
			}
		}
	}
}

func TestHomeGuess(t *testing.T) {
	var h home
	if prefixes, found := h.guess(); found || len(prefixes) != 3 {
		t.Errorf("nothing seen: %v, %v", prefixes, found)
	}
	h.add(&labels.Flow{Tuple: tuple("8.8.8.8", 53, "192.168.3.4", 99)})
	h.add(&labels.Flow{Tuple: there})
	prefixes, found := h.guess()
	if diff := cmp.Diff([]string{"10.0.0.0/8", "192.168.0.0/16"}, prefixes); diff != "" || !found {
		t.Error(diff, found)
	}
}

func TestCampaignRows(t *testing.T) {
	c := campaigns{by: map[string]*campaign{}}
	for _, f := range []labels.Flow{
		{Tuple: there, Start: 50, End: 60, Campaign: "dos-hulk"},
		{Tuple: elsewhere, Start: 20, End: 90, Campaign: "dos-hulk"},
		{Tuple: there, Start: 10, End: 11, Campaign: "bot"},
		{Tuple: there, Start: 1, End: 2},
	} {
		c.add(&f)
	}
	want := []labels.Campaign{
		{Campaign: "bot", Attack: "bot", Start: 10, End: 11, Sources: []string{"10.0.0.1"}, Targets: []string{"192.0.2.1"}, Parameters: "{}", Expects: []string{"c2"}},
		{Campaign: "dos-hulk", Attack: "dos-hulk", Start: 20, End: 90, Sources: []string{"10.0.0.1", "10.0.0.2"}, Targets: []string{"192.0.2.1"}, Parameters: "{}", Expects: []string{"dos"}},
	}
	if diff := cmp.Diff(want, c.rows()); diff != "" {
		t.Error(diff)
	}
}
