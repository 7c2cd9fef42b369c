package stats

import "fmt"

// Missing is the error of a statistic that cannot be computed from sound input: its figure is n/a, with this reason. Callers
// tell it from other errors by errors.As.
type Missing struct{ Reason string }

// Error implements error.
func (m *Missing) Error() string { return m.Reason }

func missing(format string, args ...any) error { return &Missing{fmt.Sprintf(format, args...)} }
