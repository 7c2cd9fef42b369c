package rules

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Variables are an engine's address and port groups by name, without the $: HOME_NET, HTTP_PORTS.
type Variables map[string]string

// maxNesting bounds variables within lists within variables.
const maxNesting = 16

// Address tells whether an address expression of a rule covers an address (Suricata's userguide, "Source and destination"). It fails
// on an expression that it cannot read, or a variable that is not there.
func (v Variables) Address(expression string, a netip.Addr) (bool, error) {
	return v.covers(expression, maxNesting, func(word string) (bool, error) {
		if strings.Contains(word, "/") {
			p, err := netip.ParsePrefix(word)
			return err == nil && p.Contains(a), err
		}
		if from, to, ranged := strings.Cut(word, "-"); ranged {
			low, err1 := netip.ParseAddr(from)
			high, err2 := netip.ParseAddr(to)
			if err1 != nil || err2 != nil {
				return false, fmt.Errorf("%q is no range of addresses", word)
			}
			return low.Compare(a) <= 0 && a.Compare(high) <= 0, nil
		}
		one, err := netip.ParseAddr(word)
		return one == a, err
	})
}

// Port tells whether a port expression of a rule covers a port.
func (v Variables) Port(expression string, port uint16) (bool, error) {
	return v.covers(expression, maxNesting, func(word string) (bool, error) {
		if word == "" {
			return false, errors.New("an empty port")
		}
		from, to, ranged := strings.Cut(word, ":")
		low, err := strconv.ParseUint(defaulted(from, "0"), 10, 16)
		if err != nil {
			return false, err
		}
		if !ranged {
			return uint16(low) == port, nil
		}
		high, err := strconv.ParseUint(defaulted(to, "65535"), 10, 16)
		return uint16(low) <= port && port <= uint16(high), err
	})
}

func defaulted(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// covers resolves any, variables, negation and lists, and asks one about the words that are left. A list covers what one of its plain
// entries covers, or everything where it has none, and none of its negated ones does.
func (v Variables) covers(expression string, nesting int, one func(string) (bool, error)) (bool, error) {
	e := strings.Trim(strings.TrimSpace(expression), `"`)
	if nesting == 0 {
		return false, fmt.Errorf("%q is nested too deep", expression)
	}
	switch {
	case e == "any":
		return true, nil
	case strings.HasPrefix(e, "!"):
		yes, err := v.covers(e[1:], nesting-1, one)
		return !yes && err == nil, err
	case strings.HasPrefix(e, "$"):
		value, ok := v[e[1:]]
		if !ok {
			return false, fmt.Errorf("no variable %s", e)
		}
		return v.covers(value, nesting-1, one)
	case strings.HasPrefix(e, "[") && strings.HasSuffix(e, "]"):
		return v.coversList(e[1:len(e)-1], nesting-1, one)
	case strings.Contains(e, ","):
		return v.coversList(e, nesting-1, one)
	}
	return one(e)
}

func (v Variables) coversList(list string, nesting int, one func(string) (bool, error)) (bool, error) {
	plain, found := false, false
	for _, entry := range entries(list) {
		yes, err := v.covers(entry, nesting, one)
		if err != nil {
			return false, err
		}
		if strings.HasPrefix(entry, "!") {
			if !yes {
				return false, nil
			}
			continue
		}
		plain, found = true, found || yes
	}
	return found || !plain, nil
}

// entries splits at commas outside brackets.
func entries(list string) []string {
	var out []string
	depth, start := 0, 0
	for i := 0; i <= len(list); i++ {
		if i == len(list) || list[i] == ',' && depth == 0 {
			if e := strings.TrimSpace(list[start:i]); e != "" {
				out = append(out, e)
			}
			start = i + 1
			continue
		}
		switch list[i] {
		case '[':
			depth++
		case ']':
			depth--
		}
	}
	return out
}
