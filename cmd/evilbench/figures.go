package main

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/evilbench/evilbench/harness/score"
)

// figureFlags choose for which circumstances figures are given.
type figureFlags struct {
	baseRates, costRatios []float64
	gap                   time.Duration
}

func (f *figureFlags) add(flags *pflag.FlagSet) {
	flags.Float64SliceVar(&f.baseRates, "base-rates", []float64{1e-2, 1e-3, 1e-4, 1e-5, 1e-6},
		"shares of malicious flows for which to tell what an alarm is worth")
	flags.Float64SliceVar(&f.costRatios, "cost-ratios", []float64{10, 100, 1000}, "costs of ignoring an intrusion, where answering none costs 1")
	flags.DurationVar(&f.gap, "group-gap", 5*time.Minute, "longest pause between alerts of one group")
}

// options are the choice, once checked.
func (f *figureFlags) options() (score.Options, error) {
	o := score.Options{BaseRates: f.baseRates, CostRatios: f.costRatios, Gap: f.gap}
	if err := o.Validate(); err != nil {
		return o, usageError{err}
	}
	return o, nil
}
