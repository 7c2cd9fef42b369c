package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/gopacket/pcapgo"

	"github.com/evilbench/evilbench/labels/wire"
)

// blocks builds a pcapng file.
type blocks struct {
	bytes.Buffer
	order binary.AppendByteOrder
}

func (b *blocks) block(kind uint32, parts ...any) {
	var body []byte
	for _, p := range parts {
		switch v := p.(type) {
		case int:
			body = b.order.AppendUint32(body, uint32(v))
		case uint16:
			body = b.order.AppendUint16(body, v)
		case uint64:
			body = b.order.AppendUint64(body, v)
		case []byte:
			body = append(body, v...)
		}
	}
	body = append(body, make([]byte, -len(body)&3)...)
	size := uint32(len(body) + 12)
	out := b.order.AppendUint32(b.order.AppendUint32(nil, kind), size)
	b.Write(b.order.AppendUint32(append(out, body...), size))
}

func (b *blocks) section() { b.block(0x0a0d0d0a, 0x1a2b3c4d, uint16(1), uint16(0), -1, -1) }

// mixed is a file of two sections with interfaces of several link types and clocks, and packets in every kind of block.
func mixed(order binary.AppendByteOrder) []byte {
	b := &blocks{order: order}
	p := over(wire.Ethernet)
	b.section()
	b.block(1, uint16(wire.Ethernet), uint16(0), 0)                                                                               // microseconds
	b.block(1, uint16(wire.SLL2), uint16(0), 0, uint16(9), uint16(1), []byte{9, 0, 0, 0})                                         // nanoseconds
	b.block(1, uint16(wire.Raw), uint16(0), 20, uint16(9), uint16(1), []byte{0x8a, 0, 0, 0}, uint16(14), uint16(8), uint64(1000)) // 1/1024 s, 1000 s later
	b.block(4, []byte("names that nobody wants"))
	b.block(6, 0, 0, 5, len(p), len(p), p)
	b.block(6, 1, 0, 7, len(over(wire.SLL2)), 99, over(wire.SLL2))
	b.block(6, 2, 0, 1024+512, 20, 32, datagram[:20])
	b.block(2, uint16(1), uint16(0xffff), 0, 9, len(over(wire.SLL2)), len(over(wire.SLL2)), over(wire.SLL2))
	b.block(3, len(p), p)
	b.section()
	b.block(1, uint16(wire.Raw), uint16(0), 20)
	b.block(3, len(datagram), datagram[:20])
	return b.Bytes()
}

func TestPcapng(t *testing.T) {
	type packet struct {
		Time         int64
		Link         wire.LinkType
		Held, Length int
	}
	e, s := len(over(wire.Ethernet)), len(over(wire.SLL2))
	want := []packet{
		{5000, wire.Ethernet, e, e}, {7, wire.SLL2, s, 99}, {1001.5e9, wire.Raw, 20, 32}, {9, wire.SLL2, s, s}, {9, wire.Ethernet, e, e}, {9, wire.Raw, 20, 32},
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		file := mixed(order)
		r, err := wire.NewReader(bytes.NewReader(file), "mixed")
		if err != nil {
			t.Fatal(err)
		}
		var got []packet
		for f, err := r.Next(); !errors.Is(err, io.EOF); f, err = r.Next() {
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(file[f.Offset:][:len(f.Data)], f.Data) {
				t.Errorf("packet %d is not at byte %d", f.Index, f.Offset)
			}
			got = append(got, packet{f.Time, f.Link, len(f.Data), f.Length})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v: %s", order, diff)
		}
	}
}

func TestBadPcapngNamesThePlace(t *testing.T) {
	good := mixed(binary.LittleEndian)
	first := bytes.Index(good, []byte{6, 0, 0, 0, 80, 0, 0, 0}) // the first enhanced block
	for name, test := range map[string]struct {
		change func([]byte) []byte
		want   string
	}{
		"cut":            {func(b []byte) []byte { return b[:first+30] }, "unexpected EOF"},
		"huge":           {func(b []byte) []byte { b[first+7] = 0x7f; return b }, "more than any packet needs"},
		"odd":            {func(b []byte) []byte { b[first+4]++; return b }, "not a multiple of 4"},
		"closing length": {func(b []byte) []byte { b[first+76]++; return b }, "80 in front and 81 behind"},
		"interface":      {func(b []byte) []byte { b[first+8] = 3; return b }, "interface 3, of which the section describes 3"},
		"captured":       {func(b []byte) []byte { b[first+20] = 0xff; return b }, "claims 255 captured bytes"},
		"time":           {func(b []byte) []byte { b[first+15] = 0xff; return b }, "1970 to 2262"},
		"skipped block":  {func(b []byte) []byte { b[first] = 77; b[first+7] = 0x7f; return b }, "unexpected EOF"},
	} {
		r, err := wire.NewReader(bytes.NewReader(test.change(bytes.Clone(good))), "x.pcapng")
		for err == nil {
			_, err = r.Next()
		}
		if !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "x.pcapng: packet 1, near byte ") {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

// TestPcapngAgreesWithGopacket: the block reader against the library's on the real files.
func TestPcapngAgreesWithGopacket(t *testing.T) {
	files := 0
	for _, path := range sharedCaptures(t) {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(file, []byte{0x0a, 0x0d, 0x0d, 0x0a}) {
			continue
		}
		files++
		theirs, err := pcapgo.NewNgReader(bytes.NewReader(file), pcapgo.NgReaderOptions{WantMixedLinkType: true})
		if err != nil {
			t.Fatal(err)
		}
		ours, err := wire.NewReader(bytes.NewReader(file), path)
		if err != nil {
			t.Fatal(err)
		}
		for {
			f, err := ours.Next()
			data, info, theirErr := theirs.ZeroCopyReadPacketData()
			if errors.Is(err, io.EOF) && errors.Is(theirErr, io.EOF) {
				break
			}
			if err != nil || theirErr != nil {
				t.Errorf("%s: ours %v, library %v", path, err, theirErr)
				break
			}
			if !bytes.Equal(f.Data, data) || f.Time != info.Timestamp.UnixNano() || f.Length != info.Length {
				t.Fatalf("%s: packet %d: time %d, %d of %d bytes; library %d, %d of %d", path, f.Index, f.Time, len(f.Data), f.Length, info.Timestamp.UnixNano(), len(data), info.Length)
			}
		}
	}
	if files == 0 {
		t.Error("no pcapng among the captures")
	}
}
