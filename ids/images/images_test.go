package images

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/runner"
)

// skipWithout skips where the machine lacks something, and fails where EVILBENCH_REQUIRE says that it must not.
func skipWithout(t *testing.T, what string, err error) {
	t.Helper()
	var m *ids.Missing
	if !errors.As(err, &m) {
		return
	}
	if slices.Contains(strings.Split(os.Getenv("EVILBENCH_REQUIRE"), ","), what) {
		t.Fatalf("EVILBENCH_REQUIRE names %s: %v (%s)", what, m, m.Hint)
	}
	t.Skipf("%v (%s)", m, m.Hint)
}

func TestEnsureFindsOrMakesTheImage(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	_, err := List(ctx)
	skipWithout(t, "docker", err)
	for _, name := range []string{"suricata:6", "suricata:7", "suricata:8"} {
		image, err := Ensure(ctx, name, func(s string) { t.Log(s) })
		skipWithout(t, "suricata", err)
		if err != nil {
			t.Fatal(err)
		}
		if image.Ref != "evilbench/"+name || !strings.HasPrefix(image.ID, "sha256:") {
			t.Errorf("Ensure(%s) = %+v", name, image)
		}
		said := 0
		again, err := Ensure(ctx, name, func(string) { said++ })
		if err != nil || again != image || said != 0 {
			t.Errorf("second Ensure(%s) = %+v, %v with %d messages; want the same image in silence", name, again, err, said)
		}
	}
	list, err := List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range list {
		if s.Present != (s.ID != "") || (s.Present && s.Bytes == 0) {
			t.Errorf("List: %+v", s)
		}
		names = append(names, s.Name)
	}
	if diff := cmp.Diff([]string{"suricata:6", "suricata:7", "suricata:8"}, names); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
}

func TestWithoutContainerEngine(t *testing.T) {
	t.Setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
	_, err := Ensure(t.Context(), "suricata", nil)
	var m *ids.Missing
	if !errors.As(err, &m) || m.Hint == "" || !strings.Contains(m.Why, "/nonexistent/docker.sock") {
		t.Errorf("Ensure without a container engine: %#v; want *ids.Missing that names the socket", err)
	}
	if _, err := List(t.Context()); !errors.As(err, &m) {
		t.Errorf("List without a container engine: %v; want *ids.Missing", err)
	}
}

func TestUnknownEngine(t *testing.T) {
	for _, name := range []string{"", "suricata:5", "snort", "suricata:7:8"} {
		for what, err := range map[string]error{
			"Ensure":      second(Ensure(t.Context(), name, nil)),
			"EnsureLocal": second(EnsureLocal(t.Context(), name, nil)),
		} {
			if err == nil || !strings.Contains(err.Error(), "suricata:7") {
				t.Errorf("%s(%q) = %v; want an error that lists what is known", what, name, err)
			}
		}
	}
}

func second[T runner.Image | runner.Binary](_ T, err error) error { return err }

func TestEnsureLocalWithoutAnything(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := EnsureLocal(t.Context(), "suricata", nil)
	var m *ids.Missing
	if !errors.As(err, &m) || m.Want != "suricata" {
		t.Errorf("EnsureLocal on a machine with nothing: %v; want *ids.Missing for suricata", err)
	}
}

func TestEnsureLocalChecksTheVersion(t *testing.T) {
	bin := t.TempDir()
	script := "#!/bin/sh\necho This is Suricata version 7.0.10 RELEASE\n"
	if err := os.WriteFile(bin+"/suricata", []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	for _, name := range []string{"suricata", "suricata:7"} {
		b, err := EnsureLocal(t.Context(), name, nil)
		if err != nil || b.Path != bin+"/suricata" {
			t.Errorf("EnsureLocal(%s) = %+v, %v", name, b, err)
		}
	}
	_, err := EnsureLocal(t.Context(), "suricata:8", nil)
	var m *ids.Missing
	if !errors.As(err, &m) || !strings.Contains(m.Why, "7.0.10") {
		t.Errorf("EnsureLocal(suricata:8) with 7.0.10 installed: %v; want *ids.Missing that says so", err)
	}
}

func TestDebianMirror(t *testing.T) {
	tests := map[string]struct {
		file, text, want string
	}{
		"one line": {"sources.list",
			"# deb http://old.example/debian trixie main\ndeb-src http://src.example/debian trixie main\ndeb http://m.example/debian trixie main contrib # ours\n",
			"http://m.example/debian"},
		"options": {"sources.list.d/a.list", "deb [arch=amd64 signed-by=/k.gpg] https://m.example/debian bookworm main\n", "https://m.example/debian"},
		"deb822": {"sources.list.d/debian.sources",
			"Types: deb\n# a comment: URIs: http://no.example\nURIs: http://m.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n\nTypes: deb\nURIs: http://m.example/debian-security\nSuites: bookworm-security\nComponents: main\n",
			"http://m.example/debian"},
		"deb822 disabled":   {"sources.list.d/debian.sources", "Enabled: no\nTypes: deb\nURIs: http://m.example/debian\nSuites: trixie\nComponents: main\n", ""},
		"security only":     {"sources.list", "deb http://m.example/debian-security trixie-security main\n", ""},
		"another vendor":    {"sources.list", "deb http://m.example/ubuntu noble main\n", ""},
		"another component": {"sources.list", "deb http://m.example/debian trixie contrib\n", ""},
		"a local folder":    {"sources.list", "deb file:/mirror trixie main\n", ""},
		"torn":              {"sources.list", "deb [arch=amd64", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			etc := t.TempDir()
			if err := os.Mkdir(etc+"/sources.list.d", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(etc+"/"+tt.file, []byte(tt.text), 0o644); err != nil {
				t.Fatal(err)
			}
			if got := debianMirror(etc); got != tt.want {
				t.Errorf("debianMirror = %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzMirror(f *testing.F) {
	f.Add("deb [arch=amd64] http://m.example/debian trixie main\n")
	f.Add("Types: deb\nURIs: http://m.example/debian\nSuites: trixie\nComponents: main\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range []string{oneLineMirror(text), deb822Mirror(text)} {
			if m != "" && !strings.Contains(text, m) {
				t.Errorf("mirror %q is not in the text", m)
			}
		}
	})
}

func TestMajor(t *testing.T) {
	for v, want := range map[string]string{"1:7.0.10-1+deb13u4": "7", "8.0.8": "8", "6": "6", "": ""} {
		if got := major(v); got != want {
			t.Errorf("major(%q) = %q, want %q", v, got, want)
		}
	}
}

func TestDebianRelease(t *testing.T) {
	for text, want := range map[string]string{
		"ID=debian\nVERSION_CODENAME=trixie\n":                     "trixie",
		"VERSION_CODENAME=\"bookworm\"\nNAME=\"x=y\"\nID='debian'": "bookworm",
		"ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n":      "",
		"": "",
	} {
		path := t.TempDir() + "/os-release"
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := debianRelease(path); got != want {
			t.Errorf("debianRelease(%q) = %q, want %q", text, got, want)
		}
	}
}
