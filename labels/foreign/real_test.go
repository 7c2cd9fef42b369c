package foreign

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/labels/corpus"
)

// data is a folder of the data outside the repository; the test skips without it.
func data(t *testing.T, folder string) string {
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir, err := filepath.Abs(filepath.Join(root, folder))
	if err == nil {
		_, err = os.Stat(dir)
	}
	if err != nil {
		if strings.Contains(os.Getenv("EVILBENCH_REQUIRE"), "data") {
			t.Fatal(err)
		}
		t.Skip("no data here; set EVILBENCH_DATA:", err)
	}
	return dir
}

// TestRealCaptures imports every capture: each becomes a corpus that agrees with itself, or gives one error that names it.
func TestRealCaptures(t *testing.T) {
	root := data(t, "captures")
	t.Chdir(t.TempDir())
	imported := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "INDEX.tsv" || strings.HasSuffix(path, ".md") {
			return err
		}
		report, err := Import(t.Context(), Options{Captures: []string{path}, Campaign: "whole"}, "out")
		if err != nil {
			if !strings.HasPrefix(err.Error(), path+": ") || strings.Contains(err.Error(), "\n") {
				t.Errorf("not one error that names the capture: %v", err)
			}
			t.Log(err)
			return nil
		}
		imported++
		for _, w := range report.Manifest.Warnings {
			if strings.Contains(w, "kept") {
				t.Log(w)
			}
		}
		c, err := corpus.Open("out")
		if err != nil {
			return err
		}
		return c.Verify()
	})
	if err != nil {
		t.Fatal(err)
	}
	if imported == 0 {
		t.Error("none was imported")
	}
	t.Logf("%d captures imported", imported)
}

// TestLabelsOfZeek gives the importer what Zeek wrote of a capture, with a label on every line: flows are found although
// Zeek and the tracker do not cut all connections alike.
func TestLabelsOfZeek(t *testing.T) {
	logs, captures := data(t, "zeek/logs"), data(t, "captures")
	t.Chdir(t.TempDir())
	for _, name := range []string{"attacks/20171220_smb_psexec_add_user", "attacks/WebattackRCE"} {
		conn, err := os.ReadFile(filepath.Join(logs, filepath.Base(name), "tsv", "conn.log"))
		if err != nil {
			t.Fatal(err)
		}
		var labelled strings.Builder
		for line := range strings.Lines(string(conn)) {
			line = strings.TrimSuffix(line, "\n")
			switch {
			case strings.HasPrefix(line, "#fields"):
				line += "\tlabel"
			case strings.HasPrefix(line, "#types"):
				line += "\tstring"
			case !strings.HasPrefix(line, "#"):
				line += "\tMalicious"
			}
			fmt.Fprintln(&labelled, line)
		}
		if err := os.WriteFile("conn.log.labeled", []byte(labelled.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		report, err := Import(t.Context(), Options{Captures: []string{filepath.Join(captures, name+".pcap")}, Labels: "conn.log.labeled"}, "out")
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d of %d flows labelled, %d of %d labels unused", name, report.Labelled, report.Manifest.Flows, report.Unused, report.Labels)
		if report.Labelled < report.Manifest.Flows*99/100 || report.Unused > report.Labels/100 {
			t.Errorf("%s: %q", name, report.Manifest.Warnings)
		}
	}
}
