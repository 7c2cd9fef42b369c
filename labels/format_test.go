package labels

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/google/go-cmp/cmp"
)

// documented is one row of a column table in FORMAT.md.
type documented struct {
	Name, Type string
	Nullable   bool
}

func TestFormatPageIsTheSchemas(t *testing.T) {
	page, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	compare := func(name, format string, schema *arrow.Schema) {
		t.Run(name, func(t *testing.T) {
			section := sectionOf(t, string(page), name)
			if !strings.Contains(section, "`"+format+"`") {
				t.Errorf("the section does not name %s", format)
			}
			var want []documented
			for _, f := range schema.Fields() {
				typ := strings.ReplaceAll(f.Type.String(), ", nullable", "")
				want = append(want, documented{f.Name, typ, f.Nullable})
			}
			if diff := cmp.Diff(want, columnsOf(section)); diff != "" {
				t.Errorf("schema (-) and page (+) differ:\n%s", diff)
			}
		})
	}
	compare(Packets.Name(), Packets.Format(), Packets.Schema())
	compare(Flows.Name(), Flows.Format(), Flows.Schema())
	compare(Campaigns.Name(), Campaigns.Format(), Campaigns.Schema())
	compare(Alerts.Name(), Alerts.Format(), Alerts.Schema())
	compare(Matches.Name(), Matches.Format(), Matches.Schema())
}

func TestFormatPageListsTheKinds(t *testing.T) {
	page, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z0-9-]+)` \\|").FindAllStringSubmatch(sectionOf(t, string(page), "Vocabulary of `expects`"), -1) {
		got = append(got, m[1])
	}
	if diff := cmp.Diff(Kinds(), got); diff != "" {
		t.Errorf("code (-) and page (+) differ:\n%s", diff)
	}
}

// sectionOf is the text from the heading to the next one.
func sectionOf(t *testing.T, page, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, "# "+heading+"\n")
	if !ok {
		t.Fatalf("FORMAT.md has no heading %q", heading)
	}
	section, _, _ := strings.Cut(rest, "\n#")
	return section
}

func columnsOf(section string) []documented {
	var columns []documented
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| ([^|]+) \\| ([^|]+) \\|").FindAllStringSubmatch(section, -1) {
		columns = append(columns, documented{m[1], m[2], m[3] != "never"})
	}
	return columns
}
