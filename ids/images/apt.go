package images

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/evilbench/evilbench/ids"
)

// archive is where apt takes packages from: what the machine has configured, or that and more.
type archive struct {
	options []string // for every apt command
	release string   // to be preferred, "" = none
}

// needTool makes sure of a program, installing Debian's package of the same name where that is possible.
func needTool(ctx context.Context, tool string, say func(string, ...any)) error {
	if _, err := exec.LookPath(tool); err == nil {
		return nil
	}
	if err := mayInstall(tool); err != nil {
		return err
	}
	return archive{}.install(ctx, tool, say)
}

// mayInstall returns *ids.Missing where packages cannot be installed.
func mayInstall(name string) error {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return &ids.Missing{Want: name, Why: "not installed, and this machine has no apt to get it", Hint: "install " + name}
	}
	if os.Geteuid() != 0 {
		return &ids.Missing{Want: name, Why: "not installed, and only root may install it", Hint: "sudo apt-get install " + name}
	}
	return nil
}

// install installs a package. A failure is *ids.Missing.
func (a archive) install(ctx context.Context, name string, say func(string, ...any)) error {
	args := []string{"install", "-y", "--no-install-recommends"}
	if a.release != "" {
		args = append(args, "-t", a.release)
	}
	args = append(args, name)
	say("installing Debian's package: apt-get %s", strings.Join(args, " "))
	err := a.apt(ctx, args...)
	if err != nil && ctx.Err() == nil { // the lists may be old or absent
		if err = a.apt(ctx, "update"); err == nil {
			err = a.apt(ctx, args...)
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return &ids.Missing{Want: name, Why: err.Error(), Hint: "apt-get install " + name}
	}
	return nil
}

func (a archive) apt(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "apt-get", append(a.options, args...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get %s: %w: %s", strings.Join(args, " "), err, ending(said))
	}
	return nil
}

// candidate is the version apt would install, "" = none.
func (a archive) candidate(ctx context.Context, name string) string {
	args := append([]string{}, a.options...)
	if a.release != "" {
		args = append(args, "-o", "APT::Default-Release="+a.release)
	}
	cmd := exec.CommandContext(ctx, "apt-cache", append(args, "policy", name)...)
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
