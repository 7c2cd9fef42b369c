package dialogue

import (
	"encoding/binary"
	"net/netip"
	"strings"
)

// Record types (IANA).
const (
	TypeA     = 1
	TypeNS    = 2
	TypeCNAME = 5
	TypeSOA   = 6
	TypeNULL  = 10
	TypePTR   = 12
	TypeMX    = 15
	TypeTXT   = 16
	TypeAAAA  = 28
	TypeSRV   = 33
	TypeHTTPS = 65
)

// Response codes (RFC 1035 §4.1.1).
const (
	RcodeNone     = 0
	RcodeServFail = 2
	RcodeNXDomain = 3
	RcodeRefused  = 5
)

const (
	mostLabel = 63  // RFC 1035 §2.3.4
	mostName  = 255 // in wire form
	optUDP    = 1232
)

// DNSRecord is one resource record.
type DNSRecord struct {
	Name   string // owner; "" = the name asked for
	Type   uint16
	TTL    uint32 // seconds
	Data   []byte // RDATA, or what stands in it before Target
	Target string // the domain name that ends the RDATA (CNAME, NS, PTR, MX, SRV); "" = none
}

// DNSQuery encodes a query with recursion desired (RFC 1035 §4), with an OPT record (RFC 6891) where edns is set. Labels are cut
// to 63 bytes and names to 255, so that any name makes a valid message.
func DNSQuery(id uint16, name string, qtype uint16, edns bool) []byte {
	return appendQuery(make([]byte, 0, 12+len(name)+2+4+11), id, name, qtype, edns)
}

// DNSResponse answers a query made by DNSQuery: same id, question and EDNS. Names are compressed (RFC 1035 §4.1.4). The caller
// keeps the sum of the records below what a datagram holds.
func DNSResponse(query []byte, rcode uint8, answers, authority, additional []DNSRecord) []byte {
	end, asked := question(query)
	return appendResponse(make([]byte, 0, 512), query[:end], asked, query[11] == 1, rcode, answers, authority, additional)
}

// DNSAddress is the RDATA of an A or AAAA record and its type.
func DNSAddress(a netip.Addr) (qtype uint16, data []byte) {
	if a = a.Unmap(); a.Is4() {
		return TypeA, a.AsSlice()
	}
	return TypeAAAA, a.AsSlice()
}

// DNSText is the RDATA of a TXT record: data in character strings of at most 255 bytes (RFC 1035 §3.3.14).
func DNSText(data []byte) []byte {
	out := make([]byte, 0, len(data)+len(data)/255+1)
	for {
		n := min(255, len(data))
		out = append(append(out, byte(n)), data[:n]...)
		if data = data[n:]; len(data) == 0 {
			return out
		}
	}
}

func appendQuery(dst []byte, id uint16, name string, qtype uint16, edns bool) []byte {
	dst = binary.BigEndian.AppendUint16(dst, id)
	dst = append(dst, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	if edns {
		dst[len(dst)-1] = 1
	}
	dst = appendName(dst, name)
	dst = binary.BigEndian.AppendUint16(dst, qtype)
	dst = append(dst, 0, 1)
	if edns {
		dst = appendOPT(dst)
	}
	return dst
}

func appendOPT(dst []byte) []byte {
	return append(dst, 0, 0, 41, optUDP>>8, optUDP&0xff, 0, 0, 0, 0, 0, 0)
}

// appendName writes a name without compression.
func appendName(dst []byte, name string) []byte {
	from := len(dst)
	for name != "" {
		label, rest, _ := strings.Cut(name, ".")
		name = rest
		if label = label[:min(len(label), mostLabel)]; label == "" {
			continue
		}
		if len(dst)-from+1+len(label)+1 > mostName {
			break
		}
		dst = append(append(dst, byte(len(label))), label...)
	}
	return append(dst, 0)
}

// message is a response being written: the names in it so far, for pointers.
type message struct {
	buf   []byte
	from  int
	names [12]struct {
		suffix string
		at     int
	}
	n int
}

// appendResponse answers the header and question given, which asked for the name asked.
func appendResponse(dst, query []byte, asked string, edns bool, rcode uint8, answers, authority, additional []DNSRecord) []byte {
	m := message{buf: dst, from: len(dst)}
	m.buf = append(m.buf, query...)
	h := m.buf[m.from:]
	h[2], h[3] = 0x81, 0x80|rcode
	binary.BigEndian.PutUint16(h[6:], uint16(len(answers)))
	binary.BigEndian.PutUint16(h[8:], uint16(len(authority)))
	binary.BigEndian.PutUint16(h[10:], uint16(len(additional)))
	if edns {
		h[11]++
	}
	m.note(asked, "", 12)
	for _, section := range [...][]DNSRecord{answers, authority, additional} {
		for i := range section {
			m.record(&section[i], asked)
		}
	}
	if edns {
		m.buf = appendOPT(m.buf)
	}
	return m.buf
}

// question finds the end of the first question and its name in text form.
func question(query []byte) (end int, name string) {
	var text strings.Builder
	text.Grow(len(query) - 12)
	at := 12
	for query[at] != 0 {
		n := int(query[at])
		if text.Len() > 0 {
			text.WriteByte('.')
		}
		text.Write(query[at+1 : at+1+n])
		at += 1 + n
	}
	return at + 5, text.String()
}

// note remembers where a name and its suffixes above known stand.
func (m *message) note(name, known string, at int) {
	for name != known && m.n < len(m.names) && at < 0x4000 {
		m.names[m.n].suffix, m.names[m.n].at = name, at
		m.n++
		label, rest, _ := strings.Cut(name, ".")
		at += 1 + len(label)
		name = rest
	}
}

// name writes a name, with a pointer for the longest suffix that stands in the message already.
func (m *message) name(name string) {
	whole, start := name, len(m.buf)-m.from
	for name != "" {
		for i := range m.names[:m.n] {
			if m.names[i].suffix == name {
				m.buf = binary.BigEndian.AppendUint16(m.buf, 0xc000|uint16(m.names[i].at))
				m.note(whole, name, start)
				return
			}
		}
		label, rest, _ := strings.Cut(name, ".")
		if len(label) == 0 || len(label) > mostLabel || len(whole) > mostName-2 {
			m.buf = appendName(m.buf, name)
			return
		}
		m.buf = append(append(m.buf, byte(len(label))), label...)
		name = rest
	}
	m.buf = append(m.buf, 0)
	m.note(whole, "", start)
}

func (m *message) record(rec *DNSRecord, asked string) {
	owner := rec.Name
	if owner == "" {
		owner = asked
	}
	m.name(owner)
	m.buf = binary.BigEndian.AppendUint16(m.buf, rec.Type)
	m.buf = append(m.buf, 0, 1)
	m.buf = binary.BigEndian.AppendUint32(m.buf, rec.TTL)
	m.buf = append(m.buf, 0, 0)
	at := len(m.buf)
	m.buf = append(m.buf, rec.Data...)
	switch {
	case rec.Target == "":
	case rec.Type == TypeSRV: // RFC 2782 forbids compression
		m.buf = appendName(m.buf, rec.Target)
	default:
		m.name(rec.Target)
	}
	binary.BigEndian.PutUint16(m.buf[at-2:], uint16(len(m.buf)-at))
}
