package corpus

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/labels"
	"github.com/google/go-cmp/cmp"
)

// write makes a small corpus at dir, with text in place of a capture.
func write(t *testing.T, dir, traffic string) *Manifest {
	t.Helper()
	b, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, b, traffic)
	m := &Manifest{Seed: 7, CreatedBy: "generate", Version: "test", Packets: 1, LinkType: 1}
	m.SetSpan(1_700_000_000_000_000_001, 1_700_000_000_000_000_001+12*3600*1e9)
	if err := b.Commit(m); err != nil {
		t.Fatal(err)
	}
	return m
}

func fill(t *testing.T, b *Builder, traffic string) {
	t.Helper()
	f, err := b.File(Traffic)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, traffic)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	table(t, b, Packets, labels.Packets, labels.Packet{Index: 1})
	table(t, b, Flows, labels.Flows)
	table(t, b, Campaigns, labels.Campaigns)
}

func table[T any](t *testing.T, b *Builder, name string, table *labels.Table[T], rows ...T) {
	t.Helper()
	f, err := b.File(name)
	if err != nil {
		t.Fatal(err)
	}
	w := table.NewWriter(f)
	for i := range rows {
		if err := w.Write(&rows[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestCreateAndOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "office")
	want := write(t, dir, "packets")
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*want, c.Manifest); diff != "" {
		t.Error(diff)
	}
	if c.Days != .5 {
		t.Errorf("%v days, want half a day", c.Days)
	}
	if err := c.Verify(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"office"}, names(t, filepath.Dir(dir))); diff != "" {
		t.Error(diff)
	}
}

func TestDigestDependsOnContentAlone(t *testing.T) {
	dir := t.TempDir()
	one, same, other := write(t, dir+"/a", "x"), write(t, dir+"/b", "x"), write(t, dir+"/c", "y")
	same.Warnings = append(same.Warnings, "a note")
	if one.Digest() != same.Digest() {
		t.Error("same files, another digest")
	}
	if one.Digest() == other.Digest() {
		t.Error("other files, same digest")
	}
}

func TestReplacesACorpusAndNothingElse(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "office")
	write(t, dir, "first")
	write(t, dir, "second")
	if text, _ := os.ReadFile(filepath.Join(dir, Traffic)); string(text) != "second" {
		t.Errorf("traffic is %q", text)
	}
	if diff := cmp.Diff([]string{"office"}, names(t, parent)); diff != "" {
		t.Error(diff)
	}
	os.WriteFile(filepath.Join(dir, "thesis.tex"), nil, 0o666)
	if _, err := Create(dir); err == nil || !strings.Contains(err.Error(), "thesis.tex") {
		t.Errorf("a corpus with a foreign file: %v", err)
	}
	if _, err := Create(parent); err == nil || !strings.Contains(err.Error(), "not a corpus") {
		t.Errorf("a directory that is no corpus: %v", err)
	}
	if _, err := Create(filepath.Join(dir, "thesis.tex")); err == nil {
		t.Error("a file taken for a directory")
	}
}

func TestNothingBeforeCommit(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "office")
	b, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Commit(&Manifest{}); err == nil || !strings.Contains(err.Error(), "never written") {
		t.Errorf("incomplete commit: %v", err)
	}
	if got := names(t, parent); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "not a corpus") {
		t.Errorf("open: %v", err)
	}
}

// deadProcess is the number of a process that has ended.
func deadProcess(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

func TestLeftoversOfTheDeadAreSwept(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "office")
	dead := partial(dir, deadProcess(t))
	living := partial(dir, os.Getppid())
	foreign := filepath.Join(parent, ".office.partial-notes")
	for _, d := range []string{dead, living, foreign} {
		if err := os.Mkdir(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	b, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Abort()
	if _, err := os.Stat(dead); err == nil {
		t.Error("the dead process's directory is still there")
	}
	for _, d := range []string{living, foreign} {
		if _, err := os.Stat(d); err != nil {
			t.Error(err)
		}
	}
}

func TestACorpusMovedAsideComesBack(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "office")
	write(t, dir, "first")
	if err := os.Rename(dir, partial(dir, deadProcess(t))+"-old"); err != nil {
		t.Fatal(err)
	}
	b, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	b.Abort()
	if _, err := Open(dir); err != nil {
		t.Error(err)
	}
}

func TestDamage(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(dir string) error
		want string
	}{
		"missing file": {func(dir string) error { return os.Remove(dir + "/" + Flows) }, Flows},
		"shorter file": {func(dir string) error { return os.Truncate(dir+"/"+Traffic, 2) }, "2 bytes, the manifest says 7"},
		"other bytes":  {func(dir string) error { return os.WriteFile(dir+"/"+Traffic, []byte("PACKETS"), 0o666) }, "SHA-256"},
		"torn json":    {func(dir string) error { return os.Truncate(dir+"/"+ManifestFile, 20) }, "damaged"},
		"other format": {func(dir string) error {
			return os.WriteFile(dir+"/"+ManifestFile, []byte(`{"format":"evilbench.corpus/9"}`), 0o666)
		}, "evilbench.corpus/9"},
		"no files": {func(dir string) error {
			return os.WriteFile(dir+"/"+ManifestFile, []byte(`{"format":"evilbench.corpus/1"}`), 0o666)
		}, "does not list"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "c")
			write(t, dir, "packets")
			if err := c.harm(dir); err != nil {
				t.Fatal(err)
			}
			corpus, err := Open(dir)
			if err == nil {
				err = corpus.Verify()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasSuffix(err.Error(), "make the corpus again") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestWrongCount(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "c")
	write(t, dir, "packets")
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	c.Packets = 5
	if err := c.Verify(); err == nil || !strings.Contains(err.Error(), "1 rows, the manifest says 5") {
		t.Error(err)
	}
}

func TestFullDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "c")
	b, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Abort()
	if err := os.Symlink("/dev/full", filepath.Join(b.tmp, Traffic)); err != nil {
		t.Skip("no /dev/full here:", err)
	}
	f, err := b.File(Traffic)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write([]byte("x"))
	want := filepath.Join(dir, Traffic) + ": no space left on device; free some, or write the corpus elsewhere"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
