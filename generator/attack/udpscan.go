package attack

import (
	"cmp"
	"math"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// UDPScan probes UDP ports from one port of its own. Closed ports answer with ICMP, as fast as their host limits itself to; open ones
// answer where they understand the probe.
type UDPScan struct {
	Rate      float64  `yaml:"rate" json:"rate"`             // probes a second
	Open      []uint16 `yaml:"open" json:"open"`             // open ports; none = what the target's system usually listens on
	Closed    float64  `yaml:"closed" json:"closed"`         // share of the other ports that answer with ICMP; the rest is filtered
	ReplyRate float64  `yaml:"reply_rate" json:"reply_rate"` // ICMP answers a second that each target allows itself (RFC 1812 §4.3.2.8)
}

func newUDPScan() Attack { return &UDPScan{Rate: 8, Open: []uint16{}, Closed: 0.6, ReplyRate: 4} }

// Validate checks the parameters.
func (a *UDPScan) Validate() error {
	return cmp.Or(within("rate", a.Rate, slowest, 10_000), within("closed", a.Closed, 0, 1),
		within("reply_rate", a.ReplyRate, 0, 10_000))
}

// Plan implements Attack.
func (a *UDPScan) Plan(length int64) Plan { return paced(length, a.Rate, 0.9) }

// Step probes one port of one target.
func (a *UDPScan) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	visit := s.visit(k)
	c := s.talk(stageScan, packet.UDP, s.target(k), s.portOf(visit, commonUDP))
	fixed := s.Seed.Word("source port").Stream()
	c.Sport = uint16(fixed.Between(int(s.Source.Stack.PortLow), int(s.Source.Stack.PortHigh)))
	answered := a.probe(s, &c, r)
	if open(c.Server, packet.UDP, c.Dport, a.Open) {
		return []packet.Conversation{c}
	}
	if answered {
		c.Turns = c.Turns[:1]
	}
	out := append(make([]packet.Conversation, 0, 2), c)
	if !c.Server.Absent && s.fate("closed", c.Server, int(c.Dport), a.Closed) && a.allowed(visit, len(s.Targets)) {
		out = append(out, unreachable(&c, r))
	}
	return out
}

// allowed tells whether the target's budget of ICMP answers lets it answer this visit: the first in every interval.
func (a *UDPScan) allowed(visit, targets int) bool {
	share := a.ReplyRate * float64(targets) / a.Rate // answers a visit
	return a.ReplyRate > 0 && (visit == 0 || math.Floor(float64(visit)*share) != math.Floor(float64(visit-1)*share))
}

// probe writes what a scanner sends to the port, with the answer of a service that understands it; else an empty datagram.
func (a *UDPScan) probe(s *Site, c *packet.Conversation, r *draw.Stream) (answered bool) {
	switch c.Dport {
	case 53:
		q := dialogue.DNSQuery(uint16(r.Uint64()), "version.bind", dialogue.TypeTXT, false)
		c.Service = "dns"
		c.Turns = []packet.Turn{{Data: q}, {From: packet.Server, Wait: r.Duration(1e5, 1e6), Data: dialogue.DNSResponse(q, dialogue.RcodeRefused, nil, nil, nil)}}
		return true
	case 123:
		dialogue.NTP(r, s.request(c, s.nameOf(c.Server)), c)
		c.Turns = c.Turns[:2]
		return true
	}
	c.Turns = []packet.Turn{{Data: probes[c.Dport]}}
	return false
}

// probes are requests that services answer to anybody, and harm nobody: which programs are there, what is your name.
var probes = map[uint16][]byte{
	69:   []byte("\x00\x01motd\x00netascii\x00"), // read request (RFC 1350)
	111:  rpcNull,
	137:  []byte("\x80\xf0\x00\x10\x00\x01\x00\x00\x00\x00\x00\x00\x20CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\x00\x00\x21\x00\x01"), // node status (RFC 1002 §4.2.17)
	161:  snmpGet,
	1900: []byte("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n"),
	2049: rpcNull,
}

var (
	// rpcNull calls procedure 0 of the port mapper (RFC 5531 §9).
	rpcNull = []byte("\x72\xfe\x1d\x13\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01\x86\xa0\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	// snmpGet asks for sysDescr.0 of the community "public" (RFC 3416 §4.2.1).
	snmpGet = []byte("\x30\x29\x02\x01\x00\x04\x06public\xa0\x1c\x02\x04\x4c\x33\xa7\x56\x02\x01\x00\x02\x01\x00\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x01\x00\x05\x00")
)
