// Command ratios measures the program as a whole, always beside something else, and prints Markdown tables. It starts the built
// binary: make build first.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// cost is what one process took.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // bytes
}

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ratios:", err)
		os.Exit(1)
	}
}

func run(w io.Writer) error {
	binary, err := filepath.Abs("bin/evilbench")
	if err != nil {
		return err
	}
	if _, err := os.Stat(binary); err != nil {
		return fmt.Errorf("%w; type make build first", err)
	}
	dir, err := os.MkdirTemp("", "evilbench-ratios-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{w: w, binary: binary, dir: dir}
	for _, step := range []func() error{b.generation, b.tracking, b.whole} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

type bench struct {
	w           io.Writer
	binary, dir string
}

// start runs a command and measures it.
func (b *bench) start(name string, args ...string) (cost, error) {
	c := exec.Command(name, args...)
	c.Dir = b.dir
	begin := time.Now()
	out, err := c.CombinedOutput()
	if err != nil {
		return cost{}, fmt.Errorf("%s %v: %w: %s", name, args, err, out)
	}
	k := cost{wall: time.Since(begin), cpu: c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
	if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		k.peak = u.Maxrss << 10
	}
	return k, nil
}

// manifest is what this program needs of corpus.json.
type manifest struct {
	Packets, Flows, Bytes int64
}

func readJSON(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// generation: packets per CPU second, and memory as the duration grows, beside the figures recorded for Fos-R (one model day,
// 155 bytes a packet, two loaded cores: 1.22 million packets per CPU second with everything in memory, 1,489 MB).
func (b *bench) generation() error {
	fmt.Fprintf(b.w, "## Generation\n\n| duration | packets | bytes a packet | packets per CPU second | MB per CPU second | peak memory | times Fos-R's bytes per CPU second |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	const fosr = 1.22e6 * 155
	for _, d := range []string{"2m", "20m", "200m"} {
		out := filepath.Join(b.dir, "corpus-"+d)
		k, err := b.start(b.binary, "generate", "--scenario", "smoke", "--duration", d, "-o", out, "--progress", "none")
		if err != nil {
			return err
		}
		var m manifest
		if err := readJSON(filepath.Join(out, "corpus.json"), &m); err != nil {
			return err
		}
		perByte := float64(m.Bytes) / k.cpu.Seconds()
		fmt.Fprintf(b.w, "| %s | %d | %.0f | %.0f | %.0f | %d MB | %.2f |\n", d, m.Packets, float64(m.Bytes)/float64(m.Packets),
			float64(m.Packets)/k.cpu.Seconds(), perByte/1e6, k.peak/1e6, perByte/fosr)
	}
	fmt.Fprintln(b.w)
	return nil
}

// usage is what this program needs of run.json.
type usage struct {
	Usage struct {
		WallSeconds float64 `json:"wall_seconds"`
		CPUSeconds  float64 `json:"cpu_seconds"`
	}
}

// tracking: reading a capture into biflows beside Suricata without rules on the same capture.
func (b *bench) tracking() error {
	corpus := filepath.Join(b.dir, "corpus-200m")
	ours, err := b.start(b.binary, "inspect", filepath.Join(corpus, "traffic.pcap"))
	if err != nil {
		return err
	}
	out := filepath.Join(b.dir, "run-none")
	if _, err := b.start(b.binary, "run", "--rules", "none", corpus, "-o", out, "--progress", "none"); err != nil {
		return err
	}
	var u usage
	if err := readJSON(filepath.Join(out, "run.json"), &u); err != nil {
		return err
	}
	var m manifest
	if err := readJSON(filepath.Join(corpus, "corpus.json"), &m); err != nil {
		return err
	}
	fmt.Fprintf(b.w, "## Biflows of %d packets\n\n| | CPU seconds | packets per CPU second |\n| --- | ---: | ---: |\n", m.Packets)
	fmt.Fprintf(b.w, "| inspect | %.2f | %.0f |\n", ours.cpu.Seconds(), float64(m.Packets)/ours.cpu.Seconds())
	fmt.Fprintf(b.w, "| suricata without rules | %.2f | %.0f |\n| ratio | %.2f | |\n\n", u.Usage.CPUSeconds, float64(m.Packets)/u.Usage.CPUSeconds,
		u.Usage.CPUSeconds/ours.cpu.Seconds())
	return nil
}

// whole: a bench from an empty store beside the engine's own run in it.
func (b *bench) whole() error {
	k, err := b.start(b.binary, "bench", "--scenario", "office", "--store", "store", "-o", "out", "--progress", "none")
	if err != nil {
		return err
	}
	again, err := b.start(b.binary, "bench", "--scenario", "office", "--store", "store", "-o", "out", "--progress", "none")
	if err != nil {
		return err
	}
	runs, err := filepath.Glob(filepath.Join(b.dir, "out", "cells", "*", "run", "run.json"))
	if err != nil {
		return err
	}
	if len(runs) != 1 {
		return fmt.Errorf("out/cells: %d runs, want 1", len(runs))
	}
	var u usage
	if err := readJSON(runs[0], &u); err != nil {
		return err
	}
	fmt.Fprintf(b.w, "## The whole of it, scenario office\n\n| | wall seconds |\n| --- | ---: |\n| suricata alone | %.2f |\n| bench, empty store | %.2f |\n| bench again | %.2f |\n| ratio of the first two | %.2f |\n",
		u.Usage.WallSeconds, k.wall.Seconds(), again.wall.Seconds(), k.wall.Seconds()/u.Usage.WallSeconds)
	return nil
}
