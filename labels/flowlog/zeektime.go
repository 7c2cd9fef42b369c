package flowlog

import (
	"fmt"
	"strings"
	"time"
)

// time reads a time in any of Zeek's notations: seconds or milliseconds since the epoch, or ISO 8601. Zeek keeps time in
// a double, good for a quarter of a microsecond, and JSON shows the noise below that: the nearest microsecond is meant.
func (p *parser) time(text string) int64 {
	if strings.Contains(text, "T") {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			p.fail("ts", fmt.Errorf("%q is not a time", text))
			return 0
		}
		return at.UnixNano()
	}
	// JSON logs may count milliseconds. No capture is from the year 5138, where seconds have 12 digits.
	power := 9
	if whole, _, _ := strings.Cut(text, "."); len(whole) >= 12 && !strings.ContainsAny(text, "eE") {
		power = 6
	}
	ns, err := scaled(text, power)
	p.fail("ts", err)
	return time.Unix(0, ns).Round(time.Microsecond).UnixNano()
}
