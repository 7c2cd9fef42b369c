package attack

import (
	"cmp"
	"encoding/base32"
	"encoding/binary"
	"strings"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// DNSTunnel carries data through the site's own resolver: out in the labels of query names, in in the records that answer.
type DNSTunnel struct {
	Rate      float64 `yaml:"rate" json:"rate"`             // queries a second
	Bytes     int     `yaml:"bytes" json:"bytes"`           // data in each query
	Record    string  `yaml:"record" json:"record"`         // asked for: txt, null or cname
	PerSocket int     `yaml:"per_socket" json:"per_socket"` // queries from each source port
}

func newDNSTunnel() Attack { return &DNSTunnel{Rate: 5, Bytes: 90, Record: "txt", PerSocket: 10} }

const (
	mostTunnelled = 110 // bytes that a name can hold beside the controller's domain
	mostLabel     = 60
)

var recordTypes = map[string]uint16{"txt": dialogue.TypeTXT, "null": dialogue.TypeNULL, "cname": dialogue.TypeCNAME}

// Validate checks the parameters.
func (a *DNSTunnel) Validate() error {
	return cmp.Or(within("rate", a.Rate, slowest, 1000), within("bytes", a.Bytes, 1, mostTunnelled),
		among("record", a.Record, []string{"txt", "null", "cname"}), within("per_socket", a.PerSocket, 1, 1000))
}

// Plan implements Attack.
func (a *DNSTunnel) Plan(length int64) Plan { return paced(length, a.Rate/float64(a.PerSocket), 0.4) }

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Step is what one socket asks, and the answers.
func (a *DNSTunnel) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	c := s.talk(stageTunnel, packet.UDP, s.Resolver, 53)
	c.Service = "dns"
	c.Turns = make([]packet.Turn, 0, 2*a.PerSocket)
	zone := "." + s.zone()
	data := make([]byte, max(a.Bytes, 180))
	for i := range a.PerSocket {
		a.fill(s, r, data[:a.Bytes], k*a.PerSocket+i)
		query := dialogue.DNSQuery(uint16(r.Uint64()), labelled(data[:a.Bytes])+zone, recordTypes[a.Record], true)
		answer := dialogue.DNSResponse(query, dialogue.RcodeNone, []dialogue.DNSRecord{a.answer(r, data, zone)}, nil, nil)
		c.Turns = append(c.Turns,
			packet.Turn{Wait: r.Duration(0, int64(1.8e9/a.Rate)), Data: query},
			packet.Turn{From: packet.Server, Wait: 2*s.C2.Delay + r.Duration(1e6, 9e6), Data: answer})
	}
	return []packet.Conversation{c}
}

// fill makes the n-th piece: the session and its number where there is room, then data.
func (a *DNSTunnel) fill(s *Site, r *draw.Stream, piece []byte, n int) {
	r.Fill(piece)
	if len(piece) >= 8 {
		binary.BigEndian.PutUint32(piece, uint32(s.Seed[0]))
		binary.BigEndian.PutUint32(piece[4:], uint32(n))
	}
}

// answer carries data back in a record of the type asked for, which must not be kept.
func (a *DNSTunnel) answer(r *draw.Stream, data []byte, zone string) dialogue.DNSRecord {
	rec := dialogue.DNSRecord{Type: recordTypes[a.Record]}
	switch a.Record {
	case "null":
		rec.Data = data[:r.Between(20, 180)]
		r.Fill(rec.Data)
	case "cname":
		piece := data[:r.Between(10, 80)]
		r.Fill(piece)
		rec.Target = labelled(piece) + zone
	default:
		piece := data[:r.Between(20, 150)]
		r.Fill(piece)
		rec.Data = dialogue.DNSText(lowerBase32.AppendEncode(nil, piece))
	}
	return rec
}

// labelled encodes data and cuts it into labels.
func labelled(data []byte) string {
	text := lowerBase32.EncodeToString(data)
	var b strings.Builder
	for len(text) > mostLabel {
		b.WriteString(text[:mostLabel])
		b.WriteByte('.')
		text = text[mostLabel:]
	}
	b.WriteString(text)
	return b.String()
}
