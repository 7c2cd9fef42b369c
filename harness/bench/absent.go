package bench

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/evilbench/evilbench/labels/corpus"
)

// Absent is the error for an artefact that is not where it was looked for. It is fs.ErrNotExist.
type Absent struct{ Text, Remedy string }

// Error implements error.
func (a *Absent) Error() string { return a.Text }

// Unwrap makes it fs.ErrNotExist.
func (*Absent) Unwrap() error { return fs.ErrNotExist }

// Hint is what to type next.
func (a *Absent) Hint() string { return a.Remedy }

// artefacts are the folders that are told from one another by a file.
var artefacts = []struct{ file, name string }{{corpus.ManifestFile, "a corpus"}, {RunFile, "a run"}, {ResultFile, "a result"}}

// absent says what is at path instead of the file name, or that nothing is.
func absent(path, name string) error {
	wanted := name
	for _, a := range artefacts {
		if a.file == name {
			wanted = a.name
		}
	}
	remedy := map[string]string{
		RunFile:    "evilbench run makes a run of a corpus",
		ResultFile: "give a folder that bench or score wrote; evilbench score CORPUS RUN makes one",
	}
	if _, err := os.Stat(path); err != nil {
		return &Absent{fmt.Sprintf("%s: no such file or folder", path), remedy[name]}
	}
	for _, a := range artefacts {
		if _, err := os.Stat(filepath.Join(path, a.file)); err != nil {
			continue
		}
		if name == ResultFile && a.file == corpus.ManifestFile {
			remedy[name] = fmt.Sprintf("evilbench bench --corpus %s makes a result of it", path)
		}
		if name == ResultFile && a.file == RunFile {
			remedy[name] = fmt.Sprintf("evilbench score CORPUS %s makes a result of it", path)
		}
		return &Absent{fmt.Sprintf("%s: is %s, not %s", path, a.name, wanted), remedy[name]}
	}
	return &Absent{fmt.Sprintf("%s: is not %s: it has no %s", path, wanted, name), remedy[name]}
}
