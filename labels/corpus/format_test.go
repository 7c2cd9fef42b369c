package corpus

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFormatPageListsTheFields compares the manifest with the table under "A corpus" in FORMAT.md.
func TestFormatPageListsTheFields(t *testing.T) {
	page, err := os.ReadFile("../FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "## A corpus\n")
	if !found {
		t.Fatal("FORMAT.md has no section on the corpus")
	}
	var got []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(section, -1) {
		got = append(got, m[1])
	}
	var want []string
	for f := range reflect.TypeFor[Manifest]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		want = append(want, name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("manifest (-) and page (+) differ:\n%s", diff)
	}
	for _, text := range append(Members(), Format) {
		if !strings.Contains(section, "`"+text+"`") {
			t.Errorf("the page does not name %s", text)
		}
	}
}
