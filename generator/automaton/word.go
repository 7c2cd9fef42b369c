package automaton

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
)

// Word is a timed word: symbols and the values that came with each.
type Word struct {
	Symbols []int32   // indices into the alphabet, without the end
	Values  []float64 // Dims for each symbol, back to back
	Service string    // what it is said to be, "" = not said
	State   string    // Zeek's conn_state of the flow, "" = not said
	Label   int       // of a trial: 0 = usual, 1 = foreign
}

// Words are timed words over one alphabet.
type Words struct {
	Symbols []Symbol // in the order of their first use
	Dims    int      // values with each symbol
	Words   []Word
}

// A word is at most mostSymbols long; a longer line is refused rather than kept in memory.
const (
	mostSymbols = 100_000
	mostLine    = 1 << 24
	mostDims    = 4
	mostLetters = 4096
)

// ReadWords reads words, one JSON object a line: {"service": S, "state": T, "label": L, "word": [[symbol, value, ...], ...]}, where
// all but word may be missing. Every symbol has as many values as the first. Errors name the file and the line.
func ReadWords(r io.Reader, file string) (*Words, error) {
	out := &Words{Dims: -1}
	letters := map[string]int32{}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), mostLine)
	n := 0
	for lines.Scan() {
		n++
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		w, err := out.parse(lines.Bytes(), letters)
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", file, n, err)
		}
		out.Words = append(out.Words, w)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s, line %d: %w", file, n+1, err)
	}
	if len(out.Words) == 0 {
		return nil, fmt.Errorf("%s: no words; one JSON object a line is wanted, such as {\"word\":[[\"S_>\",0,0]]}", file)
	}
	return out, nil
}

func (ws *Words) parse(line []byte, letters map[string]int32) (Word, error) {
	var in struct {
		Service, State string
		Label          int
		Word           [][]any
	}
	if err := json.Unmarshal(line, &in); err != nil {
		return Word{}, fmt.Errorf("not a timed word: %w", err)
	}
	if len(in.Word) == 0 {
		return Word{}, fmt.Errorf("a word without symbols")
	}
	if len(in.Word) > mostSymbols {
		return Word{}, fmt.Errorf("%d symbols, a word has at most %d", len(in.Word), mostSymbols)
	}
	w := Word{Service: in.Service, State: in.State, Label: in.Label}
	for i, letter := range in.Word {
		if len(letter) == 0 {
			return Word{}, fmt.Errorf("symbol %d is empty; write [symbol, value, ...]", i+1)
		}
		name, ok := letter[0].(string)
		if !ok || name == "" {
			return Word{}, fmt.Errorf("symbol %d has no name; write [symbol, value, ...]", i+1)
		}
		if ws.Dims < 0 {
			ws.Dims = len(letter) - 1
		}
		if len(letter)-1 != ws.Dims || ws.Dims > mostDims {
			return Word{}, fmt.Errorf("symbol %d has %d values, want %d (at most %d)", i+1, len(letter)-1, ws.Dims, mostDims)
		}
		code, known := letters[name]
		if !known {
			if len(letters) == mostLetters {
				return Word{}, fmt.Errorf("more than %d different symbols", mostLetters)
			}
			code = int32(len(letters))
			letters[name] = code
			ws.Symbols = append(ws.Symbols, Symbol{Name: name, Direction: direction(name)})
		}
		w.Symbols = append(w.Symbols, code)
		for _, v := range letter[1:] {
			x, ok := v.(float64)
			if !ok || math.Abs(x) > 1e9 {
				return Word{}, fmt.Errorf("symbol %d: value %v is not a number up to 1e9", i+1, v)
			}
			w.Values = append(w.Values, x)
		}
	}
	return w, nil
}

// direction reads who sends a symbol's packet from its name: > or < stands alone between underscores, as in PA_>_P.
func direction(name string) Direction {
	for part := range strings.SplitSeq(name, "_") {
		switch part {
		case ">":
			return Forward
		case "<":
			return Backward
		}
	}
	return Neither
}

// Write writes words as [ReadWords] reads them.
func (ws *Words) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	type line struct {
		Service string  `json:"service,omitempty"`
		State   string  `json:"state,omitempty"`
		Label   int     `json:"label,omitempty"`
		Word    [][]any `json:"word"`
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for i := range ws.Words {
		word := &ws.Words[i]
		l := line{Service: word.Service, State: word.State, Label: word.Label}
		for k, s := range word.Symbols {
			letter := []any{ws.Symbols[s].Name}
			for _, v := range word.Values[k*ws.Dims : (k+1)*ws.Dims] {
				letter = append(letter, v)
			}
			l.Word = append(l.Word, letter)
		}
		if err := encoder.Encode(&l); err != nil {
			return err
		}
	}
	return out.Flush()
}

// Compact is the words over an alphabet that has only the symbols they use, in the order of their first use.
func (ws *Words) Compact() *Words {
	out := &Words{Dims: ws.Dims, Words: make([]Word, len(ws.Words))}
	code := make([]int32, len(ws.Symbols))
	for i := range code {
		code[i] = -1
	}
	for i, w := range ws.Words {
		symbols := make([]int32, len(w.Symbols))
		for k, s := range w.Symbols {
			if code[s] < 0 {
				code[s] = int32(len(out.Symbols))
				out.Symbols = append(out.Symbols, ws.Symbols[s])
			}
			symbols[k] = code[s]
		}
		w.Symbols = symbols
		out.Words[i] = w
	}
	return out
}
