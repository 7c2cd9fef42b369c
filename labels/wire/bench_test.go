package wire_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"github.com/evilbench/evilbench/labels/wire"
)

func BenchmarkDecode(b *testing.B) {
	f := wire.Frame{Data: over(wire.Ethernet), Length: 46, Link: wire.Ethernet}
	var h wire.Headers
	for b.Loop() {
		if err := wire.Decode(f, &h); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	w, err := wire.NewWriter(io.Discard, wire.Ethernet, false)
	if err != nil {
		b.Fatal(err)
	}
	p := make([]byte, 600)
	b.SetBytes(600)
	for b.Loop() {
		if err := w.Write(1e18, p, 600); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for name, file := range map[string][]byte{"pcap": many(b, false), "pcapng": many(b, true)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(file) / packetsInMany))
			var r *wire.Reader
			for i := 0; b.Loop(); i++ {
				if i%packetsInMany == 0 {
					var err error
					if r, err = wire.NewReader(bytes.NewReader(file), name); err != nil {
						b.Fatal(err)
					}
				}
				if _, err := r.Next(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

const packetsInMany = 20_000

// many is a capture of packets of 600 bytes.
func many(b *testing.B, ng bool) []byte {
	var out bytes.Buffer
	p := make([]byte, 600)
	if ng {
		file := &blocks{order: binary.LittleEndian}
		file.section()
		file.block(1, uint16(wire.Ethernet), uint16(0), 0)
		for range packetsInMany {
			file.block(6, 0, 0, 5, len(p), len(p), p)
		}
		return file.Bytes()
	}
	w, err := wire.NewWriter(&out, wire.Ethernet, true)
	if err != nil {
		b.Fatal(err)
	}
	for range packetsInMany {
		if err := w.Write(1e18, p, len(p)); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}
