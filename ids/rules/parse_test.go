package rules

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	text := `alert tcp [10.0.0.0/8, !10.1.1.1] any -> $HOME_NET [80,8080] (msg:"say \"hi\"\; a\\b: c"; flow:established,to_server; ` +
		`content:"|3b|\;x"; flowbits:set,seen; flowbits:noalert; reference:cve,2021-44228; reference:url,example.org/a; ` +
		`metadata:evilbench_kind scan, evilbench_kind lateral, lonely; classtype:attempted-admin; sid:42; rev:7; gid:3;)`
	got, fault := parse(text)
	if fault != nil {
		t.Fatal(fault)
	}
	want := Rule{
		ID: ID{GID: 3, SID: 42}, Rev: 7, Action: "alert", Protocol: "tcp",
		Source: "[10.0.0.0/8, !10.1.1.1]", SourcePort: "any", Direction: "->", Target: "$HOME_NET", TargetPort: "[80,8080]",
		Message: `say "hi"; a\b: c`, Classtype: "attempted-admin", Flow: []string{"established", "to_server"}, Silent: true,
		References: []string{"cve,2021-44228", "url,example.org/a"},
		Metadata:   []Tag{{"evilbench_kind", "scan"}, {"evilbench_kind", "lateral"}, {"lonely", ""}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"scan", "lateral"}, got.Tagged(KindTag)); diff != "" {
		t.Error(diff)
	}
}

func TestParseFaults(t *testing.T) {
	for text, want := range map[string]string{
		"alert tcp any any -> any any":                                  "no options in parentheses",
		"alert tcp any any -> any any (sid:1;":                          "does not end with )",
		"alert tcp any any -> any any (sid:1)":                          "without a semicolon",
		"alert tcp any any -> any any (msg:\"x\";)":                     "no sid",
		"alert tcp any any -> any any (sid:0;)":                         "sid is \"0\"",
		"alert tcp any any -> any any (sid:99999999999;)":               "sid is",
		"alert tcp any any -> any any (sid:1; rev:x;)":                  "rev is \"x\"",
		"alert tcp any any -> any any (msg:hello; sid:1;)":              "msg without quotes",
		"alert tcp any any -> any any (msg:\"; sid:1;)":                 "msg without quotes",
		"alert tcp any any any (sid:1;)":                                "header of 5 fields",
		"alert tcp any any ~> any any (sid:1;)":                         "unknown direction",
		"alert tcp [any any -> any any (sid:1;)":                        "unbalanced",
		"alert tcp any] any -> any any (sid:1;)":                        "unbalanced",
		"alarm tcp any any -> any any (sid:1;)":                         "unknown action \"alarm\"",
		"(sid:1;)":                                                      "unknown action \"\"",
		"alert tcp any any -> any any (;sid:1;)":                        "without a name",
		"alert tcp any any -> any any (sid:1;\x00)":                     "zero byte",
		"alert tcp any any -> any any (" + strings.Repeat("a", maxRule): "rule of",
	} {
		_, fault := parse(text)
		if fault == nil {
			t.Errorf("%.60q: no fault, want %q", text, want)
			continue
		}
		if !strings.Contains(fault.what, want) || fault.remedy == "" {
			t.Errorf("%.60q: fault %q with remedy %q, want %q", text, fault.what, fault.remedy, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("alert tcp any any -> any any (msg:\"a\\;b\"; sid:1;)\n# alert tcp \\\n#  any any -> any any (sid:2;)\n"))
	f.Add([]byte("\xef\xbb\xbfdrop http [1.2.3.4,\t!5.6.7.8] any <> any any ( \\\r\n sid : 3 ; metadata: a b,, c ;)"))
	f.Add([]byte("# remark with a backslash \\\nalert ip any any -> any any (sid:4;)\\"))
	f.Add([]byte("alert tcp [[] any -> any any (msg:\"\\\"; sid:4294967295; gid:0;)"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := newSet("fuzz", []file{{"fuzz.rules", text}})
		if err != nil {
			var fault *Fault
			if !errors.As(err, &fault) || fault.Line < 1 || fault.Remedy == "" {
				t.Fatalf("error without place or remedy: %v", err)
			}
			return
		}
		// What was written is read back as the same rules: the text is its own normal form.
		again, err := newSet("fuzz", []file{{"fuzz.rules", s.text}})
		if err != nil {
			t.Fatalf("own text refused: %v", err)
		}
		if again.Digest != s.Digest || again.Enabled != s.Enabled || again.Disabled != 0 {
			t.Fatalf("digest %s, %d enabled, %d disabled; want %s, %d, 0", again.Digest, again.Enabled, again.Disabled, s.Digest, s.Enabled)
		}
	})
}
