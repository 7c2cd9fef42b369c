package harness_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/evilbench/evilbench/"

// allowed says which folders each folder may import (ARCHITECTURE.md, "Folders").
var allowed = map[string][]string{
	"labels":     {"labels"},
	"generator":  {"labels", "generator", "benchmarks"},
	"ids":        {"labels", "ids", "benchmarks"},
	"harness":    {"labels", "generator", "ids", "harness", "benchmarks"},
	"reports":    {"labels", "generator", "ids", "harness", "reports"},
	"cmd":        {"labels", "generator", "ids", "harness", "reports", "cmd", "benchmarks"},
	"benchmarks": {},
}

// owner says which single folder may import a package of somebody else's.
var owner = map[string]string{
	"github.com/google/gopacket":                  "labels/wire",
	"github.com/testcontainers/testcontainers-go": "ids/runner",
	"github.com/olekukonko/tablewriter":           "reports/table",
	"github.com/spf13/cobra":                      "cmd/evilbench",
}

func TestImportsPointLeft(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := 0
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages++
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, i := range p.Imports {
			checkImport(t, from, i)
		}
	}
	if packages < 15 {
		t.Errorf("go list named %d packages: the test did not see the module", packages)
	}
}

func checkImport(t *testing.T, from, imported string) {
	t.Helper()
	for pkg, home := range owner {
		if (imported == pkg || strings.HasPrefix(imported, pkg+"/")) && from != home {
			t.Errorf("%s imports %s, which only %s may", from, imported, home)
		}
	}
	to, ours := strings.CutPrefix(imported, module)
	if !ours {
		return
	}
	folder, _, _ := strings.Cut(from, "/")
	target, _, _ := strings.Cut(to, "/")
	list, known := allowed[folder]
	if !known {
		t.Errorf("%s is in a folder that the architecture does not name", from)
	}
	for _, a := range list {
		if a == target {
			return
		}
	}
	t.Errorf("%s imports %s: %s may only import %v", from, to, folder, list)
}
