// Package model is how a network's traffic is written down: patterns of flows, with the tables to draw their free cells from.
package model

// Format names the version of the file format.
const Format = "evilbench.model/1"

// Model is a whole traffic model. The JSON form is its canonical representation; see [Parse] and [Model.Encode].
type Model struct {
	Format     string             `json:"format"`
	Provenance Provenance         `json:"provenance"`
	Profiles   map[string]Profile `json:"profiles"`
	Patterns   []Pattern          `json:"patterns"`
}

// Provenance says where a model comes from.
type Provenance struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Sources     []string `json:"sources,omitempty"`      // captures or logs it was learned from
	Rows        int64    `json:"rows,omitempty"`         // flows it was learned from, 0 = written by hand
	CreatedWith string   `json:"created_with,omitempty"` // tool and version, or "hand"
}

// Profile is a rhythm. Both lists are relative weights: they are scaled to a mean of 1, so a pattern's rate is the mean over a whole
// week. Hours and weekdays are those of UTC.
type Profile struct {
	Hours    []float64 `json:"hours"`    // 24, from midnight
	Weekdays []float64 `json:"weekdays"` // 7, from Monday
}

// Pattern is a sequence of flows that happen together. Its instances arrive as a Poisson process.
type Pattern struct {
	Name        string     `json:"name"`
	Description string     `json:"description,omitempty"`
	Per         string     `json:"per"`     // "site", or a source such as role:workstation: one independent process for each of its hosts
	Rate        float64    `json:"rate"`    // instances per day for each of Per, mean over a week of the profile
	Profile     string     `json:"profile"` // name in Profiles
	Rows        []Row      `json:"rows"`
	Variables   []Variable `json:"variables,omitempty"`
}

// Self is the placeholder that stands for the host an instance belongs to; it is set where Per is not "site".
const Self = "self"

// Row is one flow of a pattern. Cells left out take their defaults: proto and port those of a fixed service, name that of the answer
// or else the destination, state SF, ip 4, bytes and duration as the dialogue makes them.
type Row struct {
	After    *Delay  `json:"after,omitempty"`  // start after the row before has started (its last repetition); absent = at once
	Repeat   *Repeat `json:"repeat,omitempty"` // absent = once
	Src      Cell    `json:"src"`
	Dst      Cell    `json:"dst"`
	Service  Cell    `json:"service"`
	Proto    Cell    `json:"proto,omitzero"`     // tcp, udp, icmp
	Port     Cell    `json:"port,omitzero"`      // destination port, 0..65535
	Name     Cell    `json:"name,omitzero"`      // name asked for or spoken to
	Answer   Cell    `json:"answer,omitzero"`    // dns: whom the name stands for; absent = no such name
	AnswerIP Cell    `json:"answer_ip,omitzero"` // dns: 4 or 6, the family asked for
	IP       Cell    `json:"ip,omitzero"`        // 4 or 6; 6 falls back to 4 where an end has no IPv6 address
	OutBytes Cell    `json:"out_bytes,omitzero"` // payload bytes by the source
	InBytes  Cell    `json:"in_bytes,omitzero"`  // payload bytes by the destination
	State    Cell    `json:"state,omitzero"`     // SF, S0, REJ, RSTO, RSTR (Zeek's conn_state)
	Duration Cell    `json:"duration,omitzero"`  // seconds
}

// Cell is one value of a row. Exactly one of Fix, Set, Use and Free is given.
type Cell struct {
	Fix  *Value `json:"fix,omitempty"`  // always this value
	Set  string `json:"set,omitempty"`  // draw a host from From and remember it under this placeholder (src, dst, answer)
	From string `json:"from,omitempty"` // with Set: role:R, service:S, internet:K or host:N
	Use  string `json:"use,omitempty"`  // the host (src, dst, answer) or its name (name) remembered under this placeholder
	Free string `json:"free,omitempty"` // the value of this variable
}

// IsZero reports whether the cell was left out.
func (c Cell) IsZero() bool { return c == Cell{} }

// Repeat says how often a row happens.
type Repeat struct {
	Low    int      `json:"low"`              // fewest, at least 1
	High   int      `json:"high"`             // most; the count is uniform in [Low, High]
	Gap    *Delay   `json:"gap,omitempty"`    // from the start of one to the start of the next
	Redraw []string `json:"redraw,omitempty"` // variables that each repetition draws anew, given their parents
}

// Delay is a distribution of time, in seconds.
type Delay struct {
	Law    string  `json:"law"`              // constant, uniform, exponential, lognormal
	Mean   float64 `json:"mean,omitempty"`   // constant, exponential
	Median float64 `json:"median,omitempty"` // lognormal
	Sigma  float64 `json:"sigma,omitempty"`  // lognormal: standard deviation of the logarithm
	Low    float64 `json:"low,omitempty"`    // uniform: lower end; exponential, lognormal: draws below are raised to it
	High   float64 `json:"high,omitempty"`   // uniform: upper end; exponential, lognormal: draws above are cut to it, 0 = no cut
}

// Variable is one node of a pattern's Bayesian network: a table of probabilities for each combination of its parents' values.
type Variable struct {
	Name    string      `json:"name"`
	Values  []Value     `json:"values,omitempty"` // the values, or
	Bins    []Bin       `json:"bins,omitempty"`   // ranges of a number
	Parents []string    `json:"parents,omitempty"`
	Table   [][]float64 `json:"table"` // a row per combination of the parents' values (the last parent's change fastest), a column per value; each row sums to 1
}

// Bin is a range of a number. A draw is log-uniform in [Low, High]; where Low is 0 it is uniform.
type Bin struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}
