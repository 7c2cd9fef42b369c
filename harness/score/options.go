package score

import (
	"fmt"
	"math"
	"time"

	"github.com/evilbench/evilbench/harness/stats"
)

// Options say for which circumstances figures are given. Zero fields mean the defaults.
type Options struct {
	// BaseRates are the shares of malicious flows for which what an alarm is worth is told. Default 1e-2 to 1e-6: from a
	// honeypot's to a quiet network's.
	BaseRates []float64
	// CostRatios say what it costs to ignore an intrusion, where to answer what is none costs 1. Default 10, 100, 1000.
	CostRatios []float64
	// MinPPV is the share of alarms that must be right in the ceiling of the FPR. Default 0.5.
	MinPPV float64
	// Beta is the weight of recall in F_β. Default 2: a miss is worse than a false alarm.
	Beta float64
	// Gap is how far two alerts of one group may lie apart. Default 5 min.
	Gap time.Duration
	// Draws of each bootstrap. Default stats.MinDraws.
	Draws int
}

func (o Options) withDefaults() Options {
	if len(o.BaseRates) == 0 {
		o.BaseRates = []float64{1e-2, 1e-3, 1e-4, 1e-5, 1e-6}
	}
	if len(o.CostRatios) == 0 {
		o.CostRatios = []float64{10, 100, 1000}
	}
	if o.MinPPV == 0 {
		o.MinPPV = 0.5
	}
	if o.Beta == 0 {
		o.Beta = 2
	}
	if o.Gap == 0 {
		o.Gap = 5 * time.Minute
	}
	if o.Draws == 0 {
		o.Draws = stats.MinDraws
	}
	return o
}

// Validate checks the options: base rates and MinPPV lie between 0 and 1, cost ratios and Beta above 0, Gap is not negative, and
// there are enough draws. Zero fields are right.
func (o Options) Validate() error {
	o = o.withDefaults()
	for _, b := range o.BaseRates {
		if !(b > 0 && b < 1) {
			return fmt.Errorf("base rate %v: a share between 0 and 1, e.g. 0.001", b)
		}
	}
	for _, c := range o.CostRatios {
		if !aboveZero(c) {
			return fmt.Errorf("cost ratio %v: a number above 0, e.g. 100", c)
		}
	}
	switch {
	case !(o.MinPPV > 0 && o.MinPPV < 1):
		return fmt.Errorf("least PPV %v: a share between 0 and 1, e.g. 0.5", o.MinPPV)
	case !aboveZero(o.Beta):
		return fmt.Errorf("weight %v of recall in the F measure: a number above 0, e.g. 2", o.Beta)
	case o.Gap < 0:
		return fmt.Errorf("gap %v between alerts of a group: cannot be negative", o.Gap)
	case o.Draws < stats.MinDraws:
		return fmt.Errorf("%d bootstrap draws are too few, take at least %d", o.Draws, stats.MinDraws)
	}
	return nil
}

func aboveZero(x float64) bool { return x > 0 && !math.IsInf(x, 1) }

// Settings are the options that a result was made with, as far as its figures do not say so themselves.
type Settings struct {
	Grouping   string  `json:"grouping"` // the rule by which alerts are one group
	GapSeconds float64 `json:"gap_seconds"`
	MinPPV     float64 `json:"min_ppv"`
	Beta       float64 `json:"beta"`
	Draws      int     `json:"draws"`
}

func (o Options) settings() *Settings {
	return &Settings{
		Grouping: fmt.Sprintf("same gid:sid (or name, where the engine has no numbers), same source and same target, in the direction of "+
			"the engine's flow where it names one; each alert at most %g min after the one before", o.Gap.Minutes()),
		GapSeconds: o.Gap.Seconds(), MinPPV: o.MinPPV, Beta: o.Beta, Draws: o.Draws,
	}
}
