package images

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/moby/moby/client"

	"github.com/evilbench/evilbench/ids"
)

// build makes the image of a recipe from Debian's packages.
func build(ctx context.Context, docker *client.Client, r recipe, say func(string, ...any)) error {
	if err := needTool(ctx, "mmdebstrap", say); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "evilbench-image-")
	if err != nil {
		return fmt.Errorf("image %s: %w", r.ref(), err)
	}
	defer os.RemoveAll(dir)
	root, err := bootstrap(ctx, r, dir)
	if err != nil {
		return err
	}
	return importRoot(ctx, docker, r, root)
}

// rootfs is what mmdebstrap made.
type rootfs struct {
	tar      string
	packages []byte // one "name version architecture" a line
}

// bootstrap tries the mirror this machine takes its own packages from, then mmdebstrap's.
func bootstrap(ctx context.Context, r recipe, dir string) (rootfs, error) {
	root := rootfs{tar: filepath.Join(dir, "root.tar")}
	list := filepath.Join(dir, "packages")
	mirrors := []string{""}
	if m := debianMirror("/etc/apt"); m != "" {
		mirrors = []string{m, ""}
	}
	var failure error
	for _, mirror := range mirrors {
		cmd := exec.CommandContext(ctx, "mmdebstrap", r.bootstrapArgs(root.tar, list, mirror, aptProxy(ctx))...)
		cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=0", "LC_ALL=C")
		said, err := cmd.CombinedOutput()
		if err == nil {
			root.packages, err = os.ReadFile(list)
			return root, err
		}
		if ctx.Err() != nil {
			return root, ctx.Err()
		}
		failure = fmt.Errorf("mmdebstrap %s: %w\n%s", r.suite, err, ending(said))
	}
	return root, &ids.Missing{
		Want: "image " + r.ref(),
		Why:  failure.Error(),
		Hint: "make a Debian mirror reachable for apt, or load an image by hand and name it " + r.ref(),
	}
}

// bootstrapArgs is mmdebstrap's command line. Equal mirrors give equal archives but for what the packages' scripts write.
func (r recipe) bootstrapArgs(tar, list, mirror string, options []string) []string {
	install := r.engine()
	if r.backports {
		install += "/" + r.origin()
	}
	args := []string{
		"--variant=minbase", "--include=" + install, "--aptopt=APT::Install-Recommends \"false\"",
		// Archived releases are not signed anew.
		"--aptopt=Acquire::Check-Valid-Until \"false\"",
	}
	for _, path := range []string{"doc", "man", "info", "locale", "lintian", "bash-completion"} {
		args = append(args, "--dpkgopt=path-exclude=/usr/share/"+path+"/*")
	}
	for _, o := range options {
		args = append(args, "--aptopt="+o)
	}
	if r.backports {
		args = append(args, fmt.Sprintf(`--aptopt=APT::Default-Release "%s"`, r.origin()),
			fmt.Sprintf(`--setup-hook=sed -n 's/ %s main/ %s main/p' "$1"/etc/apt/sources.list > "$1"/etc/apt/sources.list.d/backports.list`,
				r.suite, r.origin()))
	}
	args = append(args,
		`--customize-hook=chroot "$1" dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' > '`+list+`'`,
		// What the building machine is called, and what it asks for names, is no part of the image.
		`--customize-hook=rm -rf "$1"/etc/hostname "$1"/etc/resolv.conf "$1"/var/log/* "$1"/var/cache/*`,
		r.suite, tar)
	if mirror != "" {
		args = append(args, mirror)
	}
	return args
}

// importRoot turns the archive into an image that says what is inside.
func importRoot(ctx context.Context, docker *client.Client, r recipe, root rootfs) error {
	version := packageVersion(root.packages, r.engine())
	if version == "" {
		return fmt.Errorf("image %s: %s is not among the packages installed", r.ref(), r.engine())
	}
	f, err := os.Open(root.tar)
	if err != nil {
		return fmt.Errorf("image %s: %w", r.ref(), err)
	}
	defer f.Close()
	digest := sha256.Sum256(root.packages)
	response, err := docker.ImageImport(ctx, client.ImageImportSource{Source: f, SourceName: "-"}, r.ref(), client.ImageImportOptions{
		Message: "Debian " + r.origin() + " with " + r.engine(),
		Changes: []string{
			fmt.Sprintf("LABEL %s=%q", labelPackage, r.engine()+" "+version),
			fmt.Sprintf("LABEL %s=%q", labelSuite, r.origin()),
			fmt.Sprintf("LABEL %s=%q", labelPackages, hex.EncodeToString(digest[:])),
			fmt.Sprintf("CMD [%q, \"-V\"]", r.engine()),
		},
	})
	if err != nil {
		return fmt.Errorf("image %s: %w", r.ref(), err)
	}
	defer response.Close()
	said, err := io.ReadAll(io.LimitReader(response, 1<<20))
	if err != nil {
		return fmt.Errorf("image %s: %w", r.ref(), err)
	}
	if bytes.Contains(said, []byte(`"error"`)) {
		return fmt.Errorf("image %s: import: %s", r.ref(), ending(said))
	}
	return nil
}

// packageVersion finds a package's version in a list of packages.
func packageVersion(packages []byte, name string) string {
	for line := range strings.Lines(string(packages)) {
		f := strings.Fields(line)
		if len(f) >= 2 && f[0] == name {
			return f[1]
		}
	}
	return ""
}

// ending is the last part of a long output.
func ending(out []byte) string {
	const most = 1 << 10
	out = bytes.TrimSpace(out)
	if len(out) > most {
		out = out[len(out)-most:]
	}
	return string(out)
}
