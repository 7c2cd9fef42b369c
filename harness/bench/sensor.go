package bench

import (
	"context"
	"path/filepath"

	"github.com/evilbench/evilbench/labels/corpus"
	"github.com/evilbench/evilbench/labels/taint"
)

// sensorCapture is the name of a sensor's copy in the store.
const sensorCapture = "sensor.pcap"

// sensorCopy writes the capture as a detector gets it: without the bit that tells the truth.
func (j *job) sensorCopy(ctx context.Context, to string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.Display.Step("sensor", "the capture without its labels")
	_, err := taint.Clear(j.Corpus.Path(corpus.Traffic), to)
	return err
}

// sensor makes the run's capture ready in the store and returns its path. The archive itself is given where the taint is to be
// kept.
func (s *store) sensor(ctx context.Context, j *job) (string, error) {
	if j.KeepTaint {
		return j.Corpus.Path(corpus.Traffic), nil
	}
	dir, err := s.step(ctx, kindSensor, key("sensor", j.Version, j.Corpus.Files[corpus.Traffic].SHA256), func(tmp string) error {
		return j.sensorCopy(ctx, filepath.Join(tmp, sensorCapture))
	})
	return filepath.Join(dir, sensorCapture), err
}
