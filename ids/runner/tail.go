package runner

import (
	"io"
	"os"
	"path/filepath"
)

const (
	maxTail = 32 << 10 // bytes of a stream an outcome keeps
	maxLog  = 64 << 20 // bytes of a stream that go to disk
)

// stream keeps the end of an engine's output in memory, and the first 64 MiB of it in a file next to the engine's logs.
type stream struct {
	file *os.File // nil = memory only
	kept int64
	tail []byte
}

// newStream opens output/name; an empty output means memory only.
func newStream(output, name string) (*stream, error) {
	if output == "" {
		return &stream{}, nil
	}
	f, err := os.Create(filepath.Join(output, name))
	return &stream{file: f}, err
}

var _ io.Writer = (*stream)(nil)

// Write never fails for want of disk space: the engine's own logs will say so louder.
func (s *stream) Write(p []byte) (int, error) {
	if s.file != nil && s.kept < maxLog {
		n, _ := s.file.Write(p[:min(int64(len(p)), maxLog-s.kept)])
		s.kept += int64(n)
	}
	if len(p) >= maxTail {
		s.tail = append(s.tail[:0], p[len(p)-maxTail:]...)
		return len(p), nil
	}
	s.tail = append(s.tail, p...)
	if over := len(s.tail) - maxTail; over > 0 {
		s.tail = s.tail[:copy(s.tail, s.tail[over:])]
	}
	return len(p), nil
}

func (s *stream) String() string { return string(s.tail) }

func (s *stream) close() {
	if s.file != nil {
		s.file.Close()
	}
}
