package images

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/runner"
)

// EnsureLocal returns the binary of an engine on this machine (suricata, or suricata:7 where only that version will do), installing
// Debian's package where the caller is root. progress hears what is being done and may be nil. What the machine lacks is
// *ids.Missing.
func EnsureLocal(ctx context.Context, name string, progress func(string)) (runner.Binary, error) {
	r, err := find(name)
	if err != nil {
		return runner.Binary{}, err
	}
	_, want, _ := strings.Cut(name, ":")
	say := teller(progress, name)
	path, err := exec.LookPath(r.engine())
	if err != nil {
		if err := installEngine(ctx, name, r.engine(), want, say); err != nil {
			return runner.Binary{}, err
		}
		leaveOff(ctx, r.engine(), say)
		if path, err = exec.LookPath(r.engine()); err != nil {
			return runner.Binary{}, &ids.Missing{Want: r.engine(), Why: err.Error(), Hint: "see that its package's folder is in PATH"}
		}
	}
	said, err := exec.CommandContext(ctx, path, "-V").CombinedOutput()
	if err != nil {
		return runner.Binary{}, fmt.Errorf("%s -V: %w: %s", path, err, ending(said))
	}
	if has := version.FindString(string(said)); want != "" && major(has) != want {
		return runner.Binary{}, wrongVersion(name, "this machine has "+has)
	}
	return runner.Binary{Path: path, Detail: installedFrom(ctx, path)}, nil
}

// installEngine installs the wanted version from the machine's own archive, or from the backports of its Debian release.
func installEngine(ctx context.Context, name, engine, want string, say func(string, ...any)) error {
	if err := mayInstall(engine); err != nil {
		return err
	}
	var own archive
	has := own.candidate(ctx, engine)
	if has == "" { // a fresh machine has no lists yet
		if err := own.apt(ctx, "update"); err != nil {
			say("%s", firstLine(err))
		}
		has = own.candidate(ctx, engine)
	}
	if has != "" && (want == "" || major(has) == want) {
		return own.install(ctx, engine, say)
	}
	dir, err := os.MkdirTemp("", "evilbench-apt-")
	if err != nil {
		return fmt.Errorf("package lists: %w", err)
	}
	defer os.RemoveAll(dir)
	backports, ok, err := withBackports(ctx, dir)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		say("no backports: %s", firstLine(err))
	} else if ok {
		has = backports.candidate(ctx, engine)
		if has != "" && (want == "" || major(has) == want) {
			return backports.install(ctx, engine, say)
		}
	}
	if has == "" {
		return &ids.Missing{Want: engine, Why: "not in this machine's package archive", Hint: "install docker (apt-get install docker.io)"}
	}
	return wrongVersion(name, "this machine's package archive has "+has)
}

func wrongVersion(name, why string) error {
	engine, _, _ := strings.Cut(name, ":")
	return &ids.Missing{Want: name, Why: why, Hint: "install docker to have any version (apt-get install docker.io), or ask for " + engine}
}

var version = regexp.MustCompile(`\d+(\.\d+)+`)

// major is the first number of a version, without a package's epoch.
func major(v string) string {
	if _, after, ok := strings.Cut(v, ":"); ok {
		v = after
	}
	m, _, _ := strings.Cut(v, ".")
	return m
}

// leaveOff stops the service a package starts: evilbench wants a program, not a sensor on the machine's interfaces.
func leaveOff(ctx context.Context, engine string, say func(string, ...any)) {
	if _, err := os.Stat("/run/systemd/system"); err != nil {
		return
	}
	if err := exec.CommandContext(ctx, "systemctl", "disable", "--now", engine).Run(); err != nil {
		say("the service %s could not be stopped: %v", engine, err)
		return
	}
	say("the service that came with the package is stopped and disabled")
}

// installedFrom names the package a file belongs to, or the file itself.
func installedFrom(ctx context.Context, path string) string {
	owner, err := exec.CommandContext(ctx, "dpkg-query", "-S", path).Output()
	if err != nil {
		return path
	}
	name, _, _ := strings.Cut(string(owner), ":")
	v, err := exec.CommandContext(ctx, "dpkg-query", "-W", "-f", "${Version}", name).Output()
	if err != nil {
		return path
	}
	return fmt.Sprintf("package %s %s", name, v)
}
