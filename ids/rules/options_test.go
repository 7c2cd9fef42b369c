package rules

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const counting = `alert tcp any any -> any 22 (msg:"a \; b"; content:"x|3b|"; nocase; threshold: type both, track by_src, count 5, seconds 120; sid:7; rev:2;)`

func load(t *testing.T, text string) *Set {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.rules")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOptions(t *testing.T) {
	r := load(t, counting).Rules[0]
	want := []Option{
		{"msg", `"a \; b"`}, {"content", `"x|3b|"`}, {"nocase", ""}, {"threshold", "type both, track by_src, count 5, seconds 120"}, {"sid", "7"}, {"rev", "2"},
	}
	if diff := cmp.Diff(want, slices.Collect(r.Options())); diff != "" {
		t.Error(diff)
	}
	if v, ok := r.Option("sid"); !ok || v != "7" {
		t.Errorf("option sid: %q, %v", v, ok)
	}
	if v, ok := r.Option("pcre"); ok {
		t.Errorf("option pcre: %q", v)
	}
	got := r.Without(Option.Counts)
	if want := `alert tcp any any -> any 22 (msg:"a \; b"; content:"x|3b|"; nocase; sid:7; rev:2;)`; got != want {
		t.Errorf("without its threshold:\n%s\nwant\n%s", got, want)
	}
	if again := load(t, got).Rules[0]; again.Message != r.Message || again.SID != r.SID {
		t.Errorf("what is left reads as %+v", again)
	}
}

func TestThreshold(t *testing.T) {
	for _, c := range []struct {
		option    string
		want      Threshold
		withholds bool
	}{
		{"threshold:type both, track by_src, count 5, seconds 120;", Threshold{"both", "by_src", 5, 120}, true},
		{"threshold:type limit,track by_dst,count 1,seconds 60;", Threshold{"limit", "by_dst", 1, 60}, false},
		{"threshold:type threshold, track by_rule, count 1, seconds 60;", Threshold{"threshold", "by_rule", 1, 60}, false},
		{"detection_filter:track by_src, count 30, seconds 10;", Threshold{"detection_filter", "by_src", 30, 10}, true},
	} {
		r := load(t, "alert ip any any -> any any (msg:\"m\"; "+c.option+" sid:1;)").Rules[0]
		got, ok := r.Threshold()
		if !ok || got != c.want || got.Withholds() != c.withholds {
			t.Errorf("%s: %+v, %v, withholds %v", c.option, got, ok, got.Withholds())
		}
	}
	if r := load(t, `alert ip any any -> any any (msg:"m"; sid:1;)`).Rules[0]; true {
		if got, ok := r.Threshold(); ok {
			t.Errorf("a rule that does not count: %+v", got)
		}
	}
}

// What an archive holds reads back as the same ruleset, with its disabled rules.
func TestArchive(t *testing.T) {
	s := load(t, "# a remark\n"+counting+"\n#alert udp any any -> any 53 (msg:\"off\"; \\\n# content:\"y\"; sid:8;)\n# alert me\nalert ip any any -> any any (msg:\"m\"; sid:9;)\n")
	if len(s.Rules) != 2 || len(s.Dormant) != 1 || s.Disabled != 1 || s.Dormant[0].SID != 8 {
		t.Fatalf("%d rules, dormant %+v", len(s.Rules), s.Dormant)
	}
	path := filepath.Join(t.TempDir(), "archive.rules")
	if err := s.WriteArchive(path); err != nil {
		t.Fatal(err)
	}
	back, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if back.Digest != s.Digest || back.Disabled != s.Disabled {
		t.Errorf("digest %s, want %s; %d disabled", back.Digest, s.Digest, back.Disabled)
	}
	place := cmpopts.IgnoreFields(Rule{}, "File", "Line")
	if diff := cmp.Diff(s.Rules, back.Rules, place); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(s.Dormant, back.Dormant, place); diff != "" {
		t.Error(diff)
	}
}

func TestRuleKinds(t *testing.T) {
	s := load(t, `alert ip any any -> any any (msg:"m"; classtype:network-scan; sid:1;)
#alert ip any any -> any any (msg:"m"; metadata:evilbench_kind c2; sid:2;)`)
	if got := s.Rules[0].Kinds(); !cmp.Equal(got, []string{Scan}) {
		t.Errorf("by class: %v", got)
	}
	if got := s.Dormant[0].Kinds(); !cmp.Equal(got, []string{C2}) {
		t.Errorf("by tag, disabled: %v", got)
	}
}

// A rule that is read can be taken apart and put together again.
func FuzzOptions(f *testing.F) {
	f.Add(counting)
	f.Add(`alert ip any any -> any any (msg:"\\"; noalert ; sid : 1 ;)`)
	f.Fuzz(func(t *testing.T, text string) {
		r, fault := parse(text)
		if fault != nil {
			return
		}
		r.Text = text
		again, fault := parse(r.Without(func(Option) bool { return false }))
		if fault != nil || again.ID != r.ID || again.Message != r.Message {
			t.Errorf("%q becomes %q: %+v", text, r.Without(func(Option) bool { return false }), fault)
		}
	})
}
