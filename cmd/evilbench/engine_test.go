package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/images"
	"github.com/evilbench/evilbench/ids/runner"
)

// lack skips for want of something, or fails where EVILBENCH_REQUIRE names it.
func lack(t *testing.T, why string) {
	t.Helper()
	required := strings.FieldsFunc(os.Getenv("EVILBENCH_REQUIRE"), func(r rune) bool { return r == ',' || r == ' ' })
	if slices.Contains(required, "docker") || slices.Contains(required, "suricata") {
		t.Fatalf("EVILBENCH_REQUIRE is %q: %s", os.Getenv("EVILBENCH_REQUIRE"), why)
	}
	t.Skip(why)
}

// engine opens a real Suricata in a container.
func engine(t *testing.T, spec string) (*runner.Container, runner.Image) {
	t.Helper()
	image, err := images.Ensure(t.Context(), spec, func(s string) { t.Log(s) })
	var missing *ids.Missing
	if errors.As(err, &missing) {
		lack(t, missing.Error()+": "+missing.Hint)
	}
	if err != nil {
		t.Fatal(err)
	}
	c, err := runner.NewContainer(t.Context(), "suricata", image, runner.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c, image
}

// docker calls the command line of the engine that evilbench uses.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("docker")
	if err != nil {
		lack(t, "no docker command: "+err.Error())
	}
	client, err := runner.Connect(t.Context())
	if err != nil {
		lack(t, err.Error())
	}
	defer client.Close()
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+client.DaemonHost())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("docker %s: %v: %s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// call runs the command line, which must succeed.
func call(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, talk bytes.Buffer
	a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &talk}
	if code := a.main(t.Context(), args); code != exitDone {
		t.Fatalf("evilbench %s: exit code %d\n%s", strings.Join(args, " "), code, talk.String())
	}
	return out.String(), talk.String()
}
