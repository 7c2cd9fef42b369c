package runner

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
)

const (
	inputInside  = "/evilbench/in"
	outputInside = "/evilbench/out"
	nobody       = 65534
)

// inside is where a container sees an input.
func inside(f file) string { return path.Join(inputInside, f.name) }

// fence is what keeps an engine that reads hostile traffic to itself.
type fence struct {
	options []testcontainers.ContainerCustomizer
	lift    func() // gives the output folder back to its owner
}

func (c *Container) fence(s *stage, labels map[string]string, command string, args []string) (fence, error) {
	f := fence{lift: func() {}}
	user, mounted := fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid()), local(c.docker)
	if mounted && os.Getuid() == 0 && s.worldReadable() {
		user = fmt.Sprintf("%d:%d", nobody, nobody)
		if s.output != "" {
			if err := os.Chown(s.output, nobody, nobody); err != nil {
				return f, fmt.Errorf("output folder: %w", err)
			}
			f.lift = func() { giveBack(s.output) }
		}
	}
	var mounts []mount.Mount
	volumes := map[string]struct{}{}
	switch {
	case s.output == "":
	case mounted:
		for _, i := range s.inputs {
			mounts = append(mounts, mount.Mount{Type: mount.TypeBind, Source: i.path, Target: inside(i), ReadOnly: true})
		}
		mounts = append(mounts, mount.Mount{Type: mount.TypeBind, Source: s.output, Target: outputInside})
	default:
		user = "0:0" // owner of the volumes; without capabilities it is nobody elsewhere
		volumes[inputInside], volumes[outputInside] = struct{}{}, struct{}{}
	}
	f.options = []testcontainers.ContainerCustomizer{
		testcontainers.WithEntrypoint(command),
		testcontainers.WithCmd(args...),
		testcontainers.WithLabels(labels),
		testcontainers.WithEnv(map[string]string{"TZ": "UTC", "LC_ALL": "C"}),
		testcontainers.WithConfigModifier(func(config *container.Config) {
			config.User = user
			config.WorkingDir = "/tmp"
			config.Volumes = volumes
		}),
		testcontainers.WithHostConfigModifier(func(host *container.HostConfig) {
			c.restrict(host)
			host.Mounts = mounts
		}),
	}
	if !mounted {
		f.options = append(f.options, testcontainers.WithAdditionalLifecycleHooks(c.copyIn(s)))
	}
	return f, nil
}

// giveBack makes the caller the owner of what the engine wrote. A failure costs nothing but looks: root reads it anyway.
func giveBack(folder string) {
	_ = filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, os.Getuid(), os.Getgid())
	})
}

// restrict takes from a container what an engine that only reads files does not need.
func (c *Container) restrict(host *container.HostConfig) {
	host.NetworkMode = "none"
	host.ReadonlyRootfs = true
	host.Tmpfs = map[string]string{"/tmp": "rw,noexec,nosuid,nodev,size=64m", "/run": "rw,noexec,nosuid,nodev,size=8m"}
	host.CapDrop = []string{"ALL"}
	host.SecurityOpt = []string{"no-new-privileges"}
	host.Memory, host.MemorySwap = c.limits.Memory, c.limits.Memory
	host.PidsLimit = &c.limits.PIDs
	if cpus := c.limits.CPUs; cpus > 0 && cpus < float64(runtime.NumCPU()) {
		host.NanoCPUs = int64(cpus * 1e9)
	}
	host.LogConfig = container.LogConfig{Type: "json-file", Config: map[string]string{"max-size": "64m", "max-file": "2"}}
}

// quietTestcontainers settles two things the library reads once per process. Its log goes nowhere: every failure it speaks of is
// also returned. Its reaper is a container with access to the engine's socket, pulled from a registry at the first start; the
// owner labels do its work without either.
var quietTestcontainers = sync.OnceFunc(func() {
	log.SetDefault(log.NewNoopLogger())
	if os.Getenv(reaperSwitch) == "" {
		os.Setenv(reaperSwitch, "true")
	}
})

const reaperSwitch = "TESTCONTAINERS_RYUK_DISABLED"
