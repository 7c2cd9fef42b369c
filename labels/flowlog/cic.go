package flowlog

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
)

// The columns of a CIC-IDS style table that are read.
const (
	cicID = iota
	cicSource
	cicSourcePort
	cicDestination
	cicDestinationPort
	cicProtocol
	cicTimestamp
	cicDuration
	cicForward
	cicBackward
	cicForwardBytes
	cicBackwardBytes
	cicLabel
	cicColumns
)

// cicNames are the headings of the 2017 and 2018 tables and of later CICFlowMeters, without case, spaces and marks.
var cicNames = map[string]int{
	"flowid":   cicID,
	"sourceip": cicSource, "srcip": cicSource,
	"sourceport": cicSourcePort, "srcport": cicSourcePort,
	"destinationip": cicDestination, "dstip": cicDestination, "destip": cicDestination,
	"destinationport": cicDestinationPort, "dstport": cicDestinationPort, "destport": cicDestinationPort,
	"protocol": cicProtocol, "timestamp": cicTimestamp, "flowduration": cicDuration,
	"totalfwdpackets": cicForward, "totalfwdpacket": cicForward, "totfwdpkts": cicForward,
	"totalbackwardpackets": cicBackward, "totalbwdpackets": cicBackward, "totbwdpkts": cicBackward,
	"totallengthoffwdpackets": cicForwardBytes, "totallengthoffwdpacket": cicForwardBytes, "totlenfwdpkts": cicForwardBytes,
	"totallengthofbwdpackets": cicBackwardBytes, "totallengthofbwdpacket": cicBackwardBytes, "totlenbwdpkts": cicBackwardBytes,
	"label": cicLabel,
}

// cic reads a table in the manner of CIC-IDS2017 and 2018 (CICFlowMeter).
type cic struct {
	name   string
	csv    *csv.Reader
	leash  *leash
	at     [cicColumns]int // index of each column, -1 = absent
	width  int
	clock  clock
	number int64
}

func newCIC(r io.Reader, name string, zone *time.Location) (*cic, error) {
	bounded := &leash{r: r}
	c := &cic{name: name, csv: csv.NewReader(bounded), leash: bounded, clock: clock{zone: zone}}
	c.csv.FieldsPerRecord = -1
	c.csv.LazyQuotes = true
	c.csv.ReuseRecord = true
	heading, err := c.next()
	if err != nil {
		return nil, fmt.Errorf("%s:1: %w; give a conn.log or a CSV of flows", name, err)
	}
	for i := range c.at {
		c.at[i] = -1
	}
	c.width = len(heading)
	for i, cell := range heading {
		if column, known := cicNames[plain(cell)]; known && c.at[column] < 0 {
			c.at[column] = i
		}
	}
	if c.at[cicTimestamp] < 0 && c.at[cicLabel] < 0 {
		return nil, fmt.Errorf("%s:1: neither a conn.log (no # or { at its start) nor a CSV with Timestamp and Label", name)
	}
	for _, need := range []struct {
		column int
		name   string
	}{
		{cicSource, "Source IP"}, {cicDestination, "Destination IP"}, {cicSourcePort, "Source Port"},
		{cicDestinationPort, "Destination Port"}, {cicProtocol, "Protocol"}, {cicTimestamp, "Timestamp"}, {cicLabel, "Label"},
	} {
		if c.at[need.column] < 0 {
			return nil, fmt.Errorf("%s:1: no column %s; give the edition of the table that has addresses, ports and times", name, need.name)
		}
	}
	return c, nil
}

func (c *cic) next() ([]string, error) {
	c.leash.read = 0
	return c.csv.Read()
}

// leash ends the reading of a row that does not end: a lost quote would take the rest of the file into one cell.
type leash struct {
	r    io.Reader
	read int
}

func (l *leash) Read(p []byte) (int, error) {
	if l.read > maxLine {
		return 0, fmt.Errorf("a row longer than %d bytes; is a quote missing?", maxLine)
	}
	n, err := l.r.Read(p)
	l.read += n
	return n, err
}

// plain is a heading in lower case, letters and digits alone.
func plain(heading string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

func (c *cic) records(yield func(Record, error) bool) {
	for {
		row, err := c.next()
		if errors.Is(err, io.EOF) {
			return
		}
		line, _ := c.csv.FieldPos(0)
		if err != nil {
			var syntax *csv.ParseError
			if errors.As(err, &syntax) {
				line, err = syntax.Line, syntax.Err
			}
			yield(Record{}, fmt.Errorf("%s:%d: %w", c.name, line, err))
			return
		}
		// The published tables have rows of commas alone, and headings in the middle.
		if blank(row) || len(row) == c.width && plain(row[c.at[cicLabel]]) == "label" {
			continue
		}
		r, err := c.record(row)
		if err != nil {
			yield(Record{}, fmt.Errorf("%s:%d: %w", c.name, line, err))
			return
		}
		r.Line = line
		if !yield(r, nil) {
			return
		}
	}
}

func blank(row []string) bool {
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

func (c *cic) record(row []string) (Record, error) {
	if len(row) != c.width {
		return Record{}, fmt.Errorf("%d columns where the heading has %d; the line is torn", len(row), c.width)
	}
	cell := func(column int) string {
		if c.at[column] < 0 {
			return ""
		}
		return strings.TrimSpace(row[c.at[column]])
	}
	p := parser{}
	r := Record{UID: strings.Clone(cell(cicID))}
	// The 2017 labels hold a dash of another encoding.
	r.Label = strings.ToValidUTF8(cell(cicLabel), "-")
	r.Class = classOf(r.Label)
	r.Src, r.Dst = p.addr("Source IP", cell(cicSource)), p.addr("Destination IP", cell(cicDestination))
	r.Sport = uint16(p.number("Source Port", cell(cicSourcePort), 16))
	r.Dport = uint16(p.number("Destination Port", cell(cicDestinationPort), 16))
	r.Proto = uint8(p.number("Protocol", cell(cicProtocol), 8))
	r.ICMPType, r.ICMPCode = -1, -1
	at, err := c.clock.read(cell(cicTimestamp))
	p.fail("Timestamp", err)
	r.Start, r.Accuracy, r.HalfDay = at.ns, at.accuracy, at.halfDay
	r.End, r.Timed = r.Start, cell(cicDuration) != ""
	if r.Timed {
		// Microseconds; CICFlowMeter has negative ones where packets were out of order.
		length, err := scaled(cell(cicDuration), 3)
		p.fail("Flow Duration", err)
		r.End += max(0, length)
	}
	r.FwdPackets, r.BwdPackets = p.whole("Total Fwd Packets", cell(cicForward)), p.whole("Total Backward Packets", cell(cicBackward))
	r.FwdBytes, r.BwdBytes = p.whole("Total Length of Fwd Packets", cell(cicForwardBytes)), p.whole("Total Length of Bwd Packets", cell(cicBackwardBytes))
	r.Payload = [2]int64{r.FwdBytes, r.BwdBytes}
	if p.err != nil {
		return r, p.err
	}
	c.number++
	r.Flow.Flow = c.number
	return r, nil
}

// whole reads a count that some tables write with a fraction, as in 3.0; "" is 0.
func (p *parser) whole(column, text string) int64 {
	if text == "" {
		return 0
	}
	n, err := scaled(text, 0)
	p.fail(column, err)
	return max(0, n)
}
