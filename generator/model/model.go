// Package model is how a network's traffic is written down: patterns of flows, with the tables to draw their free cells from.
package model

// Format names the version of the file format. Version 1 is a part of it: models without hosts, counts and quantiles.
const (
	Format = "evilbench.model/2"
	first  = "evilbench.model/1"
)

// Model is a whole traffic model. The JSON form is its canonical representation; see [Parse] and [Model.Encode].
type Model struct {
	Format     string               `json:"format"`
	Provenance Provenance           `json:"provenance"`
	Hosts      []Host               `json:"hosts,omitempty"`      // of the network it was learned from; a model of roles has none
	Popularity map[string][]float64 `json:"popularity,omitempty"` // by source: shares of its machines, the most popular first
	Profiles   map[string]Profile   `json:"profiles"`
	Cascade    *Cascade             `json:"cascade,omitempty"` // absent = nothing crowds but within a pattern's bursts
	Patterns   []Pattern            `json:"patterns"`
	Headers    []Headers            `json:"headers,omitempty"` // timed automata of packet headers, by kind of flows; a flow without one has its dialogue's own packets
}

// Provenance says where a model comes from.
type Provenance struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Sources     []Source `json:"sources,omitempty"`      // captures or logs it was learned from
	Rows        int64    `json:"rows,omitempty"`         // flows it was learned from, 0 = written by hand
	From        string   `json:"from,omitempty"`         // the first of them, RFC 3339
	To          string   `json:"to,omitempty"`           // the last of them, RFC 3339
	Options     []string `json:"options,omitempty"`      // of the learning, as given
	Notes       []string `json:"notes,omitempty"`        // what a reader of figures should know
	CreatedWith string   `json:"created_with,omitempty"` // tool and version, or "hand"
	Headers     []Source `json:"headers,omitempty"`      // captures that the automata of packet headers were learned from, where they are others
	HeaderNotes []string `json:"header_notes,omitempty"` // of which flows there is no automaton
}

// Source is a file that a model was learned from.
type Source struct {
	Name   string `json:"name"`   // without folders
	Digest string `json:"digest"` // "sha256:" and hexadecimal
	Rows   int64  `json:"rows"`   // flows used; of captures for headers 0
}

// Host is a machine of the network that a model was learned from. Its source is host:NAME.
type Host struct {
	Name     string   `json:"name"`
	Address  string   `json:"address,omitempty"` // as it is, or its pseudonym; "" = only the role is told
	IPv6     bool     `json:"ipv6,omitempty"`    // it is known by an IPv6 address
	Local    bool     `json:"local,omitempty"`   // sits on the monitored network
	Role     string   `json:"role"`              // workstation, server, ...; beyond the network the kind: web, mail, ...; group = broadcast or multicast
	Services []string `json:"services,omitempty"`
}

// Profile is a rhythm. Both lists are relative weights: they are scaled to a mean of 1, so a pattern's rate is the mean over a whole
// week. Hours and weekdays are those of UTC.
type Profile struct {
	Hours    []float64 `json:"hours"`           // 24, from midnight, or as many for each part of an hour
	Weekdays []float64 `json:"weekdays"`        // 7, from Monday
	Trend    *Trend    `json:"trend,omitempty"` // absent = none
}

// Cascade is how what happens on a site crowds within ten minutes: of their two halves one has the share Bias[0] of what happens in both, of each half's
// halves one has Bias[1], and so on; which one is a coin's toss for each, the same for all patterns that are not steady (the b-model of
// M. Wang et al., Data Mining Meets Performance Evaluation: Fast Algorithms for Modeling Bursty Traffic, ICDE 2002).
type Cascade struct {
	Bias []float64 `json:"bias"` // 0.5 to 1, at most 16
}

// CascadeSeconds is how long the stretches are that a cascade halves; they begin with the epoch.
const CascadeSeconds = 600

// Trend is growth or decline: a week after From the rate is Weekly times what it was. It is not believed for longer than
// it was watched: beyond To, and before From, the rate stays what it was there.
type Trend struct {
	Weekly float64 `json:"weekly"`
	From   string  `json:"from"` // RFC 3339
	To     string  `json:"to"`
}

// Pattern is a sequence of flows that happen together. Its instances arrive as a Poisson process, or in bursts.
type Pattern struct {
	Name        string     `json:"name"`
	Description string     `json:"description,omitempty"`
	Per         string     `json:"per"`     // "site", or a source such as role:workstation: one independent process for each of its hosts
	Rate        float64    `json:"rate"`    // instances per day for each of Per, mean over a week of the profile
	Profile     string     `json:"profile"` // name in Profiles
	Burst       *Burst     `json:"burst,omitempty"`
	Steady      bool       `json:"steady,omitempty"` // takes no part in the cascade
	Starts      []float64  `json:"starts,omitempty"` // ascending, s after provenance.from: see [Pattern.Published]
	Rows        []Row      `json:"rows"`
	Variables   []Variable `json:"variables,omitempty"`
}

// Burst makes a Neyman–Scott process of a Poisson process (J. Neyman and E. L. Scott, J. R. Stat. Soc. B 20, 1958): so many
// instances follow the one that begins a burst, as a mean, each at an exponential distance from it. The rate counts all of them.
type Burst struct {
	More float64 `json:"more"`
	Gap  float64 `json:"gap_seconds"` // mean distance
}

// Published tells whether instances start as FlowChronicle's do (CoNEXT 2024): at the times at which they started in the training data, a
// hundredth of a second off. Rate and profile then say nothing, and nothing happens at other times.
func (p *Pattern) Published() bool { return len(p.Starts) > 0 }

// Self is the placeholder that stands for the host an instance belongs to; it is set where Per is not "site".
const Self = "self"

// Row is one flow of a pattern. Cells left out take their defaults: proto and port those of a fixed service, service that of the port, name
// that of the answer or else the destination, state that of the flags or else SF, ip 4, bytes, packets and duration as the dialogue makes
// them.
type Row struct {
	After    *Delay  `json:"after,omitempty"`  // start after the row before has started (its last repetition); absent = at once
	Repeat   *Repeat `json:"repeat,omitempty"` // absent = once
	Src      Cell    `json:"src"`
	Dst      Cell    `json:"dst"`
	Service  Cell    `json:"service,omitzero"`
	Proto    Cell    `json:"proto,omitzero"`     // tcp, udp, icmp
	Port     Cell    `json:"port,omitzero"`      // destination port, 0..65535; of ICMP "TYPE.CODE"
	Name     Cell    `json:"name,omitzero"`      // name asked for or spoken to
	Answer   Cell    `json:"answer,omitzero"`    // dns: whom the name stands for; absent = no such name
	AnswerIP Cell    `json:"answer_ip,omitzero"` // dns: 4 or 6, the family asked for
	IP       Cell    `json:"ip,omitzero"`        // 4 or 6; 6 falls back to 4 where an end has no IPv6 address
	OutBytes Cell    `json:"out_bytes,omitzero"` // payload bytes by the source; where packets are given, bytes of IP packets
	InBytes  Cell    `json:"in_bytes,omitzero"`  // the same by the destination
	OutPkts  Cell    `json:"out_packets,omitzero"`
	InPkts   Cell    `json:"in_packets,omitzero"`
	Flags    Cell    `json:"flags,omitzero"`    // TCP flags of both ways, places UAPRSF, "." = not seen
	State    Cell    `json:"state,omitzero"`    // SF, S0, REJ, RSTO, RSTR (Zeek's conn_state)
	Duration Cell    `json:"duration,omitzero"` // seconds
}

// Cell is one value of a row. Exactly one of Fix, Set, Use and Free is given; Set has From or Free beside it.
//
// A host (src, dst, answer) is drawn from a source: role:ROLE, service:SERVICE, internet:KIND, host:NAME, or group:ADDRESS for a
// multicast address and group:subnet for the broadcast address of the client's subnet.
type Cell struct {
	Fix  *Value `json:"fix,omitempty"`  // always this value; of a host its source
	Set  string `json:"set,omitempty"`  // draw a host and remember it under this placeholder (src, dst, answer)
	From string `json:"from,omitempty"` // with Set: the source
	Use  string `json:"use,omitempty"`  // the host (src, dst, answer) or its name (name) remembered under this placeholder
	Free string `json:"free,omitempty"` // the value of this variable; of a host its source
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
	Law    string  `json:"law"`              // constant, uniform, exponential, lognormal, quantiles
	Mean   float64 `json:"mean,omitempty"`   // constant, exponential
	Median float64 `json:"median,omitempty"` // lognormal
	Sigma  float64 `json:"sigma,omitempty"`  // lognormal: standard deviation of the logarithm
	Low    float64 `json:"low,omitempty"`    // uniform: lower end; exponential, lognormal: draws below are raised to it
	High   float64 `json:"high,omitempty"`   // uniform: upper end; exponential, lognormal: draws above are cut to it, 0 = no cut

	Knots []float64 `json:"knots,omitempty"` // quantiles: delays at equal steps of probability, ascending
}

// Variable is one node of a pattern's Bayesian network: for each combination of its parents' values either probabilities (Table) or how
// often each value was seen (Seen).
type Variable struct {
	Name    string      `json:"name"`
	Values  []Value     `json:"values,omitempty"` // the values, or
	Bins    []Bin       `json:"bins,omitempty"`   // ranges of a number
	Parents []string    `json:"parents,omitempty"`
	Table   [][]float64 `json:"table,omitempty"` // a row per combination of the parents' values (the last parent's change fastest), a column per value; each row sums to 1

	// Seen are counts by the parents' values. Mass is what the frequencies of all values together weigh beside them: of n sightings,
	// one drawn value in (n+Mass)/Mass is drawn from all of the variable's sightings. Combinations that were never seen have no others.
	Seen []Seen  `json:"seen,omitempty"`
	Mass float64 `json:"mass,omitempty"`

	// Back stands in Mass's place where parents are left one by one, the last first: Back[k] is what the sightings under the first k
	// parents weigh beside those under the first k+1. Combinations that were never seen have one parent fewer.
	Back []float64 `json:"back,omitempty"`

	// Times names a variable whose number the bins' numbers are multiplied by, where it is more than 1: bytes are drawn a packet. The
	// product is whole; an instance in which it exceeds Most (0 = none) is drawn anew.
	Times string  `json:"times,omitempty"`
	Most  float64 `json:"most,omitempty"`
}

// Seen is how often a variable's values were seen where its parents had the values of When.
type Seen struct {
	When  []int    `json:"when,omitempty"` // positions of the parents' values
	Count [][2]int `json:"count"`          // position of a value, and how often
}

// Bin is a range of a number. A draw is log-uniform in [Low, High]; where Low is 0 it is uniform. With Atoms, a draw is one of them with its
// share; with Knots the others lie as the knots do.
type Bin struct {
	Low   float64   `json:"low"`
	High  float64   `json:"high"`
	Atoms []Atom    `json:"atoms,omitempty"`
	Knots []float64 `json:"knots,omitempty"` // numbers at equal steps of probability, ascending, from Low to High
}

// Atom is a number that occurs again and again.
type Atom struct {
	Value float64 `json:"value"`
	Share float64 `json:"share"` // of its bin
}
