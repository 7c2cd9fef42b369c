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
		return fmt.Sprintf("%s/%s [%s–%s %%]", thousands(c.k), thousands(c.n), percent(c.low), percent(c.high))
	case KindRate:
		return fmt.Sprintf("%s %% [%s–%s]", percent(c.value), percent(c.low), percent(c.high))
	case KindShare:
		if !c.bounded {
			return percent(c.value) + " %"
		}
		return fmt.Sprintf("%s %% [%s–%s]", percent(c.value), percent(c.low), percent(c.high))
	case KindNumber:
		return significant(c.value)
	case KindDuration:
		return duration(c.value)
	default:
		return plain(c.text)
	}
}

// percent prints a share with three digits that mean something. What is not all is never printed as 100, and what is not nothing
// never as 0.
func percent(share float64) string {
	p := 100 * share
	switch {
	case p > 99.9 && p < 100:
		return trimZeros(strconv.FormatFloat(math.Floor(p*1e4)/1e4, 'f', 4, 64))
	case p != 0 && math.Abs(p) < 0.001:
		return strconv.FormatFloat(p, 'e', 1, 64)
	default:
		return significant(p)
	}
}

// significant prints three digits, and all digits before the point.
func significant(x float64) string {
	a := math.Abs(x)
	switch {
	case x == 0 || math.IsInf(x, 0) || math.IsNaN(x):
		return strconv.FormatFloat(x, 'g', -1, 64)
	case a >= 100:
		return thousands(int64(math.Round(x)))
	case a < 0.001:
		return strconv.FormatFloat(x, 'e', 1, 64)
	}
	digits := 2 - int(math.Floor(math.Log10(a)))
	return trimZeros(strconv.FormatFloat(x, 'f', digits, 64))
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

// marks prints the numbers of a cell's footnotes.
func marks(c *Cell, number map[string]int) string {
	var b strings.Builder
	for i, n := range c.notes {
		if i > 0 {
			b.WriteRune('⁺')
		}
		b.WriteString(superscript(number[n]))
	}
	return b.String()
}

func superscript(n int) string {
	return strings.Map(func(r rune) rune { return []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[r-'0'] }, strconv.Itoa(n))
}
