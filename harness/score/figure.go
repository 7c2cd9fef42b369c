package score

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/evilbench/evilbench/harness/stats"
)

// Ratio is K of N with its interval at stats.Level, or the reason why there is none. The interval is Wilson's, which takes the N for
// independent; where Over is set it is the wider of that and a bootstrap's over clusters, and JSON has Wilson's beside it. Where K is
// 0 JSON has the rule of three. In JSON it is {k, n, value, low, high, ...} or {missing}.
type Ratio struct {
	K, N      int64
	Low, High float64
	Missing   string
	Cluster
}

// Cluster says what a figure counts and how its interval came about.
type Cluster struct {
	Unit     string // what is counted: campaign, stage, flow, packet, host-day, group; "" = as the figure's name says
	Over     string // what was drawn as a whole, as in campaigns; "" = no bootstrap
	Clusters int64  // how many of them there are
	Note     string // why there is no bootstrap where one is due
}

// Unreliable says that a bootstrap had too few clusters.
func (c Cluster) Unreliable() bool { return c.Over != "" && c.Clusters < stats.MinClusters }

// NewRatio is k of n; missing is the reason given where n is 0.
func NewRatio(k, n int64, missing string) Ratio {
	if n == 0 {
		return Ratio{Missing: missing}
	}
	i := stats.Wilson(k, n)
	return Ratio{K: k, N: n, Low: i.Low, High: i.High}
}

// Value is K/N. It has no meaning where Missing is set.
func (r Ratio) Value() float64 { return float64(r.K) / float64(r.N) }

// Number is a figure of N observations, with bounds where Bounded, or the reason why there is none. In JSON it is {value},
// {value, low, high} or {missing}.
type Number struct {
	Value     float64
	Low, High float64
	Bounded   bool
	Missing   string
	N         int64 // 0 = not told
	Cluster
}

// figure is the form of both in JSON. What is absent is absent there too: nothing is ever a 0 that was not counted.
type figure struct {
	K       *int64   `json:"k,omitempty"`
	N       *int64   `json:"n,omitempty"`
	Value   *float64 `json:"value,omitempty"`
	Low     *float64 `json:"low,omitempty"`
	High    *float64 `json:"high,omitempty"`
	Missing string   `json:"missing,omitempty"`

	Unit        string   `json:"unit,omitempty"`
	Over        string   `json:"over,omitempty"`
	Clusters    int64    `json:"clusters,omitempty"`
	Note        string   `json:"interval_note,omitempty"`
	WilsonLow   *float64 `json:"wilson_low,omitempty"`
	WilsonHigh  *float64 `json:"wilson_high,omitempty"`
	RuleOfThree *float64 `json:"rule_of_three,omitempty"`
}

func (c Cluster) figure() figure {
	return figure{Unit: c.Unit, Over: c.Over, Clusters: c.Clusters, Note: c.Note}
}

func (f *figure) cluster() Cluster {
	return Cluster{Unit: f.Unit, Over: f.Over, Clusters: f.Clusters, Note: f.Note}
}

// MarshalJSON implements json.Marshaler.
func (r Ratio) MarshalJSON() ([]byte, error) {
	f := r.figure()
	if f.Missing = r.Missing; r.Missing != "" {
		return json.Marshal(f)
	}
	value := r.Value()
	f.K, f.N, f.Value, f.Low, f.High = &r.K, &r.N, &value, &r.Low, &r.High
	if r.Over != "" {
		w := stats.Wilson(r.K, r.N)
		f.WilsonLow, f.WilsonHigh = &w.Low, &w.High
	}
	if r.K == 0 {
		three := stats.RuleOfThree(r.N)
		f.RuleOfThree = &three
	}
	return json.Marshal(f)
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *Ratio) UnmarshalJSON(text []byte) error {
	var f figure
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	if f.Missing != "" {
		*r = Ratio{Missing: f.Missing, Cluster: f.cluster()}
		return nil
	}
	if f.K == nil || f.N == nil || f.Low == nil || f.High == nil {
		return errors.New("a ratio needs k, n, low and high, or missing")
	}
	if *f.K < 0 || *f.N < 1 || *f.K > *f.N {
		return fmt.Errorf("a ratio cannot be %d of %d", *f.K, *f.N)
	}
	*r = Ratio{K: *f.K, N: *f.N, Low: *f.Low, High: *f.High, Cluster: f.cluster()}
	return nil
}

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	f := n.figure()
	if f.Missing = n.Missing; n.Missing != "" {
		return json.Marshal(f)
	}
	f.Value = &n.Value
	if n.N != 0 {
		f.N = &n.N
	}
	if n.Bounded {
		f.Low, f.High = &n.Low, &n.High
	}
	return json.Marshal(f)
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(text []byte) error {
	var f figure
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	if f.Missing != "" {
		*n = Number{Missing: f.Missing, Cluster: f.cluster()}
		return nil
	}
	if f.Value == nil {
		return errors.New("a number needs value, or missing")
	}
	*n = Number{Value: *f.Value, Cluster: f.cluster()}
	if f.N != nil {
		n.N = *f.N
	}
	if f.Low != nil && f.High != nil {
		n.Low, n.High, n.Bounded = *f.Low, *f.High, true
	}
	return nil
}
