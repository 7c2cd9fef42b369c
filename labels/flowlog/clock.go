package flowlog

import (
	"fmt"
	"time"
)

// layout is one way of writing a time. Go's parser takes a fraction of a second where the layout has none.
type layout struct {
	format   string
	accuracy time.Duration
	day12    bool // may be a 12-hour clock that does not say which half
}

// The published tables write the day first; hours 1 to 7 of the 2017 ones are those of the afternoon.
var layouts = []layout{
	{"2/1/2006 15:04:05", time.Second, true},
	{"2/1/2006 15:04", time.Minute, true},
	{"2/1/2006 3:04:05 PM", time.Second, false},
	{"2/1/2006 3:04 PM", time.Minute, false},
	{"2006-01-02 15:04:05", time.Second, false},
	{"2006-01-02T15:04:05", time.Second, false},
	{"2006-01-02T15:04:05Z07:00", time.Second, false},
}

// clock reads the times of a table. All are written alike, so the layout that served last is tried first.
type clock struct {
	zone *time.Location
	last int
}

// moment is a time with what is not known of it.
type moment struct {
	ns, accuracy int64
	halfDay      bool
}

func (c *clock) read(text string) (moment, error) {
	for i := range layouts {
		n := (c.last + i) % len(layouts)
		at, err := time.ParseInLocation(layouts[n].format, text, c.zone)
		if err != nil {
			continue
		}
		c.last = n
		m := moment{ns: at.UnixNano(), accuracy: int64(layouts[n].accuracy)}
		m.halfDay = layouts[n].day12 && at.Hour() >= 1 && at.Hour() < 12
		if at.Nanosecond() != 0 {
			m.accuracy = int64(time.Microsecond)
		}
		return m, nil
	}
	return moment{}, fmt.Errorf("%q is not a time, day first, as in 3/7/2017 8:55", text)
}
