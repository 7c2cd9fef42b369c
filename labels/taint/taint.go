// Package taint keeps RFC 3514's bit, by which an archive capture says of itself which packets belong to an attack.
package taint

import (
	"errors"
	"io"

	"github.com/evilbench/evilbench/labels/wire"
)

func each(path string, do func(*wire.Reader) error) error {
	r, err := wire.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(do(r), r.Close())
}

// packets walks through a capture. A frame whose headers cannot be read has no bit.
func packets(r *wire.Reader, do func(wire.Frame, *wire.Headers) error) error {
	var h wire.Headers
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if wire.Decode(f, &h) != nil {
			h = wire.Headers{Length: f.Length}
		}
		if err := do(f, &h); err != nil {
			return err
		}
	}
}
