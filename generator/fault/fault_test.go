package fault

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestErrorShowsPlaceExcerptAndRemedy(t *testing.T) {
	data := []byte("first\nname: käse x\nlast")
	err := New("f.yaml", data, []Fault{
		{Path: "b", Line: 3, Column: 1, Message: "later"},
		{Path: "a", Line: 2, Column: 12, Message: "unknown x", Remedy: "did you mean y?"},
	})
	want := "f.yaml: 2 faults\n" +
		"f.yaml:2:12: a: unknown x\n" +
		"     2 | name: käse x\n" +
		"       |            ^\n" +
		"    remedy: did you mean y?\n" +
		"f.yaml:3:1: b: later\n" +
		"     3 | last\n" +
		"       | ^"
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
}

func TestNoFaultIsNoError(t *testing.T) {
	if err := New("f", nil, nil); err != nil {
		t.Error(err)
	}
}

func TestExcerptIsSafeAndShort(t *testing.T) {
	long := strings.Repeat("x", 300) + "\x1b[31m" + strings.Repeat("y", 300)
	got := excerpt([]byte(long), 1, 302)
	lines := strings.Split(got, "\n")
	if strings.ContainsRune(got, '\x1b') || len(lines[0]) > 120 {
		t.Errorf("excerpt %q", got)
	}
	if caret := strings.Index(lines[1], "^"); lines[0][caret] != '[' {
		t.Errorf("the caret points at %q:\n%s", lines[0][caret], got)
	}
	for _, place := range [][2]int{{0, 1}, {1, 0}, {2, 1}, {-1, -1}} {
		if got := excerpt([]byte("one line"), place[0], place[1]); got != "" {
			t.Errorf("place %v gives %q", place, got)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"tcp-syn-scan", "udp-scan", "http", "https", "name"}
	for word, want := range map[string]string{
		"tcp-sin-scan": "tcp-syn-scan", "htpp": "http", "nmae": "name", "NAME": "name", "zebra": "", "": "", "q": "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
	if got := Suggest("zebra", known[:2]); got != "known: tcp-syn-scan, udp-scan" {
		t.Errorf("Suggest gives %q", got)
	}
}

func TestManyFaultsAreCounted(t *testing.T) {
	err := New("f", nil, make([]Fault, maxShown+3))
	if !strings.HasSuffix(err.Error(), "and 3 more") {
		t.Errorf("the end is %q", err.Error()[max(0, len(err.Error())-40):])
	}
}
