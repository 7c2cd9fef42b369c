package runner

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// Labels on every container say who started it, so that one whose owner is gone can be told from one at work.
const (
	labelMachine = "org.evilbench.machine" // boot and process name space the owner's pid belongs to
	labelOwner   = "org.evilbench.owner"   // pid
	labelStart   = "org.evilbench.start"   // the owner's start, in clock ticks since boot: pids are reused
	labelRun     = "org.evilbench.run"     // unique per container of an owner
)

var runs atomic.Int64

// ownLabels are the labels of a new container of this process.
func ownLabels() map[string]string {
	pid := os.Getpid()
	return map[string]string{
		labelMachine: machine(),
		labelOwner:   strconv.Itoa(pid),
		labelStart:   processStart(pid),
		labelRun:     fmt.Sprintf("%d-%s-%d", pid, processStart(pid), runs.Add(1)),
	}
}

// orphaned tells whether the process that labelled a container is gone. A container of another machine is never orphaned: its
// owner cannot be looked at from here.
func orphaned(labels map[string]string) bool {
	pid, err := strconv.Atoi(labels[labelOwner])
	if err != nil || labels[labelMachine] != machine() {
		return false
	}
	if err := syscall.Kill(pid, 0); err == syscall.ESRCH {
		return true
	}
	return processStart(pid) != labels[labelStart]
}

func machine() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		host, _ := os.Hostname() // no Linux: the name is the best there is
		return host
	}
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		space = "pid"
	}
	return string(bytes.TrimSpace(boot)) + " " + space
}

// processStart is field 22 of /proc/PID/stat (proc(5)), "" where there is no such file.
func processStart(pid int) string {
	fields := processStat(pid)
	if len(fields) < 20 {
		return ""
	}
	return fields[19]
}

// processStat returns the fields of /proc/PID/stat from the third on; the second, a name in brackets, may hold anything.
func processStat(pid int) []string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	i := bytes.LastIndexByte(stat, ')')
	if i < 0 {
		return nil
	}
	return strings.Fields(string(stat[i+1:]))
}
