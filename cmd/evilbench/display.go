package main

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"
)

// display shows long work: a line that rewrites itself on a terminal, plain lines elsewhere, JSON lines or nothing when asked.
// It satisfies the harness's Display.
type display struct {
	mu    sync.Mutex
	w     io.Writer
	mode  string // bar, plain, json, none
	step  string
	shown time.Time
	tenth int64
	open  bool // a bar is on the line
}

func (a *app) display() (*display, error) {
	mode := a.progress
	switch mode {
	case "plain", "json", "none":
	case "auto":
		mode = "plain"
		if a.terminal {
			mode = "bar"
		}
	default:
		return nil, usageError{fmt.Errorf("--progress %q: choose auto, plain, json or none", a.progress)}
	}
	return &display{w: a.stderr, mode: mode}, nil
}

// Step says what begins.
func (d *display) Step(name, detail string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.end()
	d.step, d.tenth = name, 0
	d.line("step", name, detail)
}

// Progress says how far the step is.
func (d *display) Progress(done, total int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if total <= 0 {
		return
	}
	tenth := done * 10 / total
	switch d.mode {
	case "bar":
		if time.Since(d.shown) < 100*time.Millisecond && done < total {
			return
		}
		d.shown, d.open = time.Now(), true
		const width = 30
		full := int(done * width / total)
		fmt.Fprintf(d.w, "\r%-10s [%-*s] %3d %%", d.step, width, bars[:full], done*100/total)
		if done >= total {
			d.end()
		}
	case "json":
		if tenth > d.tenth {
			d.tenth = tenth
			d.line("progress", d.step, fmt.Sprintf("%d/%d", done, total))
		}
	}
}

// Working says what goes on where nobody knows for how long: on a terminal as often as it changes, else every so often.
func (d *display) Working(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	wait := 10 * time.Second
	if d.mode == "bar" {
		wait = 100 * time.Millisecond
	}
	if time.Since(d.shown) < wait {
		return
	}
	d.shown = time.Now()
	if d.mode != "bar" {
		d.line("progress", d.step, text)
		return
	}
	d.open = true
	fmt.Fprintf(d.w, "\r%-10s %-60.60s", d.step, text)
}

const bars = "=============================="

// Warn says what the reader of the numbers must know.
func (d *display) Warn(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.end()
	d.line("warning", "warning", text)
}

func (d *display) line(kind, name, detail string) {
	switch d.mode {
	case "json":
		b, _ := json.Marshal(map[string]string{"kind": kind, "name": name, "detail": detail}) // strings always marshal
		fmt.Fprintf(d.w, "%s\n", b)
	case "none":
	default:
		if detail != "" {
			detail = ": " + detail
		}
		fmt.Fprintf(d.w, "evilbench: %s%s\n", name, detail)
	}
}

func (d *display) end() {
	if d.open {
		fmt.Fprintln(d.w)
		d.open = false
	}
}
