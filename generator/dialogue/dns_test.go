package dialogue_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/packet"
)

// dnsMessage is a message as a strict reader sees it.
type dnsMessage struct {
	ID       uint16
	Flags    uint16
	Name     string
	Type     uint16
	Sections [3][]dnsRecord
}

type dnsRecord struct {
	Name string
	Type uint16
	TTL  uint32
	Data []byte
	At   int // where Data stands
}

// readDNS parses a message; pointers must go backwards and nothing may be left.
func readDNS(b []byte) (m dnsMessage, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cut short: %v", r)
		}
	}()
	m.ID, m.Flags = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	if n := binary.BigEndian.Uint16(b[4:]); n != 1 {
		return m, fmt.Errorf("%d questions", n)
	}
	var at int
	if m.Name, at, err = readName(b, 12); err != nil {
		return m, err
	}
	m.Type = binary.BigEndian.Uint16(b[at:])
	at += 4
	for s := range m.Sections {
		for range binary.BigEndian.Uint16(b[6+2*s:]) {
			var r dnsRecord
			if r.Name, at, err = readName(b, at); err != nil {
				return m, err
			}
			r.Type, r.TTL = binary.BigEndian.Uint16(b[at:]), binary.BigEndian.Uint32(b[at+4:])
			n := int(binary.BigEndian.Uint16(b[at+8:]))
			r.At, r.Data = at+10, b[at+10:at+10+n]
			m.Sections[s] = append(m.Sections[s], r)
			at += 10 + n
		}
	}
	if at != len(b) {
		return m, fmt.Errorf("%d bytes left", len(b)-at)
	}
	return m, nil
}

func readName(b []byte, at int) (name string, next int, err error) {
	var labels []string
	size, limit := 1, at
	for {
		n := int(b[at])
		switch {
		case n == 0:
			if next == 0 {
				next = at + 1
			}
			return strings.Join(labels, "."), next, nil
		case n >= 0xc0:
			if next == 0 {
				next = at + 2
			}
			at = int(binary.BigEndian.Uint16(b[at:])) & 0x3fff
			if at >= limit {
				return "", 0, fmt.Errorf("pointer to %d, not before %d", at, limit)
			}
			limit = at
		case n > 63:
			return "", 0, fmt.Errorf("label of %d bytes", n)
		default:
			if size += 1 + n; size > 255 {
				return "", 0, fmt.Errorf("name of more than 255 bytes")
			}
			labels = append(labels, string(b[at+1:at+1+n]))
			at += 1 + n
		}
	}
}

func TestDNSAnswersItsQuestion(t *testing.T) {
	types := map[uint16]int{}
	aliases := 0
	for i := range uint64(500) {
		q := sample(i, "www.norsol.net", "img.alborta.fr", "cdn.quinro.de", "www.mirta.com", "api.solta.io", "static.lumgra.eu", "mx1.norsol.net", "fs1.corp.example", "wpad.corp.example", "_ldap._tcp.dc._msdcs.corp.example", "9.0.1.10.in-addr.arpa")
		if len(q.Answers) > 0 && i%3 == 0 {
			q.Answers = append(q.Answers, netip.MustParseAddr("2a00::42"))
		}
		c := write(dialogue.DNS, i, q)
		open := map[uint16]dnsMessage{}
		for _, turn := range c.Turns {
			m, err := readDNS(turn.Data)
			if err != nil {
				t.Fatalf("%v in %x", err, turn.Data)
			}
			if turn.From == packet.Client {
				if m.Flags != 0x0100 {
					t.Errorf("query flags %#x", m.Flags)
				}
				open[m.ID] = m
				types[m.Type]++
				continue
			}
			asked, ok := open[m.ID]
			if !ok || asked.Name != m.Name || asked.Type != m.Type || m.Flags&0xfff0 != 0x8180 {
				t.Fatalf("answer %d to %s, flags %#x", m.ID, m.Name, m.Flags)
			}
			delete(open, m.ID)
			if edns := len(asked.Sections[2]) == 1; edns != (len(m.Sections[2]) > 0 && m.Sections[2][len(m.Sections[2])-1].Type == 41) {
				t.Errorf("EDNS in the question %v, in the answer %v", edns, !edns)
			}
			negative := m.Flags&15 == dialogue.RcodeNXDomain
			if negative != (len(m.Sections[0]) == 0) || negative != (len(m.Sections[1]) == 1) {
				t.Errorf("rcode %d with %d answers and %d authorities", m.Flags&15, len(m.Sections[0]), len(m.Sections[1]))
			}
			aliases += checkAnswers(t, q, m, turn.Data)
		}
		if len(open) > 0 {
			t.Errorf("%d questions are not answered", len(open))
		}
	}
	for _, want := range []uint16{dialogue.TypeA, dialogue.TypeAAAA, dialogue.TypeMX, dialogue.TypePTR, dialogue.TypeSRV} {
		if types[want] == 0 {
			t.Errorf("type %d never asked: %v", want, types)
		}
	}
	if aliases == 0 {
		t.Error("no alias")
	}
}

// checkAnswers follows aliases from the name asked for and finds the addresses promised. It counts the aliases.
func checkAnswers(t *testing.T, q dialogue.Request, m dnsMessage, raw []byte) (aliases int) {
	owner := m.Name
	for _, r := range m.Sections[0] {
		if r.Name != owner {
			t.Errorf("record of %s, expected %s", r.Name, owner)
		}
		switch r.Type {
		case dialogue.TypeCNAME:
			aliases++
			owner, _, _ = readName(raw, r.At)
		case dialogue.TypeA, dialogue.TypeAAAA:
			a, _ := netip.AddrFromSlice(r.Data)
			if !contains(q.Answers, a) || r.Type != m.Type {
				t.Errorf("answered %s to type %d", a, m.Type)
			}
		case dialogue.TypeMX:
			if name, _, err := readName(raw, r.At+2); err != nil || name != q.Name {
				t.Errorf("MX %s: %v", name, err)
			}
		case dialogue.TypeSRV:
			if name, _, err := readName(raw, r.At+6); err != nil || name != "www.norsol.net" {
				t.Errorf("SRV %s: %v", name, err)
			}
		}
	}
	return aliases
}

func contains(list []netip.Addr, a netip.Addr) bool {
	for _, x := range list {
		if x == a {
			return true
		}
	}
	return false
}

// TestAnyNameEncodes: whatever a caller asks for, labels and names keep their limits and the answer repeats the question.
func TestAnyNameEncodes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-z0-9_.-]{0,400}`).Draw(t, "name")
		id, qtype := rapid.Uint16().Draw(t, "id"), rapid.Uint16().Draw(t, "type")
		query := dialogue.DNSQuery(id, name, qtype, rapid.Bool().Draw(t, "edns"))
		asked, err := readDNS(query)
		if err != nil {
			t.Fatal(err)
		}
		text := dialogue.DNSText(rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(t, "text"))
		answer, err := readDNS(dialogue.DNSResponse(query, dialogue.RcodeNone, []dialogue.DNSRecord{
			{Type: dialogue.TypeTXT, TTL: 5, Data: text}, {Type: dialogue.TypeCNAME, Target: "a." + asked.Name}, {Name: "a." + asked.Name, Type: dialogue.TypeNULL, Data: text},
		}, nil, nil))
		if err != nil {
			t.Fatal(err)
		}
		if answer.ID != id || answer.Name != asked.Name || answer.Type != qtype {
			t.Errorf("asked %d %s %d, answered %d %s %d", id, asked.Name, qtype, answer.ID, answer.Name, answer.Type)
		}
		if d := cmp.Diff(text, answer.Sections[0][0].Data); d != "" {
			t.Error(d)
		}
	})
}
