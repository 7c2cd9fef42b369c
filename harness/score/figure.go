package score

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/evilbench/evilbench/harness/stats"
)

// Ratio is K of N with its Wilson interval at stats.Level, or the reason why there is none. In JSON it is {k, n, value, low, high}
// or {missing}.
type Ratio struct {
	K, N      int64
	Low, High float64
	Missing   string
}

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

// Number is a figure, with bounds where Bounded, or the reason why there is none. In JSON it is {value}, {value, low, high} or
// {missing}.
type Number struct {
	Value     float64
	Low, High float64
	Bounded   bool
	Missing   string
}

// figure is the form of both in JSON. What is absent is absent there too: nothing is ever a 0 that was not counted.
type figure struct {
	K       *int64   `json:"k,omitempty"`
	N       *int64   `json:"n,omitempty"`
	Value   *float64 `json:"value,omitempty"`
	Low     *float64 `json:"low,omitempty"`
	High    *float64 `json:"high,omitempty"`
	Missing string   `json:"missing,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (r Ratio) MarshalJSON() ([]byte, error) {
	if r.Missing != "" {
		return json.Marshal(figure{Missing: r.Missing})
	}
	value := r.Value()
	return json.Marshal(figure{K: &r.K, N: &r.N, Value: &value, Low: &r.Low, High: &r.High})
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *Ratio) UnmarshalJSON(text []byte) error {
	var f figure
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	if f.Missing != "" {
		*r = Ratio{Missing: f.Missing}
		return nil
	}
	if f.K == nil || f.N == nil || f.Low == nil || f.High == nil {
		return errors.New("a ratio needs k, n, low and high, or missing")
	}
	if *f.K < 0 || *f.N < 1 || *f.K > *f.N {
		return fmt.Errorf("a ratio cannot be %d of %d", *f.K, *f.N)
	}
	*r = Ratio{K: *f.K, N: *f.N, Low: *f.Low, High: *f.High}
	return nil
}

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	switch {
	case n.Missing != "":
		return json.Marshal(figure{Missing: n.Missing})
	case n.Bounded:
		return json.Marshal(figure{Value: &n.Value, Low: &n.Low, High: &n.High})
	default:
		return json.Marshal(figure{Value: &n.Value})
	}
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(text []byte) error {
	var f figure
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	switch {
	case f.Missing != "":
		*n = Number{Missing: f.Missing}
	case f.Value == nil:
		return errors.New("a number needs value, or missing")
	case f.Low != nil && f.High != nil:
		*n = Number{Value: *f.Value, Low: *f.Low, High: *f.High, Bounded: true}
	default:
		*n = Number{Value: *f.Value}
	}
	return nil
}
