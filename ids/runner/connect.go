package runner

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/moby/moby/client"

	"github.com/evilbench/evilbench/ids"
)

// patience is how long a container engine may take to say that it is there.
const patience = 3 * time.Second

// Connect finds the container engine: DOCKER_HOST where that is set, else the usual socket, else the caller's own (rootless)
// one. Where none answers within three seconds it returns *ids.Missing.
func Connect(ctx context.Context) (*client.Client, error) {
	options := [][]client.Opt{{client.FromEnv}}
	if os.Getenv(client.EnvOverrideHost) == "" {
		if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
			options = append(options, []client.Opt{client.FromEnv, client.WithHost("unix://" + filepath.Join(dir, "docker.sock"))})
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var why error
	for _, o := range options {
		cli, err := client.New(o...)
		if err == nil {
			if _, err = cli.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true}); err == nil {
				return cli, nil
			}
			cli.Close()
		}
		if why == nil {
			why = err
		}
	}
	return nil, &ids.Missing{
		Want: "a container engine",
		Why:  firstLine(why.Error()),
		Hint: "install docker and start it (apt-get install docker.io), or point DOCKER_HOST at one",
	}
}

// local tells whether the engine shares this machine's file system, so that files can be mounted instead of copied.
func local(cli *client.Client) bool { return strings.HasPrefix(cli.DaemonHost(), "unix://") }

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
