package runner

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	sampleEvery    = 20 * time.Millisecond
	ticksPerSecond = 100 // USER_HZ, fixed on Linux
)

// sample is what a process has used so far.
type sample struct {
	cpu  float64 // seconds, all threads
	peak int64   // bytes, high-water mark of the resident set
}

// watch follows a container's main process through /proc until ctx ends, and then returns the last sample: short of the truth by
// at most what the process did in its last 20 ms. The cgroup's own peak would count the page cache of the capture. Where the
// process cannot be seen from here (another machine, another process name space) the sample is zero.
func watch(ctx context.Context, pid int, container string) sample {
	var last sample
	if pid <= 0 || !inContainer(pid, container) {
		return last
	}
	start := processStart(pid)
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for {
		now, ok := measure(pid, start)
		if !ok {
			return last
		}
		last = now
		select {
		case <-ctx.Done():
			return last
		case <-tick.C:
		}
	}
}

// inContainer guards against a pid that means another process here than it does to the container engine.
func inContainer(pid int, container string) bool {
	cgroup, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	return err == nil && strings.Contains(string(cgroup), container)
}

func measure(pid int, start string) (sample, bool) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return sample{}, false
	}
	peak := int64(0)
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			if err != nil {
				return sample{}, false
			}
			peak = kib << 10
		}
	}
	stat := processStat(pid)
	if peak == 0 || len(stat) < 20 || stat[19] != start {
		return sample{}, false // it has ended, or another process has its number
	}
	user, err1 := strconv.ParseInt(stat[11], 10, 64)
	system, err2 := strconv.ParseInt(stat[12], 10, 64)
	if err1 != nil || err2 != nil {
		return sample{}, false
	}
	return sample{cpu: float64(user+system) / ticksPerSecond, peak: peak}, true
}
