package compliance

import (
	"fmt"
	"iter"

	"github.com/expr-lang/expr/vm"

	"github.com/evilbench/evilbench/harness/score"
)

// Finding is how often a rule was broken.
type Finding struct {
	Rule     string      `json:"rule"`
	Broken   score.Ratio `json:"broken"` // of the flows that the rule is about
	Reason   string      `json:"reason"`
	Source   string      `json:"source"`
	Examples []Example   `json:"examples,omitempty"`
}

// Example is a row that breaks a rule.
type Example struct {
	Row  int64  `json:"row"` // 1-based
	Flow string `json:"flow"`
}

// mostExamples is how many rows are shown for each rule.
const mostExamples = 3

// Report is what a set of rules says of a table.
type Report struct {
	Set      string      `json:"rules"`
	Rows     int64       `json:"rows"`
	Any      score.Ratio `json:"any"` // rows that break at least one rule
	Findings []Finding   `json:"findings"`
}

// Check reads the rows once. An error names the rule that cannot be held against a row.
func (s *Set) Check(rows iter.Seq2[Row, error]) (*Report, error) {
	out := &Report{Set: s.Name, Findings: make([]Finding, len(s.Rules))}
	about, broken := make([]int64, len(s.Rules)), make([]int64, len(s.Rules))
	anyBroken := int64(0)
	var machine vm.VM
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		out.Rows++
		bad := false
		var env any = row // boxed once, not for every rule
		for i := range s.Rules {
			r := &s.Rules[i]
			applies, holds, err := r.judge(&machine, env)
			if err != nil {
				return nil, fmt.Errorf("rule %s, row %d: %w", r.Name, out.Rows, err)
			}
			if !applies {
				continue
			}
			about[i]++
			if holds {
				continue
			}
			broken[i]++
			bad = true
			if f := &out.Findings[i]; len(f.Examples) < mostExamples {
				f.Examples = append(f.Examples, Example{out.Rows, row.String()})
			}
		}
		if bad {
			anyBroken++
		}
	}
	for i := range s.Rules {
		f, r := &out.Findings[i], &s.Rules[i]
		f.Rule, f.Reason, f.Source = r.Name, r.Reason, r.Source
		f.Broken = score.NewRatio(broken[i], about[i], "no flow that the rule is about")
	}
	out.Any = score.NewRatio(anyBroken, out.Rows, "no row")
	return out, nil
}

// judge tells whether the rule is about the row, and whether the row keeps it.
func (r *Rule) judge(machine *vm.VM, row any) (applies, holds bool, err error) {
	if r.where != nil {
		if applies, err = truth(machine, r.where, row); err != nil || !applies {
			return false, false, err
		}
	}
	holds, err = truth(machine, r.holds, row)
	return true, holds, err
}

func truth(machine *vm.VM, program *vm.Program, row any) (bool, error) {
	value, err := machine.Run(program, row)
	if err != nil {
		return false, err
	}
	return value.(bool), nil
}

// String is the row as an example shows it.
func (r Row) String() string {
	where := r.Dest
	if r.Port >= 0 {
		where = fmt.Sprintf("%s port %d", r.Dest, r.Port)
	}
	if r.ICMPType >= 0 {
		where = fmt.Sprintf("%s type %d code %d", r.Dest, r.ICMPType, r.ICMPCode)
	}
	return fmt.Sprintf("%s %s to %s, out %g bytes in %g packets, in %g bytes in %g packets, flags %q, %g s",
		r.Proto, r.Source, where, r.OutBytes, r.OutPackets, r.InBytes, r.InPackets, r.Flags, r.Duration)
}
