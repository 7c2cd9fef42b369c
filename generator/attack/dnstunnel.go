package attack

import (
	"encoding/base32"
	"errors"
	"strings"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
)

// DNSTunnel carries data through the site's own resolver: out in the labels of query names, in in TXT records.
type DNSTunnel struct {
	Rate  float64 `yaml:"rate" json:"rate"`   // queries a second
	Bytes int     `yaml:"bytes" json:"bytes"` // data in each query
}

func newDNSTunnel() Attack { return &DNSTunnel{Rate: 5, Bytes: 90} }

// Validate checks the parameters.
func (a *DNSTunnel) Validate() error {
	if a.Rate <= 0 || a.Rate > 1000 {
		return errors.New("rate: between 0 and 1000 queries a second")
	}
	if a.Bytes < 1 || a.Bytes > 110 {
		return errors.New("bytes: 1 to 110, which a name can hold")
	}
	return nil
}

// Plan implements Attack.
func (a *DNSTunnel) Plan(length int64) Plan { return paced(length, a.Rate, 0.8) }

var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Step is one question and its answer.
func (a *DNSTunnel) Step(_ int, s *Site, r *draw.Stream) []packet.Conversation {
	data := make([]byte, a.Bytes)
	r.Fill(data)
	name := labelled(base32Lower.EncodeToString(data)) + "." + zone(s.C2Name)
	query := dialogue.DNSQuery(uint16(r.Uint64()), name, dialogue.TypeTXT, true)
	reply := make([]byte, r.Between(20, 180))
	r.Fill(reply)
	text := dialogue.DNSText([]byte(base32Lower.EncodeToString(reply)))
	answer := dialogue.DNSResponse(query, dialogue.RcodeNone, []dialogue.DNSRecord{{Type: dialogue.TypeTXT, TTL: 0, Data: text}}, nil, nil)
	return []packet.Conversation{{
		Proto: packet.UDP, Client: s.Source, Server: s.Resolver, Dport: 53, Service: "dns", Class: labels.Malicious,
		Turns: []packet.Turn{{Data: query}, {From: packet.Server, Wait: 2*s.C2.Delay + r.Duration(1e6, 9e6), Data: answer}},
	}}
}

// labelled cuts a string into labels.
func labelled(s string) string {
	const most = 60
	var parts []string
	for len(s) > most {
		parts = append(parts, s[:most])
		s = s[most:]
	}
	return strings.Join(append(parts, s), ".")
}

// zone is a host name without its first label.
func zone(name string) string {
	_, rest, ok := strings.Cut(name, ".")
	if !ok {
		return name
	}
	return rest
}
