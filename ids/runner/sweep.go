package runner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// cleanupTime bounds what is done after a run was cancelled.
const cleanupTime = 20 * time.Second

// sweep removes all containers of evilbench whose labels are gone for.
func (c *Container) sweep(ctx context.Context, gone func(labels map[string]string) bool) error {
	filters := make(client.Filters).Add("label", labelOwner)
	list, err := c.docker.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: filters})
	if err != nil {
		return fmt.Errorf("left-over containers: %w", err)
	}
	var faults []error
	for _, found := range list.Items {
		if gone(found.Labels) {
			faults = append(faults, c.removeID(ctx, found.ID))
		}
	}
	return errors.Join(faults...)
}

// remove removes the container of one run, whatever became of the run's context.
func (c *Container) remove(run string) error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanupTime)
	defer cancel()
	return c.sweep(ctx, func(l map[string]string) bool { return l[labelRun] == run })
}

func (c *Container) removeID(ctx context.Context, id string) error {
	_, err := c.docker.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	if err == nil || errdefs.IsNotFound(err) || errdefs.IsConflict(err) {
		return nil // gone, or going: somebody else's sweep was faster
	}
	return fmt.Errorf("removing container %.12s: %w", id, err)
}
