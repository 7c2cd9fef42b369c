package table

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// show prints a cell for people, without its footnotes.
func (c *Cell) show() string {
	if c.missing != "" {
		return "n/a"
	}
	switch c.kind {
	case KindCount:
		return thousands(c.n)
	case KindCases:
		return fmt.Sprintf("%s/%s [%s–%s%%]", thousands(c.k), thousands(c.n), percent(c.low, 2), percent(c.high, 2))
	case KindRate, KindShare:
		return fmt.Sprintf("%s%% [%s–%s]", percent(c.value, 3), percent(c.low, 2), percent(c.high, 2))
	case KindNumber:
		return significant(c.value)
	case KindDuration:
		return duration(c.value)
	case KindEstimate:
		if !c.bounded {
			return significant(c.value)
		}
		return fmt.Sprintf("%s [%s–%s]", significant(c.value), round(c.low, 2), round(c.high, 2))
	default:
		return plain(c.text)
	}
}

// percent prints a share with so many digits that mean something. What is not all is never printed as 100, and what is not
// nothing never as 0.
func percent(share float64, digits int) string {
	p := 100 * share
	text := round(p, digits)
	for places := 1; text == "100" && p < 100; places++ {
		text = trimZeros(strconv.FormatFloat(p, 'f', places, 64))
	}
	return text
}

// Digits prints the width of an interval: two digits say enough.
func Digits(x float64) string { return round(x, 2) }

// significant prints three digits, and all digits before the point.
func significant(x float64) string { return round(x, 3) }

// round prints digits that mean something, and all digits before the point.
func round(x float64, digits int) string {
	a := math.Abs(x)
	switch {
	case x == 0 || math.IsInf(x, 0) || math.IsNaN(x):
		return strconv.FormatFloat(x, 'g', -1, 64)
	case a >= 100:
		return thousands(int64(math.Round(x)))
	case a < 0.001:
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'e', digits-1, 64), "e-")
		return trimZeros(mantissa) + "e-" + strings.TrimLeft(exponent, "0")
	}
	places := digits - 1 - int(math.Floor(math.Log10(a)))
	return trimZeros(strconv.FormatFloat(x, 'f', max(0, places), 64))
}

func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// duration prints seconds in the unit a person would take.
func duration(seconds float64) string {
	switch {
	case seconds != 0 && seconds < 1:
		return significant(seconds*1e3) + " ms"
	case seconds < 120:
		return significant(seconds) + " s"
	case seconds < 2*3600:
		return significant(seconds/60) + " min"
	default:
		return significant(seconds/3600) + " h"
	}
}

// thousands prints a count with separators.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	first := len(s) % 3
	if first == 0 || first == 1 && s[0] == '-' {
		first += 3
	}
	var b strings.Builder
	b.WriteString(s[:min(first, len(s))])
	for i := first; i < len(s); i += 3 {
		b.WriteByte(',')
		b.WriteString(s[i : i+3])
	}
	return b.String()
}

// plain makes text from rules and captures harmless: it cannot move a terminal's cursor, reverse the line or break the row.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return '·'
		}
		return r
	}, s)
}

// marks prints the numbers of a cell's footnotes: ¹⁺³, or ¹⁻⁵ for a run of them.
func marks(c *Cell, number map[string]int) string {
	var b strings.Builder
	for i := 0; i < len(c.notes); {
		first, run := number[c.notes[i]], 1
		for i+run < len(c.notes) && number[c.notes[i+run]] == first+run {
			run++
		}
		if i > 0 {
			b.WriteRune('⁺')
		}
		b.WriteString(superscript(first))
		switch {
		case run == 2:
			b.WriteString("⁺" + superscript(first+1))
		case run > 2:
			b.WriteString("⁻" + superscript(first+run-1))
		}
		i += run
	}
	return b.String()
}

func superscript(n int) string {
	return strings.Map(func(r rune) rune { return []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[r-'0'] }, strconv.Itoa(n))
}
