package main

import (
	"bytes"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// step is one command of a console block and what the reader is told it prints.
type step struct {
	line    int // of README.md
	command string
	output  []string
}

// consoleSteps are the commands of a document's ```console blocks, block by block. What it cannot run it hands back as a fault.
func consoleSteps(text string) (blocks [][]step, faults []string) {
	const fence = "```"
	var block []step
	inside := false
	for i, line := range strings.Split(text, "\n") {
		fault := func(why string) { faults = append(faults, "line "+strconv.Itoa(i+1)+": "+why+": "+line) }
		switch {
		case !inside:
			inside = strings.TrimSpace(line) == fence+"console"
		case strings.TrimSpace(line) == fence:
			if len(block) == 0 {
				fault("a console block without a command")
			}
			blocks, block, inside = append(blocks, block), nil, false
		case strings.HasPrefix(line, "$ "):
			command := strings.TrimPrefix(line, "$ ")
			if !strings.HasPrefix(command, "evilbench ") || strings.ContainsAny(command, `|&;<>"'\$*`) {
				fault("only plain calls of evilbench can be tested")
				continue
			}
			block = append(block, step{line: i + 1, command: command})
		case len(block) == 0:
			fault("output before the first command")
		default:
			block[len(block)-1].output = append(block[len(block)-1].output, line)
		}
	}
	if inside {
		faults = append(faults, "the last console block has no end")
	}
	return blocks, faults
}

// shows compares what is printed with what is shown: a line of "..." stands for any lines, "..." within a line for any text.
func shows(shown []string, printed string) bool {
	var pattern strings.Builder
	pattern.WriteString(`\A`)
	for _, line := range shown {
		if strings.TrimSpace(line) == "..." {
			pattern.WriteString(`(?:.*\n)*?`)
			continue
		}
		parts := strings.Split(strings.TrimRight(line, " "), "...")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		pattern.WriteString(strings.Join(parts, ".*") + ` *\n`)
	}
	pattern.WriteString(`\z`)
	return regexp.MustCompile(pattern.String()).MatchString(printed)
}

// The commands of the README run in order, block by block, and print what it shows.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks, faults := consoleSteps(string(text))
	for _, f := range faults {
		t.Errorf("README.md: %s", f)
	}
	if len(blocks) == 0 {
		t.Fatal("README.md has no console block")
	}
	for _, block := range blocks {
		t.Run("line"+strconv.Itoa(block[0].line), func(t *testing.T) {
			for _, s := range block {
				if needsEngine(s.command) {
					engine(t, "suricata")
					break
				}
			}
			t.Chdir(t.TempDir())
			for _, s := range block {
				runStep(t, s)
			}
		})
	}
}

// needsEngine says whether a command starts a detector.
func needsEngine(command string) bool {
	verb := strings.Fields(command)[1]
	return (verb == "bench" || verb == "run") && !strings.Contains(command, "recorded:")
}

// runStep compares both streams with what is shown, as a terminal mixes them: talk comes before the result.
func runStep(t *testing.T, s step) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := &app{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr}
	if code := a.main(t.Context(), strings.Fields(s.command)[1:]); code != exitDone {
		t.Fatalf("README.md:%d: %s: exit code %d\n%s", s.line, s.command, code, stderr.String())
	}
	if len(s.output) == 0 {
		return
	}
	if printed := stderr.String() + stdout.String(); !shows(s.output, printed) && !shows(s.output, stdout.String()) {
		t.Errorf("README.md:%d: %s shows\n%s\nand prints\n%s", s.line, s.command, strings.Join(s.output, "\n"), printed)
	}
}

func TestConsoleSteps(t *testing.T) {
	blocks, faults := consoleSteps("a\n```console\n$ evilbench version\nx\n\ny\n$ evilbench schema\n```\n```sh\n$ ls\n```\n")
	if len(faults) != 0 || len(blocks) != 1 || len(blocks[0]) != 2 {
		t.Fatalf("blocks %v, faults %v", blocks, faults)
	}
	first, second := blocks[0][0], blocks[0][1]
	if first.command != "evilbench version" || first.line != 3 || strings.Join(first.output, "|") != "x||y" {
		t.Errorf("first command: %+v", first)
	}
	if second.command != "evilbench schema" || len(second.output) != 0 {
		t.Errorf("second command: %+v", second)
	}
	for _, bad := range []string{
		"```console\n```\n", "```console\n$ ls\n```\n", "```console\nx\n$ evilbench version\n```\n", "```console\n$ evilbench version\n",
		"```console\n$ evilbench schema | head\n```\n",
	} {
		if _, faults := consoleSteps(bad); len(faults) == 0 {
			t.Errorf("no fault found in %q", bad)
		}
	}
}

func TestShows(t *testing.T) {
	const printed = "one\ntwo 2.5 s\nthree\n"
	for _, c := range []struct {
		shown string
		want  bool
	}{
		{"one\ntwo 2.5 s\nthree", true}, {"one\n...", true}, {"...\nthree", true}, {"...", true}, {"one\n...\nthree", true},
		{"one\ntwo ... s\nthree", true}, {"one\n...\ntwo 2.5 s\nthree", true},
		{"one", false}, {"one\nthree", false}, {"...\ntwo", false}, {"one\ntwo 2x5 s\nthree", false}, {"", false},
	} {
		if got := shows(strings.Split(c.shown, "\n"), printed); got != c.want {
			t.Errorf("%q: %v, want %v", c.shown, got, c.want)
		}
	}
}
