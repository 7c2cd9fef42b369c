package join

import (
	"iter"
	"net/netip"

	"github.com/evilbench/evilbench/labels"
)

// Detail is what the headers of a packet say beyond its row in the tables: that it is a fragment, or an ICMP error about something.
type Detail struct {
	Packet   int64 // 1-based position in the capture
	Time     int64 // ns since the epoch
	Src, Dst netip.Addr
	Proto    uint8
	Fragment bool         // offset not 0, or more to follow
	ID       uint32       // of a fragment's datagram
	Quoted   labels.Tuple // ends of the packet an ICMP error is about; no addresses = none
}

// maxDetails bounds the details kept, to about 100 MB.
const maxDetails = 1 << 20

// piece is a kept detail.
type piece struct {
	packet, time int64
	fragment     bool
	proto        uint8
	id           uint32
	quoted       ends
}

// details are kept by the hosts of the packet, in its direction. Where there are too many, none is: a few would look like all.
type details struct {
	known  bool // and all there
	reason string
	pieces map[[32]byte][]piece
}

func between(src, dst [16]byte) (k [32]byte) {
	copy(k[:], src[:])
	copy(k[16:], dst[:])
	return k
}

func readDetails(rows iter.Seq2[Detail, error]) (*details, error) {
	d := &details{pieces: map[[32]byte][]piece{}}
	if rows == nil {
		d.reason = "the capture was not looked at for fragments"
		return d, nil
	}
	n := 0
	for r, err := range rows {
		if err != nil {
			return nil, err
		}
		if n++; n > maxDetails {
			return &details{reason: "the capture has more fragments than are kept"}, nil
		}
		p := piece{packet: r.Packet, time: r.Time, fragment: r.Fragment, proto: r.Proto, id: r.ID}
		if r.Quoted.Src.IsValid() {
			p.quoted.hosts(r.Quoted.Src, r.Quoted.Dst)
			p.quoted.sport, p.quoted.dport, p.quoted.proto = r.Quoted.Sport, r.Quoted.Dport, r.Quoted.Proto
		}
		k := between(r.Src.As16(), r.Dst.As16())
		d.pieces[k] = append(d.pieces[k], p)
	}
	d.known = true
	return d, nil
}

// portsOf tells whether two ends have the same ports, whichever way.
func (p *piece) portsOf(e *ends) bool {
	q := &p.quoted
	return q.from && (q.sport == e.sport && q.dport == e.dport || q.sport == e.dport && q.dport == e.sport)
}

// about tells whether an ICMP error quotes a packet with these ends, whichever way.
func (p *piece) about(e *ends) bool {
	q := &p.quoted
	if !q.from || q.proto != e.proto {
		return false
	}
	return q.src == e.src && q.dst == e.dst && q.sport == e.sport && q.dport == e.dport ||
		q.src == e.dst && q.dst == e.src && q.sport == e.dport && q.dport == e.sport
}
