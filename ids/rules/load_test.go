package rules

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ulikunitz/xz"
)

const (
	one = "alert tcp any any -> any any (msg:\"one\"; sid:1; rev:1;)"
	two = "alert udp any any -> any any (msg:\"two\"; sid:2; rev:1;)"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func squeeze(t *testing.T, path string, open func(io.Writer) (io.WriteCloser, error), fill func(io.Writer)) string {
	t.Helper()
	var b bytes.Buffer
	w, err := open(&b)
	if err != nil {
		t.Fatal(err)
	}
	fill(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, path, b.String())
}

func gz(w io.Writer) (io.WriteCloser, error)  { return gzip.NewWriter(w), nil }
func xzw(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) }

func tarOf(t *testing.T, entries [][2]string) func(io.Writer) {
	return func(w io.Writer) {
		a := tar.NewWriter(w)
		for _, e := range entries {
			if err := a.WriteHeader(&tar.Header{Name: e[0], Mode: 0o644, Size: int64(len(e[1]))}); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(a, e[1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// The same two rules come out of every kind of source, in the same order and with the same digest.
func TestLoadSources(t *testing.T) {
	d := t.TempDir()
	both := func(w io.Writer) { io.WriteString(w, one+"\n"+two+"\n") }
	write(t, filepath.Join(d, "folder", "a.rules"), "# remark\n\n  "+one+"\r\n")
	write(t, filepath.Join(d, "folder", "LICENSE"), "not rules")
	squeeze(t, filepath.Join(d, "folder", "b", "c.rules.gz"), gz, func(w io.Writer) {
		io.WriteString(w, "alert udp any any -> any any \\\n  (msg:\"two\"; sid:2; rev:1;)")
	})
	if err := os.Symlink(filepath.Join(d, "folder"), filepath.Join(d, "link")); err != nil {
		t.Fatal(err)
	}
	sources := []string{
		write(t, filepath.Join(d, "plain.rules"), one+"\n"+two+"\n"),
		filepath.Join(d, "folder"),
		filepath.Join(d, "link"),
		squeeze(t, filepath.Join(d, "x.rules.xz"), xzw, both),
		squeeze(t, filepath.Join(d, "g.rules.gz"), gz, both),
		squeeze(t, filepath.Join(d, "t.tar.gz"), gz, tarOf(t, [][2]string{{"../../z.rules", two}, {"./README", "no"}, {"/a.rules", one}})),
	}
	var want *Set
	for _, source := range sources {
		got, err := Load(source)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(source) == "t.tar.gz" {
			// "../../z.rules" sorts before "/a.rules": the archive's own names decide.
			if got.Rules[0].SID != 2 || got.Enabled != 2 {
				t.Errorf("archive: first sid %d of %d, want 2 of 2", got.Rules[0].SID, got.Enabled)
			}
			continue
		}
		if want == nil {
			want = got
		}
		if got.Digest != want.Digest || got.Enabled != 2 || got.Disabled != 0 || got.Bundled {
			t.Errorf("%s: %d enabled, %d disabled, digest %s, want 2, 0, %s", source, got.Enabled, got.Disabled, got.Digest, want.Digest)
		}
	}
	out := filepath.Join(d, "out.rules")
	if err := want.WriteFile(out); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(one+"\n"+two+"\n", string(text)); diff != "" {
		t.Error(diff)
	}
}

func TestLoadNames(t *testing.T) {
	for path, want := range map[string]string{
		"/r/et-open-2024/": "et-open-2024", "a/x.rules": "x", "x.rules.xz": "x", "emerging.rules.tar.gz": "emerging", "v1.2.tgz": "v1.2",
	} {
		if got := baseName(path); got != want {
			t.Errorf("%s: name %q, want %q", path, got, want)
		}
	}
}

func TestLoadCounts(t *testing.T) {
	text := "# alert words in a remark\n#" + two + "\n##  " + two + "\n# alert tcp any any -> any any \\\n#  (sid:9;)\n# stray \\\n" + one + "\n"
	s, err := Load(write(t, filepath.Join(t.TempDir(), "x.rules"), text))
	if err != nil {
		t.Fatal(err)
	}
	if s.Enabled != 1 || s.Disabled != 3 {
		t.Errorf("%d enabled, %d disabled, want 1 and 3", s.Enabled, s.Disabled)
	}
	if r, ok := s.Rule(1, 1); !ok || r.Line != 7 || r.File != "x.rules" {
		t.Errorf("rule 1:1: found %v at %s:%d, want x.rules:7", ok, r.File, r.Line)
	}
	if _, ok := s.Rule(1, 2); ok {
		t.Error("a disabled rule is in the index")
	}
}

func TestHigherRevisionCounts(t *testing.T) {
	newer := strings.Replace(one, "rev:1", "rev:5", 1)
	s, err := newSet("x", []file{{"a.rules", []byte(newer + "\n" + one + "\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := s.Rule(1, 1); r.Rev != 5 {
		t.Errorf("revision %d, want 5", r.Rev)
	}
}

func TestLoadErrors(t *testing.T) {
	d := t.TempDir()
	cases := map[string]string{
		filepath.Join(d, "absent"):                                            "no such file or folder",
		write(t, filepath.Join(d, "x.txt"), one):                              "not a ruleset by its name",
		write(t, filepath.Join(d, "x.rules.xz"), "plain text"):                "cannot be unpacked",
		write(t, filepath.Join(d, "x.rules.gz"), "plain text"):                "cannot be unpacked",
		write(t, filepath.Join(d, "x.tar.gz"), "\x1f\x8b"):                    "cannot be unpacked",
		write(t, filepath.Join(d, "bad.rules"), one+"\n\nalert tcp (sid:5;)"): "bad.rules:3: header of 2 fields: write ACTION",
		t.TempDir(): "no file named .rules",
	}
	for source, want := range cases {
		_, err := Load(source)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", filepath.Base(source), err, want)
		}
	}
}

func TestUnpackingIsBounded(t *testing.T) {
	b := &budget{left: 100}
	path := squeeze(t, filepath.Join(t.TempDir(), "bomb.rules.gz"), gz, func(w io.Writer) { w.Write(make([]byte, 1<<20)) })
	if _, err := b.open(path, "bomb.rules.gz"); err == nil || !strings.Contains(err.Error(), "once unpacked") {
		t.Errorf("error %v, want a refusal by size", err)
	}
	b = &budget{left: 100}
	path = squeeze(t, filepath.Join(t.TempDir(), "many.tar.gz"), gz, tarOf(t, [][2]string{
		{"a.rules", strings.Repeat("#", 60)}, {"b.rules", strings.Repeat("#", 60)},
	}))
	if _, err := b.open(path, "many.tar.gz"); err == nil || !strings.Contains(err.Error(), "b.rules") {
		t.Errorf("error %v, want a refusal of the second entry", err)
	}
}
