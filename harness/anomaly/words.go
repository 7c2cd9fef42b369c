package anomaly

import (
	"fmt"

	"github.com/evilbench/evilbench/generator/automaton"
)

// Merge gives words of several files one alphabet: in the order of their first use, file by file. Words keep their values. It is an
// error if files have different numbers of values.
func Merge(files ...*automaton.Words) ([]*automaton.Words, error) {
	codes := map[string]int32{}
	var symbols []automaton.Symbol
	out := make([]*automaton.Words, len(files))
	for i, f := range files {
		if f.Dims != files[0].Dims {
			return nil, fmt.Errorf("words with %d and with %d values a symbol cannot be measured together", files[0].Dims, f.Dims)
		}
		code := make([]int32, len(f.Symbols))
		for j, s := range f.Symbols {
			c, known := codes[s.Name]
			if !known {
				c = int32(len(symbols))
				codes[s.Name] = c
				symbols = append(symbols, s)
			}
			code[j] = c
		}
		out[i] = &automaton.Words{Dims: f.Dims, Words: make([]automaton.Word, len(f.Words))}
		for j, w := range f.Words {
			recoded := make([]int32, len(w.Symbols))
			for k, s := range w.Symbols {
				recoded[k] = code[s]
			}
			w.Symbols = recoded
			out[i].Words[j] = w
		}
	}
	for _, f := range out {
		f.Symbols = symbols
	}
	return out, nil
}

// Split parts the words of each service that has at least so many: every second one to learn from, the others to test. Words that name no
// service and services with fewer words are left out, and counted.
func Split(words *automaton.Words, least int) (train, test *automaton.Words, left int) {
	count := map[string]int{}
	for i := range words.Words {
		count[words.Words[i].Service]++
	}
	train = &automaton.Words{Symbols: words.Symbols, Dims: words.Dims}
	test = &automaton.Words{Symbols: words.Symbols, Dims: words.Dims}
	nth := map[string]int{}
	for _, w := range words.Words {
		if w.Service == "" || count[w.Service] < least {
			left++
			continue
		}
		if nth[w.Service]%2 == 0 {
			train.Words = append(train.Words, w)
		} else {
			test.Words = append(test.Words, w)
		}
		nth[w.Service]++
	}
	return train, test, left
}
