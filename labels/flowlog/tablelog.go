package flowlog

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/labels"
)

// protocols are the names of the published tables, in which ICMPv6 is ICMP too.
var protocols = map[uint8]string{
	protoICMP: "ICMP", 2: "IGMP", protoTCP: "TCP", protoUDP: "UDP", 47: "GRE", 50: "ESP", 51: "AH", protoICMPv6: "ICMP", 89: "OSPF", 132: "SCTP",
}

// noFlags stands in Flags where the protocol has none.
const noFlags = "......"

// describe fills in what a biflow says of itself. Bytes are what the flow counts.
func (c *cells) describe(f *labels.Flow) {
	name, known := protocols[f.Proto]
	if !known {
		name = strconv.Itoa(int(f.Proto))
	}
	c.time = f.Start
	c.words[atProto], c.words[atSrcIP], c.words[atDstIP] = name, f.Src.String(), f.Dst.String()
	c.words[atSrcPort], c.words[atDstPort] = port(strconv.Itoa(int(f.Sport))), port(strconv.Itoa(int(f.Dport)))
	if f.Proto == protoICMP || f.Proto == protoICMPv6 {
		c.words[atSrcPort], c.words[atDstPort] = "0.0", port(fmt.Sprintf("%d.%d", f.ICMPType, f.ICMPCode))
	}
	c.numbers[atOutBytes], c.numbers[atOutPackets] = float64(f.FwdBytes), float64(f.FwdPackets)
	c.numbers[atInBytes], c.numbers[atInPackets] = float64(f.BwdBytes), float64(f.BwdPackets)
	c.numbers[atElapsed] = float64(f.End-f.Start) / 1e9
	c.words[atService], c.words[atVerdict], c.words[atFlags] = f.Service, string(f.Class), noFlags
}

// benign holds for what is no attack, whatever it looks like.
func benign(c labels.Class) bool { return c == labels.Benign || c == labels.Lookalike }

// always are the columns that every log of biflows has.
var always = []int{atFirstSeen, atProto, atSrcIP, atDstIP, atDstPort, atInBytes, atInPackets, atOutBytes, atOutPackets, atElapsed, atSrcPort}

// logTable reads a conn.log or a CIC-IDS table. Flags are what Zeek's history tells: acknowledgements and PSH are those of segments
// with data and the like, whose letters stand for ACK; a connection without history has no flag.
func logTable(ctx context.Context, l *Log, name string, o TableOptions) (*Table, error) {
	columns := append([]int{atVerdict}, always...)
	if l.Format != CICCSV {
		columns = append(columns, atFlags, atService)
	}
	f := newFiller(o, columns...)
	var c cells
	var onWire, payload, classed int64
	for r, err := range l.All() {
		if err != nil {
			return nil, err
		}
		c.place++
		c.line = r.Line
		if err := canceled(ctx, c.place); err != nil {
			return nil, err
		}
		if r.Class != "" {
			classed++
		}
		if o.Benign && !benign(r.Class) {
			continue
		}
		c.describe(&r.Flow)
		if r.Proto == protoTCP {
			c.words[atFlags] = flagsOf(r.History)
		}
		onWire, payload = onWire+r.FwdBytes+r.BwdBytes, payload+r.Payload[0]+r.Payload[1]
		f.add(&c)
	}
	if o.Benign && classed == 0 {
		return nil, fmt.Errorf("%s: no flow has a label to tell benign ones by", name)
	}
	if classed == 0 {
		f.columns[atVerdict] = nil
	}
	if onWire == 0 && payload > 0 {
		f.columns[atInBytes], f.columns[atOutBytes] = nil, nil
	}
	t := f.table(name)
	if onWire == 0 && payload > 0 {
		t.Notes = append(t.Notes, "no bytes: the log counts payload only, not IP packets (orig_ip_bytes, resp_ip_bytes)")
	}
	if l.Format == CICCSV {
		t.Notes = append(t.Notes, "bytes are those of the payload")
	}
	return t, nil
}

// flagsOf reads TCP flags from Zeek's history, in the places of the published tables. Zeek writes a letter for what a packet was, in
// capitals for the originator: s a SYN, h a SYN-ACK, a a bare ACK, d data, f a FIN, r a RST, i a packet with SYN and RST, q one with
// SYN and FIN (Zeek, base/protocols/conn/main.zeek).
func flagsOf(history string) string {
	history = strings.ToLower(history)
	flags := []byte(noFlags)
	for _, f := range []struct {
		place   int
		flag    byte
		letters string
	}{{1, 'A', "hadf"}, {2, 'P', "d"}, {3, 'R', "ri"}, {4, 'S', "shq"}, {5, 'F', "fiq"}} {
		if strings.ContainsAny(history, f.letters) {
			flags[f.place] = f.flag
		}
	}
	return string(flags)
}

// arrowTable reads evilbench's own flows.
func arrowTable(ctx context.Context, path string, o TableOptions) (*Table, error) {
	f := newFiller(o, append([]int{atService, atVerdict}, always...)...)
	var c cells
	for flow, err := range labels.Flows.Rows(ctx, path) {
		if err != nil {
			return nil, err
		}
		if o.Benign && !benign(flow.Class) {
			continue
		}
		c.place++
		c.describe(&flow)
		f.add(&c)
	}
	t := f.table(path)
	t.Notes = append(t.Notes, "bytes count the link layer too", "no "+Flags+": "+path+" keeps none; read the capture to have them")
	return t, nil
}
