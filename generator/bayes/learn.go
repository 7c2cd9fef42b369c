package bayes

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/evilbench/evilbench/generator/draw"
)

// LearnOptions steer the search for a structure. Zero fields mean the defaults.
type LearnOptions struct {
	MaxParents int // a variable has at most so many parents; default 3, at most 7
	Jobs       int // workers; never changes the result. Default: one a core
	Start      Structure

	// Restarts is how often the search leaves the hill it is on by random steps and climbs again, keeping the highest (iterated
	// local search; H. Lourenço, O. Martin and T. Stützle, 2003). Greed alone often turns an edge the wrong way and pays with edges
	// that are not there. Default 0.
	Restarts int
	Seed     draw.Seed
}

// Learn searches a structure by hill climbing: of all single edges that can be added, removed or turned round it takes the one
// that raises the BIC most, until none does. A family is counted once (D. Heckerman, D. Geiger and
// D. Chickering, Machine Learning 20, 1995).
func Learn(d *Data, o LearnOptions) (Structure, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	if o.MaxParents == 0 {
		o.MaxParents = 3
	}
	if o.MaxParents > mostParents || len(d.Columns) > math.MaxUint16-1 {
		return nil, fmt.Errorf("%d parents of %d variables: at most %d of %d can be searched", o.MaxParents, len(d.Columns), mostParents, math.MaxUint16-1)
	}
	if o.Jobs == 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	s := &search{data: d, options: o, cache: map[familyID]float64{}, structure: make(Structure, len(d.Columns))}
	if o.Start != nil {
		if err := o.Start.Check(len(d.Columns)); err != nil {
			return nil, err
		}
		for _, parents := range o.Start {
			if len(parents) > o.MaxParents {
				return nil, fmt.Errorf("the structure to start from has a variable of %d parents, at most %d are allowed", len(parents), o.MaxParents)
			}
		}
		for v, parents := range o.Start {
			s.structure[v] = slices.Clone(parents)
		}
	}
	if d.Rows() == 0 || len(d.Columns) < 2 {
		return s.structure, nil
	}
	return s.run(), nil
}

// search is a structure on its way up.
type search struct {
	data      *Data
	options   LearnOptions
	structure Structure
	cache     map[familyID]float64 // its BIC
}

// minGain is what a step must bring, in nats: less is rounding, and could send the search in circles.
const minGain = 1e-9

// step is one change of the structure: new parents for one or two variables.
type step struct {
	vars    [2]int // the second is -1 where only one changes
	parents [2][]int
}

// run climbs to the highest structure that greed and restarts find.
func (s *search) run() Structure {
	best, height := s.structure, s.climb()
	top := height
	for i := range s.options.Restarts {
		r := s.options.Seed.Word("bayes").Number(uint64(i)).Stream()
		s.structure, height = best, top
		for range 1 + len(best)/2 {
			steps := s.steps()
			t := &steps[r.IntN(len(steps))]
			s.prepare(steps)
			if gain := s.gain(t); !math.IsInf(gain, -1) {
				s.structure, height = s.after(t), height+gain
			}
		}
		if height += s.climb(); height > top+minGain {
			best, top = s.structure, height
		}
	}
	return best
}

// climb takes the best step until none leads up, and says how far that was.
func (s *search) climb() (height float64) {
	for {
		steps := s.steps()
		s.prepare(steps)
		best, gain := -1, minGain
		for i := range steps {
			if g := s.gain(&steps[i]); g > gain {
				best, gain = i, g
			}
		}
		if best < 0 {
			return height
		}
		s.structure, height = s.after(&steps[best]), height+gain
	}
}

// after is the structure that a step leads to.
func (s *search) after(t *step) Structure {
	out := slices.Clone(s.structure)
	for i, v := range t.vars {
		if v >= 0 {
			out[v] = t.parents[i]
		}
	}
	return out
}

// steps lists every allowed change, always in the same order.
func (s *search) steps() []step {
	var out []step
	for v, parents := range s.structure {
		for p := range s.structure {
			if p == v {
				continue
			}
			if at, has := slices.BinarySearch(parents, p); has {
				without := slices.Delete(slices.Clone(parents), at, at+1)
				out = append(out, step{vars: [2]int{v, -1}, parents: [2][]int{without}})
				if len(s.structure[p]) < s.options.MaxParents && !s.reaches(p, v, true) {
					out = append(out, step{vars: [2]int{v, p}, parents: [2][]int{without, with(s.structure[p], v)}})
				}
				continue
			}
			if len(parents) < s.options.MaxParents && !s.reaches(v, p, false) {
				out = append(out, step{vars: [2]int{v, -1}, parents: [2][]int{with(parents, p)}})
			}
		}
	}
	return out
}

func with(parents []int, p int) []int {
	at, _ := slices.BinarySearch(parents, p)
	return slices.Insert(slices.Clone(parents), at, p)
}

// reaches tells whether a path of edges leads from one variable to another; besides leaves the direct edge out.
func (s *search) reaches(from, to int, besides bool) bool {
	seen := make([]bool, len(s.structure))
	stack := []int{to}
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, p := range s.structure[v] {
			if p == from {
				if besides && v == to {
					continue
				}
				return true
			}
			if !seen[p] {
				seen[p] = true
				stack = append(stack, p)
			}
		}
	}
	return false
}

func (s *search) gain(t *step) float64 {
	gain := 0.0
	for i, v := range t.vars {
		if v >= 0 {
			gain += s.cache[idOf(v, t.parents[i])] - s.cache[idOf(v, s.structure[v])]
		}
	}
	return gain
}

// familyID is a variable and its parents, each with one added, so that 0 is none.
type familyID [1 + mostParents]uint16

// mostParents is the most that MaxParents can be.
const mostParents = 7

func idOf(v int, parents []int) familyID {
	id := familyID{uint16(v + 1)}
	for i, p := range parents {
		id[i+1] = uint16(p + 1)
	}
	return id
}

// prepare scores the families that the steps need and the cache lacks, on all workers.
func (s *search) prepare(steps []step) {
	type wanted struct {
		id      familyID
		v       int
		parents []int
		score   float64
	}
	var todo []wanted
	listed := map[familyID]bool{}
	want := func(v int, parents []int) {
		id := idOf(v, parents)
		if _, known := s.cache[id]; known || listed[id] {
			return
		}
		listed[id] = true
		todo = append(todo, wanted{id: id, v: v, parents: parents})
	}
	for v, parents := range s.structure {
		want(v, parents)
	}
	for i := range steps {
		for j, v := range steps[i].vars {
			if v >= 0 {
				want(v, steps[i].parents[j])
			}
		}
	}
	var group sync.WaitGroup
	for w := range s.options.Jobs {
		group.Go(func() {
			for i := w; i < len(todo); i += s.options.Jobs {
				t := &todo[i]
				t.score = s.score(t.v, t.parents)
			}
		})
	}
	group.Wait()
	for _, t := range todo {
		s.cache[t.id] = t.score
	}
}

// score is a family's BIC; one that has more combinations than can be counted is worse than any other.
func (s *search) score(v int, parents []int) float64 {
	f, ok := count(s.data, v, parents)
	if !ok {
		return math.Inf(-1)
	}
	return f.bic(s.data.Rows())
}
