package images

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/moby/moby/client"
)

const (
	registryPatience = 10 * time.Second // until the first word from a registry
	pullTime         = 15 * time.Minute // for the whole of an image
)

var errSilent = errors.New("registry does not answer")

// pull fetches the published image and gives it our name.
func pull(ctx context.Context, docker *client.Client, r recipe) error {
	ctx, done := context.WithTimeout(ctx, pullTime)
	defer done()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(registryPatience, func() { cancel(errSilent) })
	defer silence.Stop()

	response, err := docker.ImagePull(ctx, r.published, client.ImagePullOptions{})
	if err != nil {
		return cause(ctx, err)
	}
	defer response.Close()
	for message, err := range response.JSONMessages(ctx) {
		silence.Stop()
		if err != nil {
			return cause(ctx, err)
		}
		if message.Error != nil {
			return fmt.Errorf("%s: %s", r.published, message.Error.Message)
		}
	}
	_, err = docker.ImageTag(ctx, client.ImageTagOptions{Source: r.published, Target: r.ref()})
	return cause(ctx, err)
}

// cause prefers why a context ended over what came of it.
func cause(ctx context.Context, err error) error {
	if err != nil && context.Cause(ctx) != nil {
		return context.Cause(ctx)
	}
	return err
}
