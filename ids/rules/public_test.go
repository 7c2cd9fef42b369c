package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// data is a path inside the shared material, or the end of the test where there is none.
func data(t *testing.T, path string) string {
	t.Helper()
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	full := filepath.Join(root, filepath.FromSlash(path))
	if _, err := os.Stat(full); err != nil {
		if strings.Contains(os.Getenv("EVILBENCH_REQUIRE"), "data") {
			t.Fatalf("required: %v", err)
		}
		t.Skipf("no shared data: %v", err)
	}
	return full
}

func TestPublicRulesets(t *testing.T) {
	config, err := Classification()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]struct{ enabled, disabled int }{
		"rules/et-open-2024": {29080, 0},
		"rules/et-open-2025": {14040, 0},
		"rules/hunting":      {256, 31},
		"rules/nmap":         {10, 0},
	} {
		s, err := Load(data(t, path))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if s.Enabled != want.enabled || s.Disabled != want.disabled || s.Name != filepath.Base(path) {
			t.Errorf("%s: name %s, %d enabled, %d disabled, want %d and %d", path, s.Name, s.Enabled, s.Disabled, want.enabled, want.disabled)
		}
		for _, c := range s.Classtypes() {
			if !strings.Contains(string(config), "config classification: "+c+",") {
				t.Errorf("%s: classtype %s is not in classification.config", path, c)
			}
		}
	}
}

// Nine rules of ten in a production ruleset say enough for the table to place them.
func TestPublicRulesHaveKinds(t *testing.T) {
	s, err := Load(data(t, "rules/et-open-2024"))
	if err != nil {
		t.Fatal(err)
	}
	var mute int
	for _, r := range s.Rules {
		if len(s.Kinds(r.GID, r.SID, "", r.Message)) == 0 {
			mute++
		}
	}
	if 10*mute > s.Enabled {
		t.Errorf("%d of %d rules have no kind", mute, s.Enabled)
	}
}
