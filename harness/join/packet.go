package join

import "github.com/evilbench/evilbench/labels"

// byPacket takes the packet's number, where the packet is one the alert can mean: engines keep the number of an earlier packet
// on packets they make up themselves.
func (l *ladder) byPacket(a *labels.Alert) bool {
	switch {
	case a.Packet == 0:
		return false
	case a.Packet < 0 || a.Packet > int64(l.index.packets.n):
		l.note("packet %d is not among the capture's %d", a.Packet, l.index.packets.n)
		return false
	case flushed(a.PacketSource):
		l.note("packet %d is the number left on a packet that the engine made up", a.Packet)
		return false
	}
	number := l.index.flowOf(a.Packet)
	reason, fits := l.fitsPacket(a, number)
	if !fits {
		l.note("packet %d %s", a.Packet, reason)
		return false
	}
	l.match.Packet = a.Packet
	l.hear(l.index.packetCampaign(a.Packet))
	if number == 0 {
		l.decide(RungPacket, reason)
		return true
	}
	l.found = append(l.found, number-1)
	// What an engine finds in a stream may stand in earlier packets than the one that made it look.
	if f := l.index.flows.at(number - 1); f.campaign < benign && f.proto() == protoTCP && l.ends.whole() {
		l.hearFlow(number - 1)
		reason += "; the bytes may stand in earlier packets of the stream"
	}
	l.decide(RungPacket, reason)
	return true
}

// fitsPacket compares the alert with the flow of the packet it names.
func (l *ladder) fitsPacket(a *labels.Alert, number int32) (reason string, fits bool) {
	e := &l.ends
	if number == 0 {
		if e.sport != 0 || e.dport != 0 {
			return "belongs to no flow, and the alert has ports", false
		}
		return "number of a packet without a flow", true
	}
	f := l.index.flows.at(number - 1)
	if a.Time != 0 && !f.span().overlaps(l.at(a)) {
		return "is of a flow at another time", false
	}
	if !e.from || !e.to {
		if e.inside {
			return "packet number; the addresses are those inside the tunnel", true
		}
		return "packet number; the alert names no addresses", true
	}
	same, reversed := f.connects(e)
	switch {
	case e.inside && f.joins(e.src, e.dst):
		return "packet number; the addresses are those inside the tunnel", true
	case same && reversed && (e.proto == 0 || e.proto == f.proto()):
		return "packet number, from the responder", true
	case same && (e.proto == 0 || e.proto == f.proto()):
		return "packet number, from the originator", true
	case f.joins(e.src, e.dst) && e.portless() && (e.proto == f.proto() || e.proto == protoFragment):
		return "packet number; the alert names no ports, as of a later fragment", true
	case isICMP(f.proto()) && l.isAbout(a.Packet, f):
		return "packet number of an ICMP error about the alert's ends", true
	}
	return "has other addresses, ports or protocol than the alert", false
}

// isAbout tells whether an ICMP error quotes a packet with the alert's ends.
func (l *ladder) isAbout(packet int64, f *flow) bool {
	d := l.needDetails()
	for _, k := range [...][32]byte{between(f.src, f.dst), between(f.dst, f.src)} {
		for i := range d.pieces[k] {
			if p := &d.pieces[k][i]; p.packet == packet && p.about(&l.ends) {
				return true
			}
		}
	}
	return false
}
