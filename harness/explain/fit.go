package explain

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/ids/rules"
)

// kindRules are the rules that speak of what the campaign expects, and how far each gets on the campaign's flows by its header.
type kindRules struct {
	all      int64         // enabled rules that raise alerts of a kind
	protocol int64         // of those, with a protocol that a flow has
	address  int64         // of those, with addresses and direction of a flow
	fitting  []*rules.Rule // of those, with its ports, and loaded
	failed   []*rules.Rule // that fit and could not be loaded
	dormant  []*rules.Rule // that fit and are commented out
	silent   []*rules.Rule // that fit, raise nothing and set no state for others
	unread   int64         // with an address or port expression that could not be read
	outside  *rules.Rule   // example of one that wants other addresses
	nextdoor []*rules.Rule // that fit but for the port
}

// Stages that a rule's header reaches on a flow.
const (
	otherProtocol = iota
	otherAddress
	otherPort
	fits
)

// maxEnds bounds the flows that every rule is held against.
const maxEnds = 64

func (s *scene) fitter() *fitter {
	return &fitter{variables: s.settings.Variables, ends: s.ends[:min(len(s.ends), maxEnds)], known: map[addressed]bool{}}
}

func (s *scene) sortRules() kindRules {
	var k kindRules
	if s.set == nil {
		return k
	}
	f := s.fitter()
	for i := range s.set.Rules {
		r := &s.set.Rules[i]
		if !expects(&s.campaign, r.Kinds()) || r.Action == "pass" {
			continue
		}
		stage, err := f.fit(r)
		if err != nil {
			k.unread++
			stage = fits
		}
		k.sort(r, stage, s.faults[r.ID] != "")
	}
	for i := range s.set.Dormant {
		r := &s.set.Dormant[i]
		if !expects(&s.campaign, r.Kinds()) || r.Silent || r.Action == "pass" {
			continue
		}
		if stage, err := f.fit(r); err == nil && stage == fits {
			k.dormant = append(k.dormant, r)
		}
	}
	return k
}

func (k *kindRules) sort(r *rules.Rule, stage int, failed bool) {
	if r.Silent {
		if stage == fits && idle(r) {
			k.silent = append(k.silent, r)
		}
		return
	}
	k.all++
	if stage == otherProtocol {
		return
	}
	k.protocol++
	if stage == otherAddress {
		if k.outside == nil {
			k.outside = r
		}
		return
	}
	k.address++
	switch {
	case stage == otherPort:
		k.nextdoor = append(k.nextdoor, r)
	case failed:
		k.failed = append(k.failed, r)
	default:
		k.fitting = append(k.fitting, r)
	}
}

// fitter holds rules against flows. Rulesets repeat a few address expressions thousands of times.
type fitter struct {
	variables rules.Variables
	ends      []sample
	known     map[addressed]bool
}

type addressed struct {
	expression string
	end        int // index into ends, the responder's behind all originators'
}

// fit is the furthest stage that the rule reaches on any flow, in either direction that it looks.
func (f *fitter) fit(r *rules.Rule) (stage int, err error) {
	toServer := slices.Contains(r.Flow, "to_server") || slices.Contains(r.Flow, "from_client")
	toClient := slices.Contains(r.Flow, "to_client") || slices.Contains(r.Flow, "from_server")
	for i := range f.ends {
		e := &f.ends[i]
		if !carries(r.Protocol, e) {
			continue
		}
		stage = max(stage, otherAddress)
		for _, half := range []struct {
			looks        bool
			from, to     int
			sport, dport uint16
		}{
			{!toClient, i, i + len(f.ends), e.sport, e.dport},
			{!toServer, i + len(f.ends), i, e.dport, e.sport},
		} {
			if !half.looks {
				continue
			}
			reached, err := f.half(r.Source, r.SourcePort, half.from, half.sport, r.Target, r.TargetPort, half.to, half.dport)
			if err == nil && r.Direction == "<>" && reached < fits {
				var back int
				back, err = f.half(r.Target, r.TargetPort, half.from, half.sport, r.Source, r.SourcePort, half.to, half.dport)
				reached = max(reached, back)
			}
			if err != nil {
				return stage, err
			}
			if stage = max(stage, reached); stage == fits {
				return stage, nil
			}
		}
	}
	return stage, nil
}

// half holds one direction of a rule against one direction of a flow.
func (f *fitter) half(source, sourcePort string, from int, sport uint16, target, targetPort string, to int, dport uint16) (int, error) {
	a, err := f.address(source, from)
	if err != nil || !a {
		return otherAddress, err
	}
	b, err := f.address(target, to)
	if err != nil || !b {
		return otherAddress, err
	}
	if yes, err := f.variables.Port(sourcePort, sport); err != nil || !yes {
		return otherPort, err
	}
	if yes, err := f.variables.Port(targetPort, dport); err != nil || !yes {
		return otherPort, err
	}
	return fits, nil
}

func (f *fitter) address(expression string, end int) (bool, error) {
	k := addressed{expression, end}
	if yes, ok := f.known[k]; ok {
		return yes, nil
	}
	e := f.ends[end%len(f.ends)]
	a := e.src
	if end >= len(f.ends) {
		a = e.dst
	}
	yes, err := f.variables.Address(expression, a)
	if err == nil {
		f.known[k] = yes
	}
	return yes, err
}

// carries tells whether a flow can be of a rule's protocol. Where the truth does not know the application, any is possible.
func carries(protocol string, e *sample) bool {
	switch protocol {
	case "ip", "pkthdr", "ip4", "ip6", "ipv4", "ipv6":
		return true
	case "tcp", "tcp-pkt", "tcp-stream":
		return e.proto == 6
	case "udp":
		return e.proto == 17
	case "icmp", "icmpv4":
		return e.proto == 1 || e.proto == 58
	case "icmpv6":
		return e.proto == 58
	case "sctp":
		return e.proto == 132
	}
	if e.proto != 6 && e.proto != 17 {
		return false
	}
	return e.service == "" || applications[e.service] == "" || applications[e.service] == applications[protocol]
}

// applications are the names of protocols, as flow logs and engines have them, under one name each.
var applications = map[string]string{
	"http": "http", "http1": "http", "http2": "http", "ssl": "tls", "tls": "tls", "dns": "dns", "ssh": "ssh", "smtp": "smtp",
	"smb": "smb", "ftp": "ftp", "ftp-data": "ftp", "imap": "imap", "pop3": "pop3", "ntp": "ntp", "dhcp": "dhcp", "krb": "krb5",
	"krb5": "krb5", "rdp": "rdp", "snmp": "snmp", "sip": "sip", "mqtt": "mqtt", "modbus": "modbus", "dnp3": "dnp3", "enip": "enip",
	"tftp": "tftp", "rfb": "rfb", "ldap": "ldap", "mdns": "mdns", "telnet": "telnet", "quic": "quic",
}

// identity writes a rule as gid:sid with its message.
func identity(r *rules.Rule) string { return fmt.Sprintf("%d:%d %q", r.GID, r.SID, r.Message) }

func identities(list []*rules.Rule, most int) string {
	var words []string
	for _, r := range list {
		words = append(words, identity(r))
	}
	return few(words, most)
}
