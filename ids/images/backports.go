package images

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const debianKeys = "/usr/share/keyrings/debian-archive-keyring.gpg"

// withBackports adds the backports of the machine's Debian release to what apt knows, in a folder of their own: the machine's
// configuration and lists stay as they are. ok is false on a machine that is not Debian.
func withBackports(ctx context.Context, dir string) (a archive, ok bool, err error) {
	release, mirror := debianRelease("/etc/os-release"), debianMirror("/etc/apt")
	if release == "" || mirror == "" {
		return a, false, nil
	}
	parts, lists := filepath.Join(dir, "sources"), filepath.Join(dir, "lists")
	if err := os.MkdirAll(filepath.Join(lists, "partial"), 0o755); err != nil {
		return a, false, err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // apt fetches as a user of its own
		return a, false, err
	}
	if err := os.CopyFS(parts, os.DirFS("/etc/apt/sources.list.d")); err != nil && !os.IsNotExist(err) {
		return a, false, err
	}
	if err := os.MkdirAll(parts, 0o755); err != nil {
		return a, false, err
	}
	a.release = release + "-backports"
	keys := ""
	if _, err := os.Stat(debianKeys); err == nil {
		keys = "[signed-by=" + debianKeys + "] "
	}
	line := fmt.Sprintf("deb %s%s %s main\n", keys, mirror, a.release)
	if err := os.WriteFile(filepath.Join(parts, "evilbench-backports.list"), []byte(line), 0o644); err != nil {
		return a, false, err
	}
	a.options = []string{"-o", "Dir::Etc::sourceparts=" + parts, "-o", "Dir::State::lists=" + lists}
	return a, true, a.apt(ctx, "update")
}

// debianRelease is the code name of a Debian machine, "" on others (os-release(5)).
func debianRelease(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	fields := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		fields[name] = strings.Trim(value, `"'`)
	}
	if fields["ID"] != "debian" {
		return ""
	}
	return fields["VERSION_CODENAME"]
}
