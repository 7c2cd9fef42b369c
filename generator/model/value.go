package model

import (
	"encoding/json"
	"errors"
	"strconv"
)

// Value is a string or a number of a cell or a variable.
type Value struct {
	Text   string
	Number float64
	Quoted bool // it is Text
}

// String returns the value as a reader would write it.
func (v Value) String() string {
	if v.Quoted {
		return v.Text
	}
	return strconv.FormatFloat(v.Number, 'g', -1, 64)
}

// MarshalJSON writes a JSON string or number.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.Quoted {
		return json.Marshal(v.Text)
	}
	return json.Marshal(v.Number)
}

// UnmarshalJSON reads a JSON string or number.
func (v *Value) UnmarshalJSON(b []byte) error {
	if len(b) == 0 {
		return errors.New("no value")
	}
	switch c := b[0]; {
	case c == '"':
		v.Quoted = true
		return json.Unmarshal(b, &v.Text)
	case c == '-' || c >= '0' && c <= '9':
		return json.Unmarshal(b, &v.Number)
	default:
		return errors.New("a value is a string or a number")
	}
}
