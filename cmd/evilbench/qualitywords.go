package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/fidelity/sequences"
	"github.com/evilbench/evilbench/harness/stats"
	"github.com/evilbench/evilbench/reports"
)

// wordQuality sets timed words beside real ones.
func (a *app) wordQuality(args []string, o qualityOptions) error {
	real, err := readWords(o.words)
	if err != nil {
		return err
	}
	var names []string
	var list []*sequences.Comparison
	for _, arg := range args {
		name, path, found := strings.Cut(arg, "=")
		if !found {
			return usageError{fmt.Errorf("%q: write NAME=FILE", arg)}
		}
		other, err := readWords(path)
		if err != nil {
			return err
		}
		c, err := sequences.Compare(real, other, sequences.Options{Seed: draw.NewSeed(o.tables.seed)})
		var missing *stats.Missing
		if errors.As(err, &missing) {
			return fmt.Errorf("%s and %s: %w", o.words, path, err)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		names, list = append(names, name), append(list, c)
	}
	return a.printTables(o.format, reports.Sequences(o.words, names, list))
}
