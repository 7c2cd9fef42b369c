package wire_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/evilbench/evilbench/labels/wire"
)

// FuzzReader: no input panics, hangs or claims memory without end; every frame decodes or says why not.
func FuzzReader(f *testing.F) {
	f.Add(classic(f, false))
	f.Add(classic(f, true))
	f.Add(nextGeneration(f))
	f.Add(zipped(classic(f, false)))
	f.Add(mixed(binary.LittleEndian))
	f.Add(mixed(binary.BigEndian))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := wire.NewReader(bytes.NewReader(data), "fuzz")
		if err != nil {
			return
		}
		for range 10_000 {
			fr, err := r.Next()
			if err != nil {
				return
			}
			var h wire.Headers
			if fr.Length < len(fr.Data) || fr.Time < 0 {
				t.Fatalf("packet %d: %d of %d bytes at %d ns", fr.Index, len(fr.Data), fr.Length, fr.Time)
			}
			if err := wire.Decode(fr, &h); err == nil && (h.Offset > len(fr.Data) || h.IPOffset >= len(fr.Data)) {
				t.Fatalf("offsets %d and %d in %d bytes", h.IPOffset, h.Offset, len(fr.Data))
			}
		}
	})
}

// FuzzDecode: header bytes under every link type.
func FuzzDecode(f *testing.F) {
	for _, l := range []wire.LinkType{wire.Ethernet, wire.SLL, wire.SLL2, wire.Null, wire.Raw, wire.PPP} {
		f.Add(uint16(l), over(l))
	}
	f.Fuzz(func(t *testing.T, link uint16, data []byte) {
		var h wire.Headers
		if err := wire.Decode(wire.Frame{Data: data, Length: len(data), Link: wire.LinkType(link)}, &h); err == nil {
			if h.Offset > len(data) || h.TransportOffset > h.Offset || h.Payload < 0 || h.IP == 0 {
				t.Fatalf("%+v of %d bytes", h, len(data))
			}
			wire.TransportChecksum(wire.Frame{Data: data}, &h)
		} else if h.IP != 0 {
			t.Fatalf("%v, and IP version %d", err, h.IP)
		}
	})
}
