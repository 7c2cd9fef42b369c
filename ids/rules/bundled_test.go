package rules

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestBundled(t *testing.T) {
	s, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	if !s.Bundled || s.Name != Bundled || s.Disabled != 0 || s.Enabled < 60 {
		t.Errorf("bundled %v, name %q, %d enabled, %d disabled", s.Bundled, s.Name, s.Enabled, s.Disabled)
	}
	config, err := Classification()
	if err != nil {
		t.Fatal(err)
	}
	classes := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^config classification: ([a-z0-9-]+),[^,]+,[1-4]$`).FindAllSubmatch(config, -1) {
		if name := string(m[1]); classes[name] {
			t.Errorf("classification.config: %s occurs twice", name)
		}
		classes[string(m[1])] = true
	}
	references, err := References()
	if err != nil {
		t.Fatal(err)
	}
	technique := regexp.MustCompile(`^T\d{4}(?:\.\d{3})?$`)
	seen, covered := map[ID]Rule{}, map[string]bool{}
	for _, r := range s.Rules {
		at := r.File + " sid"
		if first, twice := seen[r.ID]; twice {
			t.Errorf("%s %d: also in %s", at, r.SID, first.File)
		}
		seen[r.ID] = r
		if r.GID != 1 || r.SID < 9_000_001 || r.SID > 9_000_999 || r.Rev < 1 || r.Action != "alert" {
			t.Errorf("%s %d: gid %d, rev %d, action %s", at, r.SID, r.GID, r.Rev, r.Action)
		}
		if !strings.HasPrefix(r.Message, "EVILBENCH ") {
			t.Errorf("%s %d: message %q", at, r.SID, r.Message)
		}
		if !classes[r.Classtype] {
			t.Errorf("%s %d: classtype %q is not in classification.config", at, r.SID, r.Classtype)
		}
		kinds := r.Tagged(KindTag)
		if len(kinds) == 0 {
			t.Errorf("%s %d: no %s", at, r.SID, KindTag)
		}
		for _, k := range kinds {
			covered[k] = true
			if !slices.Contains(AllKinds(), k) {
				t.Errorf("%s %d: unknown kind %q", at, r.SID, k)
			}
		}
		if a := r.Tagged("attack"); len(a) != 1 || !technique.MatchString(a[0]) {
			t.Errorf("%s %d: attack %q, want one technique", at, r.SID, a)
		}
		for _, ref := range r.References {
			kind, _, _ := strings.Cut(ref, ",")
			if !strings.Contains(string(references), "config reference: "+kind+" ") {
				t.Errorf("%s %d: reference type %q is not in reference.config", at, r.SID, kind)
			}
		}
	}
	for _, k := range AllKinds() {
		if !covered[k] {
			t.Errorf("no bundled rule speaks of %s", k)
		}
	}
}

// Every category the table knows is spelt as the bundled classification.config spells it.
func TestClassesMatchTheConfig(t *testing.T) {
	config, err := Classification()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range byClass {
		if !strings.Contains(string(config), "config classification: "+c.classtype+","+c.category+",") {
			t.Errorf("%s, %s: not in classification.config", c.classtype, c.category)
		}
		for _, k := range c.kinds {
			if !slices.Contains(AllKinds(), k) {
				t.Errorf("%s: unknown kind %q", c.classtype, k)
			}
		}
	}
}
