package suricata

import "time"

// layout is EVE's time: microseconds and a numeric zone without a colon.
const layout = "2006-01-02T15:04:05.999999999-0700"

// timestamp reads EVE's time as ns since the epoch; 0 where there is none, which includes the engine's own "ts-error".
//
// Nearly every line carries the fixed form 2018-03-09T22:49:16.520001+0200, which is read without time.Parse.
func timestamp(s string) int64 {
	if len(s) != len("2018-03-09T22:49:16.520001+0200") {
		return slowTimestamp(s)
	}
	if s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' || s[19] != '.' {
		return slowTimestamp(s)
	}
	year, ok1 := digits(s[0:4])
	month, ok2 := digits(s[5:7])
	day, ok3 := digits(s[8:10])
	hour, ok4 := digits(s[11:13])
	minute, ok5 := digits(s[14:16])
	second, ok6 := digits(s[17:19])
	micro, ok7 := digits(s[20:26])
	zoneHour, ok8 := digits(s[27:29])
	zoneMinute, ok9 := digits(s[29:31])
	numbers := ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && ok7 && ok8 && ok9
	if !numbers || year < 1970 || year > 2261 ||
		month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59 {
		return slowTimestamp(s) // the last days of a month are time.Parse's to judge
	}
	seconds := daysFromCivil(year, month, day)*86400 + int64(hour*3600+minute*60+second)
	zone := int64(zoneHour*3600 + zoneMinute*60)
	switch s[26] {
	case '+':
		seconds -= zone
	case '-':
		seconds += zone
	default:
		return 0
	}
	return seconds*1e9 + int64(micro)*1e3
}

func slowTimestamp(s string) int64 {
	t, err := time.Parse(layout, s)
	if err != nil {
		t, err = time.Parse(time.RFC3339Nano, s) // logs that went through another tool
	}
	if err != nil || t.Year() < 1970 || t.Year() > 2261 {
		return 0
	}
	return t.UnixNano()
}

func digits(s string) (n int, ok bool) {
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int(c)
	}
	return n, true
}

// daysFromCivil counts days from 1970-01-01 to a date of the Gregorian calendar, years counted from March so that the leap day
// is the last of its year.
func daysFromCivil(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	return int64(365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 719469)
}
