package foreign

import "github.com/evilbench/evilbench/labels"

// assigned is what was found out about a flow.
type assigned struct {
	class    labels.Class
	campaign string // "" = benign
}

// judge says what a flow is, by its number.
type judge interface {
	of(flow int64) assigned
}

// all is the judge of a capture that is one thing as a whole.
type all assigned

func (a all) of(int64) assigned { return assigned(a) }

// each is the judge of a labelled capture: it has looked at every flow before.
type each []assigned

func (e each) of(flow int64) assigned {
	if flow < 1 || flow > int64(len(e)) {
		return assigned{class: labels.Benign}
	}
	return e[flow-1]
}

// learn notes what the labels say of a flow, and whether they say anything.
func (e *each) learn(f *labels.Flow, m *marks) bool {
	for int64(len(*e)) < f.Flow {
		*e = append(*e, assigned{class: labels.Benign})
	}
	class, attack := m.find(f)
	if class != "" && class != labels.Benign {
		(*e)[f.Flow-1] = assigned{class: class, campaign: attack}
	}
	return class != ""
}
