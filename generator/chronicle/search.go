package chronicle

import (
	"cmp"
	"slices"

	"github.com/evilbench/evilbench/generator/bayes"
)

// Options of the search. Zero fields mean the defaults.
type Options struct {
	Code     Code
	Failures int // candidates that may fail one after the other before a round ends; default 20, as published
	Tests    int // candidates that are tried at most, -1 = none; default 0: as many as it takes, within a bound on the work
	Jobs     int // workers; never changes the result. Default: one a core

	// Progress is told after each candidate; nil = nobody is.
	Progress func(tests, accepted int, bits float64)
}

// Learn searches the patterns that describe the table in the fewest bits: it proposes patterns by what they are likely to save, covers
// the table with each, and keeps those with which the whole gets shorter. The cost never rises.
func Learn(t *Table, o Options) (*Description, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	if o.Failures == 0 {
		o.Failures = 20
	}
	s := &search{table: t, options: o, cover: newCover(t), best: &Description{}, tried: map[string]float64{}}
	s.cover.fill(s.best)
	whole, _ := single(len(t.Columns)).data(t, s.best.Rows)
	var err error
	if s.best.Base, err = bayes.Learn(whole, bayes.LearnOptions{MaxParents: maxParents, Jobs: o.Jobs}); err != nil {
		return nil, err
	}
	s.best.weighBase(t, o.Code)
	s.best.sum()
	if o.Tests < 0 {
		return s.best, nil
	}
	if o.Tests == 0 {
		s.options.Tests = max(fewestTests, mostWork/t.Rows())
	}
	for {
		before := s.best.Bits
		better, err := s.round()
		if err != nil {
			return nil, err
		}
		if !better || before-s.best.Bits < enough(t.Rows())*before {
			err := s.settle()
			return s.best, err
		}
	}
}

// mostWork bounds candidates times flows where nobody says how many are to be tried: a million flows are searched for minutes, not for
// hours, and a hundred thousand to the end.
const (
	mostWork    = 120_000_000
	fewestTests = 50
)

// enough is the share of the bits that a round must save for there to be another: the last patterns of a table save next to nothing and cost
// as much time as the first, which is the more the larger it is.
func enough(rows int) float64 { return 2e-4 + 1e-9*float64(rows) }

type search struct {
	table           *Table
	options         Options
	cover           *cover
	best            *Description
	next            int32              // number of the next pattern
	tried           map[string]float64 // candidates that failed, and the bits there were then
	tests, accepted int
}

// round tries candidates, the most promising first, and keeps each that makes the description shorter, until many in a row do not. What
// they promise is reckoned once a round. It is false where none was kept.
func (s *search) round() (bool, error) {
	all := refinements(s.table, s.options.Code, single(len(s.table.Columns)), s.best.Base, s.best.Rows)
	all = slices.DeleteFunc(all, func(c candidate) bool { return c.instead }) // rows without a pattern cannot be replaced
	replaced := map[string]*Entry{}
	for _, e := range s.best.Entries {
		if e.refined == nil {
			e.refined = append([]candidate{}, refinements(s.table, s.options.Code, e.Pattern, e.Structure, e.Windows)...)
		}
		all = append(all, e.refined...)
		for _, c := range e.refined {
			if c.instead {
				replaced[c.key()] = e
			}
		}
	}
	all = append(all, chains(s.table, s.options.Code, s.best)...)
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.gain, a.gain) })
	failures := 0
	known := map[string]bool{}
	for _, e := range s.best.Entries {
		known[e.Pattern.key()] = true
	}
	found := false
	for _, c := range all {
		if s.tests == s.options.Tests {
			return false, nil
		}
		k := c.key()
		if _, failed := s.tried[k]; failed || known[k] || replaced[k] != nil && !s.uses(replaced[k].number) {
			continue
		}
		known[k] = true
		ok, err := s.test(c.pattern, replaced[k])
		if err != nil {
			return false, err
		}
		if ok {
			found, failures = true, 0
			continue
		}
		s.tried[k] = s.best.Bits
		if failures++; failures == s.options.Failures {
			break
		}
	}
	return found, nil
}

// settle fixes what is the same in all windows of a pattern, where the search ended before it came to that.
func (s *search) settle() error {
	for _, e := range slices.Clone(s.best.Entries) {
		for _, c := range refinements(s.table, s.options.Code, e.Pattern, e.Structure, e.Windows) {
			if !c.instead || !s.uses(e.number) || s.tests == s.options.Tests {
				continue // what failed before may pay now that the windows are others
			}
			if _, err := s.test(c.pattern, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// uses tells whether the description has the pattern of a number.
func (s *search) uses(number int32) bool {
	return slices.ContainsFunc(s.best.Entries, func(e *Entry) bool { return e.number == number })
}

// test covers the table with one more pattern, instead of another or beside all, and keeps it where that is shorter.
func (s *search) test(p Pattern, instead *Entry) (bool, error) {
	found := windows(s.table, p)
	if len(found) < fewest*len(p.Rows) {
		return false, nil
	}
	s.tests++
	number := s.next
	s.next++
	entries := slices.Clone(s.best.Entries)
	if instead != nil {
		s.cover.remove(instead.number)
		entries = slices.DeleteFunc(entries, func(e *Entry) bool { return e.number == instead.number })
	}
	s.cover.add(number, p, found)
	d, err := s.describe(append(entries, &Entry{Pattern: p, number: number}))
	if err != nil {
		return false, err
	}
	better := d.Bits < s.best.Bits && d.Entries[len(d.Entries)-1].Count() > 0
	if better {
		s.best = d
		s.accepted++
		err = s.prune()
	} else {
		s.cover.remove(number)
		if instead != nil {
			s.cover.add(instead.number, instead.Pattern, windows(s.table, instead.Pattern))
		}
	}
	if s.options.Progress != nil {
		s.options.Progress(s.tests, s.accepted, s.best.Bits)
	}
	return better, err
}

// describe weighs what the cover holds now. Only entries whose windows changed are weighed again; a new one learns its structure.
func (s *search) describe(entries []*Entry) (*Description, error) {
	d := &Description{Base: s.best.Base}
	before := map[int32]*Entry{}
	for _, e := range entries {
		before[e.number] = e
		d.Entries = append(d.Entries, &Entry{Pattern: e.Pattern, Structure: e.Structure, number: e.number})
	}
	s.cover.fill(d)
	for _, e := range d.Entries {
		old := before[e.number]
		switch {
		case e.Count() == 0:
			e.Structure = make(bayes.Structure, len(e.Pattern.open()))
			e.weigh(s.table, s.options.Code)
		case old.Structure != nil && slices.Equal(old.Windows, e.Windows):
			e.Model, e.Data, e.refined = old.Model, old.Data, old.refined
		default:
			if err := e.learn(s.table, s.options.Code, s.options.Jobs); err != nil {
				return nil, err
			}
		}
	}
	d.weighBase(s.table, s.options.Code)
	d.sum()
	return d, nil
}

// prune drops patterns without which the description is shorter, the least used first.
func (s *search) prune() error {
	order := slices.Clone(s.best.Entries)
	slices.SortStableFunc(order, func(a, b *Entry) int { return cmp.Compare(a.Count(), b.Count()) })
	for _, e := range order {
		// What an entry saves at most is what its rows would cost at the base's price; only thin ones are worth the trial.
		if e.Count() > 3*fewest && e.Data > 4*e.Model {
			continue
		}
		s.cover.remove(e.number)
		rest := slices.DeleteFunc(slices.Clone(s.best.Entries), func(o *Entry) bool { return o.number == e.number })
		d, err := s.describe(rest)
		if err != nil {
			return err
		}
		if d.Bits < s.best.Bits {
			s.best = d
			continue
		}
		s.cover.add(e.number, e.Pattern, windows(s.table, e.Pattern))
	}
	return nil
}
