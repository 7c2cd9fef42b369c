package runner

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/moby/moby/client"
)

// maxOutput bounds what an engine on another machine may send back.
const maxOutput = 16 << 30

// copyOut fetches the output folder of a stopped container. Names are taken by their last element, so that an archive cannot
// write outside the folder.
func (c *Container) copyOut(ctx context.Context, id, output string) error {
	got, err := c.docker.CopyFromContainer(ctx, id, client.CopyFromContainerOptions{SourcePath: outputInside})
	if err != nil {
		return fmt.Errorf("output of the container: %w", err)
	}
	defer got.Content.Close()
	if err := unpack(io.LimitReader(got.Content, maxOutput), output); err != nil {
		return fmt.Errorf("output of the container: %w", err)
	}
	return nil
}

func unpack(r io.Reader, folder string) error {
	for in := tar.NewReader(r); ; {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		if err := unpackFile(in, filepath.Join(folder, filepath.Base(header.Name))); err != nil {
			return err
		}
	}
}

func unpackFile(r io.Reader, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
