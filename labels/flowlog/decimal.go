package flowlog

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

var errDecimal = errors.New("not a decimal number")

// nanoseconds turns seconds in decimal notation, with or without fraction and exponent, into nanoseconds without going
// through floating point. Digits below a nanosecond are dropped.
func nanoseconds(text string) (int64, error) { return scaled(text, 9) }

// scaled is the integer part of text · 10^power.
func scaled(text string, power int) (int64, error) {
	mantissa, exponent, hasExponent := strings.Cut(strings.ToLower(text), "e")
	if hasExponent {
		e, err := strconv.Atoi(exponent)
		if err != nil || e < -400 || e > 400 {
			return 0, fmt.Errorf("%q: %w", text, errDecimal)
		}
		power += e
	}
	negative := strings.HasPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	if whole == "" && fraction == "" {
		return 0, fmt.Errorf("%q: %w", text, errDecimal)
	}
	var value uint64
	digit := func(c byte, taken bool) error {
		if c < '0' || c > '9' {
			return fmt.Errorf("%q: %w", text, errDecimal)
		}
		if !taken {
			return nil
		}
		if value > (math.MaxInt64-uint64(c-'0'))/10 {
			return fmt.Errorf("%q: out of range", text)
		}
		value = value*10 + uint64(c-'0')
		return nil
	}
	places := len(whole) + power // how many of the digits count
	for i := range len(whole) {
		if err := digit(whole[i], i < places); err != nil {
			return 0, err
		}
	}
	for i := range len(fraction) {
		if err := digit(fraction[i], len(whole)+i < places); err != nil {
			return 0, err
		}
	}
	for range places - len(whole) - len(fraction) {
		if value == 0 {
			break
		}
		if err := digit('0', true); err != nil {
			return 0, err
		}
	}
	if negative {
		return -int64(value), nil
	}
	return int64(value), nil
}
