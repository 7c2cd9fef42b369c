package join

import (
	"encoding/binary"
	"errors"
	"io"
	"iter"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/wire"
)

// ReadDetails streams what the headers of a capture say beyond the packets table: its fragments and its ICMP errors. What cannot be
// decoded has none.
func ReadDetails(path string) iter.Seq2[Detail, error] {
	return func(yield func(Detail, error) bool) {
		r, err := wire.Open(path)
		if err != nil {
			yield(Detail{}, err)
			return
		}
		defer r.Close()
		var h wire.Headers
		for {
			f, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Detail{}, err)
				return
			}
			if wire.Decode(f, &h) != nil {
				continue
			}
			d := Detail{
				Packet: f.Index, Time: f.Time, Src: h.Src, Dst: h.Dst, Proto: h.Proto, Fragment: h.More || h.Fragment != 0, ID: h.ID,
			}
			if h.Transport && isError(h.Proto, h.ICMPType) {
				d.Quoted = quoted(f.Data[h.Offset:])
			}
			if (d.Fragment || d.Quoted.Src.IsValid()) && !yield(d, nil) {
				return
			}
		}
	}
}

// isError tells whether an ICMP type quotes the packet it is about (RFC 792; RFC 4443, section 2.1).
func isError(proto, kind uint8) bool {
	if proto == protoICMPv6 {
		return kind < 128
	}
	switch kind {
	case 3, 4, 5, 11, 12: // unreachable, source quench, redirect, time exceeded, parameter problem
		return true
	}
	return false
}

// quoted reads the ends of the packet in an ICMP error, of which as little as eight bytes behind the IP header need be there.
func quoted(b []byte) labels.Tuple {
	var h wire.Headers
	if wire.Decode(wire.Frame{Data: b, Length: len(b), Link: wire.Raw}, &h) != nil {
		return labels.Tuple{}
	}
	t := labels.Tuple{Src: h.Src, Dst: h.Dst, Proto: h.Proto}
	if p := b[min(h.TransportOffset, len(b)):]; hasPorts(h.Proto) && h.Fragment == 0 && len(p) >= 4 {
		t.Sport, t.Dport = binary.BigEndian.Uint16(p), binary.BigEndian.Uint16(p[2:])
	}
	return t
}
