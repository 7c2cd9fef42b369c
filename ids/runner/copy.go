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
	"github.com/testcontainers/testcontainers-go"
)

// maxOutput bounds what an engine on another machine may send back.
const maxOutput = 16 << 30

// copyIn sends the inputs to a container that has been created and not started. The library's own way of copying unpacks at the
// root, which is read-only; this one unpacks in the volume.
func (c *Container) copyIn(s *stage) testcontainers.ContainerLifecycleHooks {
	send := func(ctx context.Context, created testcontainers.Container) error {
		reader, writer := io.Pipe()
		defer reader.Close()
		go func() { writer.CloseWithError(pack(writer, s.inputs)) }()
		_, err := c.docker.CopyToContainer(ctx, created.GetContainerID(), client.CopyToContainerOptions{
			DestinationPath: inputInside, Content: reader,
		})
		return err
	}
	return testcontainers.ContainerLifecycleHooks{PostCreates: []testcontainers.ContainerHook{send}}
}

func pack(w io.Writer, inputs []file) error {
	out := tar.NewWriter(w)
	for _, i := range inputs {
		if err := packFile(out, i); err != nil {
			return err
		}
	}
	return out.Close()
}

func packFile(out *tar.Writer, input file) error {
	f, err := os.Open(input.path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := out.WriteHeader(&tar.Header{Name: input.name, Mode: 0o444, Size: info.Size()}); err != nil {
		return err
	}
	_, err = io.Copy(out, f)
	return err
}

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
