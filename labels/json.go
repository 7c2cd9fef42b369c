package labels

import (
	"encoding/json"
	"math"
)

// MarshalJSON writes an alert for people and scripts; a score that there is not is left out, since JSON has no NaN.
func (a Alert) MarshalJSON() ([]byte, error) {
	type plain Alert // without this method
	out := struct {
		plain
		Score *float64 `json:",omitempty"`
	}{plain: plain(a)}
	if !math.IsNaN(a.Score) {
		out.Score = &a.Score
	}
	return json.Marshal(out)
}
