// Package images finds or makes what an engine is started from: a container image, or a binary of this machine.
package images

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/evilbench/evilbench/ids/runner"
)

// recipe is how an image is made where it cannot be pulled.
type recipe struct {
	name      string // engine and version as a user writes them
	published string // image that somebody else keeps
	suite     string // Debian release that has the engine
	backports bool   // the engine comes from the release's backports
}

// recipes are the versions known; the first of an engine is its default.
var recipes = []recipe{
	{name: "suricata:7", published: "jasonish/suricata:7.0", suite: "trixie"},
	{name: "suricata:8", published: "jasonish/suricata:8.0", suite: "trixie", backports: true},
	{name: "suricata:6", published: "jasonish/suricata:6.0", suite: "bullseye"},
}

// Labels say what is inside an image that was built here.
const (
	labelPackage  = "org.evilbench.package"  // engine package and version
	labelSuite    = "org.evilbench.suite"    // Debian release
	labelPackages = "org.evilbench.packages" // SHA-256 of the list of all packages and versions
)

func (r recipe) engine() string {
	engine, _, _ := strings.Cut(r.name, ":")
	return engine
}

func (r recipe) ref() string { return "evilbench/" + r.name }

func (r recipe) origin() string {
	if r.backports {
		return r.suite + "-backports"
	}
	return r.suite
}

// find resolves suricata or suricata:7. The error of an unknown name lists the known ones.
func find(name string) (recipe, error) {
	known := make([]string, 0, len(recipes))
	for _, r := range recipes {
		if name == r.name || name == r.engine() {
			return r, nil
		}
		known = append(known, r.name)
	}
	slices.Sort(known)
	return recipe{}, fmt.Errorf("engine %q: not known: use one of %s", name, strings.Join(known, ", "))
}

// Status is one line of the list of images.
type Status struct {
	Name    string `json:"name"` // as given to Ensure
	Ref     string `json:"image"`
	Present bool   `json:"present"`
	ID      string `json:"digest,omitempty"`
	Bytes   int64  `json:"bytes,omitempty"`
	Detail  string `json:"detail,omitempty"` // what is inside, or how it would be made
}

// List says which of the known images are present. Without a container engine it returns *ids.Missing.
func List(ctx context.Context) ([]Status, error) {
	docker, err := runner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	defer docker.Close()
	list := make([]Status, 0, len(recipes))
	for _, r := range recipes {
		s := Status{Name: r.name, Ref: r.ref(), Detail: fmt.Sprintf("pulled from %s or built from Debian %s", r.published, r.origin())}
		found, err := docker.ImageInspect(ctx, r.ref())
		switch {
		case err == nil:
			s.Present, s.ID, s.Bytes, s.Detail = true, found.ID, found.Size, detail(r, found)
		case !errdefs.IsNotFound(err):
			return nil, fmt.Errorf("image %s: %w", r.ref(), err)
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b Status) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// Ensure returns the image of an engine (suricata, suricata:7): the one that is present, else one that is pulled, else one that is
// built from Debian's packages. progress hears what is being done and may be nil. What the machine lacks is *ids.Missing.
func Ensure(ctx context.Context, name string, progress func(string)) (runner.Image, error) {
	r, err := find(name)
	if err != nil {
		return runner.Image{}, err
	}
	say := teller(progress, r.name)
	docker, err := runner.Connect(ctx)
	if err != nil {
		return runner.Image{}, err
	}
	defer docker.Close()
	if image, err := inspect(ctx, docker, r); !errdefs.IsNotFound(err) {
		return image, err
	}
	say("no image yet: asking for %s", r.published)
	pulled := pull(ctx, docker, r)
	if pulled == nil {
		return inspect(ctx, docker, r)
	}
	if ctx.Err() != nil {
		return runner.Image{}, ctx.Err()
	}
	say("no registry gave it (%s): building from Debian %s", firstLine(pulled), r.origin())
	if err := build(ctx, docker, r, say); err != nil {
		return runner.Image{}, err
	}
	image, err := inspect(ctx, docker, r)
	if err == nil {
		say("built %s: %s", image.Ref, image.Detail)
	}
	return image, err
}

func inspect(ctx context.Context, docker *client.Client, r recipe) (runner.Image, error) {
	found, err := docker.ImageInspect(ctx, r.ref())
	if err != nil {
		return runner.Image{}, fmt.Errorf("image %s: %w", r.ref(), err)
	}
	return runner.Image{Ref: r.ref(), ID: found.ID, Detail: detail(r, found)}, nil
}

// detail says what is inside an image.
func detail(r recipe, found client.ImageInspectResult) string {
	if found.Config == nil || found.Config.Labels[labelPackage] == "" {
		return r.published
	}
	l := found.Config.Labels
	return fmt.Sprintf("Debian %s, %s, packages sha256:%.12s", l[labelSuite], l[labelPackage], l[labelPackages])
}

func teller(progress func(string), name string) func(string, ...any) {
	return func(format string, args ...any) {
		if progress != nil {
			progress(name + ": " + fmt.Sprintf(format, args...))
		}
	}
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
