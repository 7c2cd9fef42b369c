package bench

// Display shows long work. Calls come from one goroutine at a time, except for Progress.
type Display interface {
	// Step says what begins: corpus, sensor, check, run, score, wait.
	Step(name, detail string)
	// Progress says how far the step is, in units of its own.
	Progress(done, total int64)
	// Warn says what a reader of the figures must know.
	Warn(text string)
}

// silent shows nothing.
type silent struct{}

func (silent) Step(string, string)   {}
func (silent) Progress(int64, int64) {}
func (silent) Warn(string)           {}

func displayOr(d Display) Display {
	if d == nil {
		return silent{}
	}
	return d
}
