package bench

import (
	"fmt"
	"os"
	"path/filepath"
)

// Locate finds the corpora, runs and results that the cells of a published result were made from, beside result.json at path or in the
// directory path. What is not there any more stays empty.
func (r *Result) Locate(path string) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		path = filepath.Dir(path)
	}
	for i := range r.Cells {
		base := filepath.Join(path, cellsDir, fmt.Sprint(i+1))
		find := func(name string) string {
			place, err := filepath.EvalSymlinks(filepath.Join(base, name))
			if err != nil {
				return ""
			}
			return place
		}
		r.Cells[i].Places = Places{Corpus: find("corpus"), Run: find("run"), Result: find("result")}
	}
}
