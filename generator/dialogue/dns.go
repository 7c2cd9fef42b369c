package dialogue

import (
	"encoding/binary"
	"net/netip"
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// lookup is one question of a dialogue and what the resolver says to it.
type lookup struct {
	name    string
	qtype   uint16
	rcode   uint8
	answers []DNSRecord
	soa     bool // a negative answer: the zone's SOA stands in the authority section (RFC 2308 §3)
	more    []DNSRecord
}

// DNS writes one look-up over UDP: q.Name with the addresses q.Answers, or NXDOMAIN. Names in the reverse trees are asked for
// PTR, names of services (_ldap._tcp...) for SRV, mail exchangers for their domain's MX first. The sizes follow from the records.
func DNS(r *draw.Stream, q Request, c *packet.Conversation) {
	s := begin(r, &q, c, "dns", 4, 640)
	edns := asksEDNS(&q)
	var list [2]lookup
	for _, l := range lookups(r, &q, list[:0]) {
		s.exchange(&l, edns)
	}
	if len(c.Turns) == 4 && familyOf(q.Client) != windows && r.Chance(0.8) {
		t := c.Turns // both questions leave before the first answer, as a C library's resolver does
		t[1], t[2] = t[2], t[1]
		t[1].Wait, t[3].Wait = r.Duration(8*microsecond, 40*microsecond), r.Duration(10*microsecond, 3*millisecond)
	}
}

// asksEDNS: stub resolvers of desktops do without it more often than not; a resolver that asks on behalf of others never does.
func asksEDNS(q *Request) bool {
	t := trait("edns", q.Client.Name)
	switch familyOf(q.Client) {
	case windows, mac:
		return false
	case linuxDesktop:
		return t.Chance(0.5)
	default:
		return t.Chance(0.8)
	}
}

func (s *script) exchange(l *lookup, edns bool) {
	mark := len(s.buf)
	s.buf = appendQuery(s.buf, uint16(s.r.Uint64()), l.name, l.qtype, edns)
	query := s.cut(mark)
	s.say(client, s.r.Duration(0, 3*millisecond), query)

	head := query
	if edns {
		head = query[:len(query)-11]
	}
	var authority []DNSRecord
	if l.soa {
		authority = []DNSRecord{zoneOf(l.name, s.q.Domain)}
	}
	mark = len(s.buf)
	s.buf = appendResponse(s.buf, head, l.name, edns, l.rcode, l.answers, authority, l.more)
	wait := s.r.Duration(80*microsecond, 900*microsecond) // from the cache
	if !inside(l.name, s.q.Domain) && s.r.Chance(0.4) {
		wait = int64(min(1.5e9, s.r.LogNormal(28e6, 0.9)))
	}
	s.say(server, wait, s.cut(mark))
}

// lookups decides what is asked for the name.
func lookups(r *draw.Stream, q *Request, list []lookup) []lookup {
	name := strings.TrimSuffix(q.Name, ".")
	switch {
	case strings.HasSuffix(name, ".arpa"):
		return append(list, reverse(q, name))
	case strings.HasPrefix(name, "_"):
		return append(list, located(q, name))
	case len(q.Answers) == 0:
		for _, t := range missing(r, q) {
			list = append(list, lookup{name: name, qtype: t, rcode: RcodeNXDomain, soa: true})
		}
		return list
	}
	label := firstLabel(name)
	if domain := parentDomain(name); domain != name && (strings.HasPrefix(label, "mx") || label == "mail") && r.Chance(0.5) {
		list = append(list, lookup{name: domain, qtype: TypeMX, answers: []DNSRecord{{Type: TypeMX, TTL: ttl(r, domain), Data: []byte{0, 10}, Target: name}}})
	}
	first := q.Answers[0].Unmap().Is4()
	list = append(list, addressed(r, q, name, first))
	if hasFamily(q.Answers, !first) && len(list) < cap(list) {
		list = append(list, addressed(r, q, name, !first))
	}
	return list
}

// missing is which types a client asks for before it believes that a name does not exist.
func missing(r *draw.Stream, q *Request) []uint16 {
	both := []uint16{TypeA, TypeAAAA}
	if familyOf(q.Client) == windows {
		return both[:1]
	}
	return both[:1+r.IntN(2)]
}

func hasFamily(list []netip.Addr, v4 bool) bool {
	for _, a := range list {
		if a.Unmap().Is4() == v4 {
			return true
		}
	}
	return false
}

// addressed answers with the addresses of one family, for some names behind an alias.
func addressed(r *draw.Stream, q *Request, name string, v4 bool) lookup {
	l := lookup{name: name, qtype: TypeAAAA, answers: make([]DNSRecord, 0, len(q.Answers)+1)}
	if v4 {
		l.qtype = TypeA
	}
	owner := ""
	if alias := aliasOf(name, q.Domain); alias != "" {
		l.answers = append(l.answers, DNSRecord{Type: TypeCNAME, TTL: ttl(r, name), Target: alias})
		owner = alias
	}
	life := ttl(r, name)
	for _, a := range q.Answers {
		if a.Unmap().Is4() == v4 {
			_, data := DNSAddress(a)
			l.answers = append(l.answers, DNSRecord{Name: owner, Type: l.qtype, TTL: life, Data: data})
		}
	}
	return l
}

var aliasZones = []string{"edge.swiftcache-cdn.net", "lb.northpeak-hosting.com", "dualstack.cloudmesh-front.net", "global.relaycast.net"}

// aliasOf is the canonical name that an outside name stands for, "" for most. It is the name's own, not the conversation's.
func aliasOf(name, domain string) string {
	t := trait("alias", name)
	if inside(name, domain) || len(name) > 60 || !t.Chance(0.3) {
		return ""
	}
	return strings.ReplaceAll(name, ".", "-") + "." + draw.Pick(&t, aliasZones)
}

// ttl is what is left of the record's life in the resolver's cache, s.
func ttl(r *draw.Stream, name string) uint32 {
	t := trait("ttl", name)
	return uint32(r.Between(1, draw.Pick(&t, []int{30, 60, 60, 300, 300, 600, 1200, 3600, 7200, 86400})))
}

func reverse(q *Request, name string) lookup {
	if q.Domain == "" {
		return lookup{name: name, qtype: TypePTR, rcode: RcodeNXDomain, soa: true}
	}
	target := "host-" + firstLabel(name) + "." + q.Domain
	return lookup{name: name, qtype: TypePTR, answers: []DNSRecord{{Type: TypePTR, TTL: 1200, Target: target}}}
}

// located answers where a directory service runs (RFC 2782, MS-ADTS §6.3.2.3): on the domain's controller, which is the resolver.
func located(q *Request, name string) lookup {
	host := fullName(q.Server, q.Domain)
	port := uint16(389)
	switch {
	case strings.HasPrefix(name, "_kerberos."):
		port = 88
	case strings.HasPrefix(name, "_kpasswd."):
		port = 464
	case strings.HasPrefix(name, "_gc."):
		port = 3268
	}
	data := binary.BigEndian.AppendUint16([]byte{0, 0, 0, 100}, port)
	l := lookup{name: name, qtype: TypeSRV, answers: []DNSRecord{{Type: TypeSRV, TTL: 600, Data: data, Target: host}}}
	for _, a := range q.Answers {
		t, address := DNSAddress(a)
		l.more = append(l.more, DNSRecord{Name: host, Type: t, TTL: 1200, Data: address})
	}
	return l
}

// zoneOf is the SOA record of the zone that says a name does not exist (RFC 1035 §3.3.13).
func zoneOf(name, domain string) DNSRecord {
	zone, primary, mailbox := domain, "dc1."+domain, "hostmaster."+domain
	if !inside(name, domain) {
		zone = name[strings.LastIndexByte(name, '.')+1:]
		primary, mailbox = "a.nic."+zone, "noc.nic."+zone
	}
	data := appendName(appendName(make([]byte, 0, 96), primary), mailbox)
	for _, v := range [...]uint32{2024010101, 900, 600, 86400, 900} {
		data = binary.BigEndian.AppendUint32(data, v)
	}
	return DNSRecord{Name: zone, Type: TypeSOA, TTL: 900, Data: data}
}
