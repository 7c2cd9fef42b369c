package gate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestReadyWorkflow holds what benchmarks/ci gives to rule repositories: a gate file that can be read, and a workflow that is YAML and
// calls the gate with the files it speaks of.
func TestReadyWorkflow(t *testing.T) {
	dir := filepath.Join("..", "..", "benchmarks", "ci")
	text, err := os.ReadFile(filepath.Join(dir, "gate.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseConfig("gate.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.MustCatch) == 0 || len(c.Allowed) == 0 || c.Detection == nil || c.Memory == nil {
		t.Errorf("the sample shows too little: %+v", c)
	}
	text, err = os.ReadFile(filepath.Join(dir, "workflow.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct{ Run string }
		}
	}
	if err := yaml.Unmarshal(text, &workflow); err != nil {
		t.Fatal(err)
	}
	for _, s := range workflow.Jobs["gate"].Steps {
		if strings.HasPrefix(s.Run, "evilbench gate ci/baseline.json out --config ci/gate.yaml") {
			return
		}
	}
	t.Error("the workflow does not call the gate")
}
