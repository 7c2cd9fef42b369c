package score

import (
	"math"
	"net/netip"

	"github.com/evilbench/evilbench/labels"
)

// host is an address to which flows and false alarms are booked.
type host struct {
	local bool
	alive bool // sent something

	flows, bytes   int64 // flows it owns, and their bytes
	negatives, fp  int64 // those of them that are benign, and alarmed
	alarms, groups int64 // false ones
	day            int32 // the day last marked, and with what
	mark           dayMark
}

// dayMark is what the score keeps of a host-day.
type dayMark uint8

const (
	dayActive dayMark = 1 << iota // the host had a flow
	dayAttack                     // a malicious one
	dayTrue                       // a true alert names the host
	dayFalse
)

type hostDay struct{ host, day int32 }

// hostLedger holds the local hosts, those outside that talk among themselves, and the days of the local ones.
type hostLedger struct {
	home    []netip.Prefix
	list    []host
	index   map[netip.Addr]int32
	days    map[hostDay]dayMark
	origin  int64 // when the first day begins, ns since the epoch
	lastDay int32
	undated int64 // decided alerts without a time
	away    host  // what no host can be blamed for
}

// mostDays bounds the days of a capture, so that a wrong clock cannot make host-days without end.
const mostDays = 36_525

const dayLength = 24 * 60 * 60 * 1e9

func newHostLedger(home []netip.Prefix, days float64) *hostLedger {
	last := math.Ceil(min(max(days, 1), mostDays)) - 1
	return &hostLedger{home: home, index: map[netip.Addr]int32{}, days: map[hostDay]dayMark{}, lastDay: int32(last)}
}

func (l *hostLedger) isLocal(a netip.Addr) bool {
	for _, p := range l.home {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// of is the position of a host, which is booked where it is new.
func (l *hostLedger) of(a netip.Addr, local bool) int32 {
	i, known := l.index[a]
	if !known {
		i = int32(len(l.list))
		l.index[a] = i
		l.list = append(l.list, host{local: local, day: -1})
	}
	return i
}

// local finds a host of the home network; -1 = the address is not of one.
func (l *hostLedger) local(a netip.Addr) int32 {
	if i, known := l.index[a]; known {
		if l.list[i].local {
			return i
		}
		return -1
	}
	if !l.isLocal(a) {
		return -1
	}
	return l.of(a, true)
}

// add books a flow and returns its owner: the originator where it is local, else the responder where that is.
func (l *hostLedger) add(f *labels.Flow, attack bool) int32 {
	src, dst := l.local(f.Src), l.local(f.Dst)
	owner := src
	switch {
	case src < 0 && dst >= 0:
		owner = dst
	case src < 0:
		owner = l.of(f.Src, false)
	}
	l.list[owner].flows++
	l.list[owner].bytes += f.FwdBytes + f.BwdBytes
	mark := dayActive
	if attack {
		mark |= dayAttack
	}
	if src >= 0 {
		l.live(src, f, mark)
	}
	if dst >= 0 && f.BwdPackets > 0 {
		l.live(dst, f, mark)
	}
	return owner
}

// live notes that a host sent something on the days of a flow.
func (l *hostLedger) live(i int32, f *labels.Flow, mark dayMark) {
	l.list[i].alive = true
	for d, last := l.dayOf(f.Start), l.dayOf(f.End); d <= last; d++ {
		l.markDay(i, d, mark)
	}
}

func (l *hostLedger) dayOf(time int64) int32 {
	return min(max(0, int32(min(max(0, (time-l.origin)/dayLength), mostDays))), l.lastDay)
}

func (l *hostLedger) markDay(i, day int32, mark dayMark) {
	h := &l.list[i]
	if h.day == day && h.mark&mark == mark {
		return
	}
	if h.day != day {
		h.day, h.mark = day, 0
	}
	h.mark |= mark
	l.days[hostDay{i, day}] |= mark
}

// alarm books an alert on the host-days of its local ends and returns who pays for it: as with a flow, -1 = nobody here.
func (l *hostLedger) alarm(time int64, src, dst netip.Addr, mark dayMark) int32 {
	owner := int32(-1)
	for _, a := range []netip.Addr{src, dst} {
		i, known := l.index[a]
		if !known || !l.list[i].local || !l.list[i].alive {
			continue
		}
		if owner < 0 {
			owner = i
		}
		if time != 0 {
			l.markDay(i, l.dayOf(time), mark)
		}
	}
	if time == 0 {
		l.undated++
	}
	return owner
}

// at is the host at a position, -1 = nobody here.
func (l *hostLedger) at(i int32) *host {
	if i < 0 {
		return &l.away
	}
	return &l.list[i]
}

// count is the number of hosts that are monitored: local addresses that sent something.
func (l *hostLedger) count() (n int64) {
	for i := range l.list {
		if l.list[i].local && l.list[i].alive {
			n++
		}
	}
	return n
}

// unit counts in the unit of a monitored host on one day of 24 hours from the first packet. A true alert catches the host-days
// with malicious flows that it names, a false one marks those without.
func (l *hostLedger) unit() Unit {
	var c confusion
	for _, m := range l.days {
		switch {
		case m&dayActive == 0: // named by an alert, on a day without a flow
		case m&dayAttack != 0 && m&dayTrue != 0:
			c.TP++
		case m&dayAttack != 0:
			c.FN++
		case m&dayFalse != 0:
			c.FP++
		default:
			c.TN++
		}
	}
	return c.unit("host-day", "a local host on one of the days of 24 h from the first packet on which it had a flow, malicious or not; named by an alert")
}
