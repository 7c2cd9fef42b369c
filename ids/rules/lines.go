package rules

import (
	"bytes"
	"fmt"
	"strings"
)

// maxRule bounds one rule. Suricata's own line buffer holds 8 KiB; more than this is no rule in any engine.
const maxRule = 64 << 10

// Fault is a place in a ruleset that cannot be read, and what to do about it.
type Fault struct {
	File   string
	Line   int // 1-based
	What   string
	Remedy string
}

func (f *Fault) Error() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, f.What, f.Remedy)
}

// logical is one rule-to-be: physical lines joined where a backslash ends them, blanks at both ends removed.
type logical struct {
	text    string
	line    int // of the first physical line
	comment bool
}

// splitter takes a rules file apart into logical lines.
type splitter struct {
	rest []byte
	line int // lines taken so far
}

// next returns the next logical line that is not empty. A comment goes on only into another comment, so that a stray backslash
// in a remark cannot swallow a rule.
func (s *splitter) next() (l logical, ok bool) {
	for {
		text, more := s.physical()
		if !more {
			return logical{}, false
		}
		if text == "" {
			continue
		}
		l = logical{line: s.line, comment: text[0] == '#'}
		parts := []string{text}
		for strings.HasSuffix(text, `\`) && (!l.comment || s.commentFollows()) {
			parts[len(parts)-1] = strings.TrimSuffix(text, `\`)
			if text, more = s.physical(); !more {
				break
			}
			parts = append(parts, text)
		}
		if l.comment {
			for i := range parts {
				parts[i] = strings.TrimLeft(parts[i], "# \t")
			}
		}
		l.text = strings.TrimSpace(strings.Join(parts, ""))
		return l, true
	}
}

// physical takes one line, trimmed.
func (s *splitter) physical() (text string, ok bool) {
	if len(s.rest) == 0 {
		return "", false
	}
	line, rest, _ := bytes.Cut(s.rest, []byte{'\n'})
	s.rest = rest
	s.line++
	return string(bytes.TrimSpace(line)), true
}

func (s *splitter) commentFollows() bool {
	return bytes.HasPrefix(bytes.TrimLeft(s.rest, " \t"), []byte{'#'})
}
