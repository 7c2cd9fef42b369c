package images

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/evilbench/evilbench/ids"
)

// needTool makes sure of a program, installing Debian's package of the same name where that is possible.
func needTool(ctx context.Context, tool string, say func(string, ...any)) error {
	if _, err := exec.LookPath(tool); err == nil {
		return nil
	}
	return install(ctx, tool, say)
}

// install installs a package by apt. Not being root, or having no apt, is *ids.Missing.
func install(ctx context.Context, name string, say func(string, ...any)) error {
	hint := "apt-get install " + name
	if _, err := exec.LookPath("apt-get"); err != nil {
		return &ids.Missing{Want: name, Why: "not installed, and this machine has no apt to get it", Hint: "install " + name}
	}
	if os.Geteuid() != 0 {
		return &ids.Missing{Want: name, Why: "not installed, and only root may install it", Hint: "sudo " + hint}
	}
	say("installing Debian's %s: %s", name, hint)
	err := apt(ctx, "install", "-y", "--no-install-recommends", name)
	if err != nil && ctx.Err() == nil {
		if err = apt(ctx, "update"); err == nil {
			err = apt(ctx, "install", "-y", "--no-install-recommends", name)
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return &ids.Missing{Want: name, Why: err.Error(), Hint: hint}
	}
	return nil
}

func apt(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "apt-get", args...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get %s: %w: %s", strings.Join(args, " "), err, ending(said))
	}
	return nil
}

// candidate is the version apt would install, "" = none.
func candidate(ctx context.Context, name string) string {
	cmd := exec.CommandContext(ctx, "apt-cache", "policy", name)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	said, err := cmd.Output()
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(said)) {
		if version, ok := strings.CutPrefix(strings.TrimSpace(line), "Candidate:"); ok && !strings.Contains(version, "(none)") {
			return strings.TrimSpace(version)
		}
	}
	return ""
}

// aptProxy returns the proxy settings of this machine's apt, which mmdebstrap's own apt does not see.
func aptProxy(ctx context.Context) []string {
	said, err := exec.CommandContext(ctx, "apt-config", "dump", "Acquire").Output()
	if err != nil {
		return nil
	}
	var options []string
	for line := range strings.Lines(string(said)) {
		setting := strings.TrimSuffix(strings.TrimSpace(line), ";")
		if strings.HasPrefix(setting, "Acquire::http::Proxy ") || strings.HasPrefix(setting, "Acquire::https::Proxy ") {
			options = append(options, setting)
		}
	}
	return options
}
