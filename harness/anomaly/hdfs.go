package anomaly

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/evilbench/evilbench/generator/automaton"
)

// HDFSShare is the share of anomalous sessions in HDFS_v1: 16,838 of 575,061.
const HDFSShare = 0.0293

// Limits of a log of sessions.
const (
	mostEvents   = 100_000
	mostSessions = 2_000_000
	mostKinds    = 4096
)

// Sessions reads sessions of a log, all into one alphabet.
type Sessions struct {
	symbols []automaton.Symbol
	codes   map[string]int32
}

// Read reads one session a line, its events' numbers parted by blanks. With a header "Sequence,label" each line has a label of 0 or 1
// after a comma. Empty lines are passed over. Errors name the file and the line.
func (s *Sessions) Read(r io.Reader, file string) ([]automaton.Word, error) {
	if s.codes == nil {
		s.codes = map[string]int32{}
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), 1<<24)
	var out []automaton.Word
	labelled := false
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if n == 1 && line == "Sequence,label" {
			labelled = true
			continue
		}
		if line == "" {
			continue
		}
		if len(out) == mostSessions {
			return nil, fmt.Errorf("%s, line %d: more than %d sessions; split the file", file, n, mostSessions)
		}
		w, err := s.session(line, labelled)
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", file, n, err)
		}
		out = append(out, w)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no sessions; one a line is wanted, such as: 5 5 22 11 9", file)
	}
	return out, nil
}

func (s *Sessions) session(line string, labelled bool) (automaton.Word, error) {
	var w automaton.Word
	if labelled {
		events, label, found := strings.Cut(line, ",")
		if !found || label != "0" && label != "1" {
			return w, fmt.Errorf("no label; a line ends in ,0 (usual) or ,1 (anomalous)")
		}
		line = events
		if label == "1" {
			w.Label = 1
		}
	}
	for name := range strings.FieldsSeq(line) {
		for _, c := range name {
			if c < '0' || c > '9' {
				return w, fmt.Errorf("%.20q is not the number of an event", name)
			}
		}
		code, known := s.codes[name]
		if !known {
			if len(s.codes) == mostKinds {
				return w, fmt.Errorf("more than %d different events", mostKinds)
			}
			code = int32(len(s.codes))
			s.codes[strings.Clone(name)] = code
			s.symbols = append(s.symbols, automaton.Symbol{Name: strings.Clone(name)})
		}
		if len(w.Symbols) == mostEvents {
			return w, fmt.Errorf("more than %d events in a session", mostEvents)
		}
		w.Symbols = append(w.Symbols, code)
	}
	if len(w.Symbols) == 0 {
		return w, fmt.Errorf("a session without events")
	}
	return w, nil
}

// Words are sessions with the alphabet of all that was read so far.
func (s *Sessions) Words(words []automaton.Word) *automaton.Words {
	return &automaton.Words{Symbols: s.symbols, Words: words}
}
