package join

import "github.com/evilbench/evilbench/labels"

// needDetails reads what headers say beyond the tables, when it is first needed. Most runs never need it.
func (l *ladder) needDetails() *details {
	if l.details != nil {
		return l.details
	}
	d, err := readDetails(l.truth.Details)
	if err != nil {
		l.err, d = err, &details{}
	}
	l.details = d
	return d
}

// byFragment takes addresses, protocol and IP id of an alert that lacks the ports its protocol has: so it is with later fragments.
func (l *ladder) byFragment(a *labels.Alert) bool {
	e := &l.ends
	if !e.whole() || !e.portless() {
		return false
	}
	d := l.needDetails()
	if !d.known {
		return l.byProtocol(a, d.reason)
	}
	fits := func(p *piece) bool {
		return p.fragment && (p.proto == e.proto || e.proto == protoFragment) && (a.IPID == 0 || p.id == a.IPID)
	}
	reason := "addresses and protocol of a fragment"
	if a.IPID != 0 {
		reason = "addresses, protocol and IP id of a fragment"
	}
	then := l.at(a)
	if !timely(a.PacketSource) || !l.findPieces(then, fits) {
		if then = l.before(a); !l.findPieces(then, fits) {
			l.note("no such fragment is in the capture at that time")
			return false
		}
	}
	if a.IPID == 0 { // what truly uses port 0 may be meant as well
		l.findTuple(then)
	}
	l.decide(RungFragment, reason)
	return true
}

// byProtocol takes all flows of the protocol between the hosts where nothing is known of fragments.
func (l *ladder) byProtocol(a *labels.Alert, why string) bool {
	e := &l.ends
	if isICMP(e.proto) {
		return false // the next rungs know as much
	}
	then := l.before(a)
	if timely(a.PacketSource) {
		then = l.at(a)
	}
	pairs := l.index.lookup(&l.index.pairs, byPair)
	l.gather(pairs, hashPair(e.src, e.dst), then, func(f *flow) bool {
		return f.joins(e.src, e.dst) && (f.proto() == e.proto || e.proto == protoFragment)
	})
	if len(l.found) == 0 {
		return false
	}
	l.decide(RungFragment, "addresses and protocol, without ports; "+why)
	return true
}

// byQuoted takes the ICMP error whose quoted ports the alert gives.
func (l *ladder) byQuoted(a *labels.Alert) bool {
	e := &l.ends
	fits := func(p *piece) bool { return p.portsOf(e) }
	if !(timely(a.PacketSource) && l.findPieces(l.at(a), fits)) && !l.findPieces(l.before(a), fits) {
		return false
	}
	l.decide(RungICMP, "addresses, and the ports an ICMP error quotes")
	return true
}

// byQuote takes the conversation that an ICMP error is about, where the error itself is not in the truth.
func (l *ladder) byQuote(a *labels.Alert) bool {
	if !l.ends.whole() || !l.ends.quotes() {
		return false
	}
	quoted := l.ends
	quoted.kind, quoted.code = -1, -1
	for _, quoted.proto = range [...]uint8{protoTCP, protoUDP, protoSCTP} {
		l.gather(l.index.tuples, hashTuple(quoted.src, quoted.dst, quoted.sport, quoted.dport, quoted.proto), l.before(a), quoted.fit)
	}
	if len(l.found) == 0 {
		return false
	}
	l.decide(RungICMP, "ends of the conversation an ICMP error is about")
	return true
}

// findPieces hears the packets between the alert's hosts, in its direction, that fit and went by then.
func (l *ladder) findPieces(then span, fits func(*piece) bool) bool {
	d := l.needDetails()
	pieces := d.pieces[between(l.ends.src, l.ends.dst)]
	for i := range pieces {
		p := &pieces[i]
		if p.time < then.from || p.time > then.to || p.packet < 1 || p.packet > int64(l.index.packets.n) || !fits(p) {
			continue
		}
		l.hear(l.index.packetCampaign(p.packet))
		if number := l.index.flowOf(p.packet); number != 0 {
			l.addCandidate(number - 1)
		}
		if l.settled() {
			break
		}
	}
	return len(l.voices) > 0
}
