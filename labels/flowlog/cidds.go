package flowlog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/labels"
)

// The columns of CIDDS-001 that are read, by plain heading.
const (
	ciddsTime = iota
	ciddsDuration
	ciddsProto
	ciddsSource
	ciddsSourcePort
	ciddsDest
	ciddsDestPort
	ciddsPackets
	ciddsBytes
	ciddsFlags
	ciddsClass
	ciddsColumns
)

var ciddsNames = [ciddsColumns]string{
	"datefirstseen", "duration", "proto", "srcipaddr", "srcpt", "dstipaddr", "dstpt", "packets", "bytes", "flags", "class",
}

// Unidirectional flows of one conversation are a session until it is silent this long (FlowChronicle, CoNEXT 2024, section 5.1).
const ciddsGap = 120e9

// session is a conversation under way.
type session struct {
	source, dest         string
	sourcePort, destPort string
	proto, class         string
	start, end, last     int64      // ns; last is the end of the flow that was added last
	bytes, packets       [2]float64 // of source and of dest
	flags                [6]byte
	number               int64 // of its first flow
}

// ends names a conversation whichever end speaks.
type ends struct{ proto, a, aPort, b, bPort string }

// ciddsTable joins the unidirectional flows of CIDDS-001 (Ring et al., 2017) into bidirectional ones as the published converter
// does: flows of the same protocol and the same two ends belong together until 120 s of silence; the source is that of the first
// flow, but where its port is below the other's the ends change places; what one side sent is summed, and flags are joined by place.
// Rows are in order of time. The class is that of the first flow: normal is benign.
func ciddsTable(ctx context.Context, r io.Reader, name string, o TableOptions) (*Table, error) {
	rows := newRows(r, name)
	names, err := rows.heading()
	if err != nil {
		return nil, err
	}
	var at [ciddsColumns]int
	for i, want := range ciddsNames {
		at[i] = slices.IndexFunc(names, func(n string) bool { return plain(n) == want })
		if at[i] < 0 && i != ciddsClass {
			return nil, fmt.Errorf("%s:1: no column %s; CIDDS-001 has it", name, want)
		}
	}
	if o.Benign && at[ciddsClass] < 0 {
		return nil, fmt.Errorf("%s:1: no column class to tell benign flows by", name)
	}
	columns := append([]int{atFlags}, always...)
	if at[ciddsClass] >= 0 {
		columns = append(columns, atVerdict)
	}
	j := joiner{open: map[ends]*session{}, filler: newFiller(o, columns...)}
	clock := clock{zone: o.Location}
	for n := int64(1); ; n++ {
		row, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = canceled(ctx, n)
		}
		if err != nil {
			return nil, err
		}
		s, err := ciddsRow(row, at, &clock)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, rows.line, err)
		}
		if o.Benign && classOf(s.class) != labels.Benign {
			continue
		}
		j.add(s)
	}
	j.expire(math.MaxInt64)
	t := j.filler.table(name)
	t.Notes = append(t.Notes, fmt.Sprintf("%d unidirectional flows joined", j.flows))
	return t, nil
}

// ciddsRow is a flow as a session of its own.
func ciddsRow(row []string, at [ciddsColumns]int, clock *clock) (*session, error) {
	cell := func(column int) string {
		if at[column] < 0 {
			return ""
		}
		return strings.TrimSpace(row[at[column]])
	}
	when, err := clock.read(cell(ciddsTime))
	if err != nil {
		return nil, fmt.Errorf("Date first seen: %w", err)
	}
	length, err := nanoseconds(cell(ciddsDuration))
	if err != nil {
		return nil, fmt.Errorf("Duration: %w", err)
	}
	packets, err := number(cell(ciddsPackets))
	if err != nil {
		return nil, fmt.Errorf("Packets: %w", err)
	}
	bytes, err := ciddsSize(cell(ciddsBytes))
	if err != nil {
		return nil, fmt.Errorf("Bytes: %w", err)
	}
	s := &session{
		proto: strings.Clone(cell(ciddsProto)), class: cell(ciddsClass), source: strings.Clone(cell(ciddsSource)), dest: strings.Clone(cell(ciddsDest)),
		sourcePort: port(cell(ciddsSourcePort)), destPort: port(cell(ciddsDestPort)),
		start: when.ns, end: when.ns + length, last: when.ns + length,
		bytes: [2]float64{bytes}, packets: [2]float64{packets}, flags: ciddsFlagsOf(cell(ciddsFlags)),
	}
	return s, nil
}

// ciddsSize reads a count of bytes, which above a million is written like "1.2 M".
func ciddsSize(text string) (float64, error) {
	unit := 1.0
	for letter, u := range map[string]float64{"K": 1e3, "M": 1e6, "G": 1e9} {
		if head, found := strings.CutSuffix(text, letter); found {
			text, unit = strings.TrimSpace(head), u
		}
	}
	v, err := number(text)
	return math.Round(v * unit), err
}

// ciddsFlagsOf reads flags in their places, or as the number that nfdump writes where there are more than six.
func ciddsFlagsOf(text string) (flags [6]byte) {
	if hex, found := strings.CutPrefix(text, "0x"); found {
		n, _ := strconv.ParseUint(hex, 16, 8)
		text = places(uint8(n))
	}
	copy(flags[:], noFlags)
	for i := range min(len(text), len(flags)) {
		if text[i] != ' ' {
			flags[i] = text[i]
		}
	}
	return flags
}

// joiner makes sessions of flows.
type joiner struct {
	open   map[ends]*session
	filler *filler
	flows  int64
	sweep  int64 // when sessions that are long over are looked for next
}

func (j *joiner) add(s *session) {
	j.flows++
	s.number = j.flows
	key := ends{s.proto, s.source, s.sourcePort, s.dest, s.destPort}
	if turned := (ends{s.proto, s.dest, s.destPort, s.source, s.sourcePort}); cmp.Or(cmp.Compare(key.a, turned.a), cmp.Compare(key.aPort, turned.aPort)) > 0 {
		key = turned
	}
	was := j.open[key]
	switch {
	case was == nil:
		j.open[key] = s
	case s.start-was.last >= ciddsGap:
		j.write(was)
		j.open[key] = s
	default:
		was.join(s)
	}
	j.expire(s.start)
}

// expire writes sessions that nothing can join any more, an hour being left for flows out of order.
func (j *joiner) expire(now int64) {
	const hour = 3600e9
	if now < j.sweep {
		return
	}
	j.sweep = min(now, math.MaxInt64-hour) + hour/4
	var over []*session
	for key, s := range j.open {
		if s.last < now-ciddsGap-hour {
			over = append(over, s)
			delete(j.open, key)
		}
	}
	slices.SortFunc(over, func(a, b *session) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.number, b.number)) })
	for _, s := range over {
		j.write(s)
	}
}

func (s *session) join(o *session) {
	side := 0
	if o.source != s.source || o.sourcePort != s.sourcePort {
		side = 1
	}
	s.bytes[side] += o.bytes[0]
	s.packets[side] += o.packets[0]
	s.last, s.end = o.end, max(s.end, o.end)
	s.start = min(s.start, o.start)
	for i, f := range o.flags {
		if s.flags[i] == '.' {
			s.flags[i] = f
		}
	}
}

func (j *joiner) write(s *session) {
	source, _ := strconv.ParseFloat(s.sourcePort, 64)
	dest, _ := strconv.ParseFloat(s.destPort, 64)
	if source < dest {
		s.source, s.dest, s.sourcePort, s.destPort = s.dest, s.source, s.destPort, s.sourcePort
		s.bytes[0], s.bytes[1], s.packets[0], s.packets[1] = s.bytes[1], s.bytes[0], s.packets[1], s.packets[0]
	}
	var c cells
	c.time, c.place = s.start, s.start
	c.words[atProto], c.words[atSrcIP], c.words[atDstIP] = s.proto, s.source, s.dest
	c.words[atSrcPort], c.words[atDstPort] = s.sourcePort, s.destPort
	c.words[atFlags], c.words[atVerdict] = string(s.flags[:]), string(classOf(s.class))
	c.numbers[atOutBytes], c.numbers[atInBytes] = s.bytes[0], s.bytes[1]
	c.numbers[atOutPackets], c.numbers[atInPackets] = s.packets[0], s.packets[1]
	c.numbers[atElapsed] = float64(s.end-s.start) / 1e9
	j.filler.add(&c)
}
