package dialogue_test

import (
	"bytes"
	"testing"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// sizes are the bytes of a conversation's turns by side.
func sizes(c *packet.Conversation) (out [2]int64) {
	for i := range c.Turns {
		out[c.Turns[i].From] += int64(len(c.Turns[i].Data)) + c.Turns[i].Fill
	}
	return out
}

func TestOpaqueKeepsPromisedSizes(t *testing.T) {
	q := request("linux", "linux-server")
	for _, c := range []struct {
		proto   uint8
		out, in int64
	}{{packet.TCP, 5000, 70_000}, {packet.TCP, 300, 0}, {packet.UDP, 200, 90}, {packet.UDP, 80, 0}} {
		q.OutBytes, q.InBytes = c.out, c.in
		x := packet.Conversation{Proto: c.proto, Dport: 4444}
		r := draw.NewSeed(1).Stream()
		dialogue.Opaque(&r, q, &x)
		if got := sizes(&x); got != [2]int64{c.out, c.in} {
			t.Errorf("%d bytes and %d, promised were %d and %d", got[0], got[1], c.out, c.in)
		}
	}
}

// A lease reads as DHCP, has the promised sizes, and both messages belong together.
func TestLeasesAreDHCP(t *testing.T) {
	q := request("windows-10", "linux-server")
	q.OutBytes, q.InBytes = 300, 320
	x := packet.Conversation{Proto: packet.UDP, Dport: 67}
	r := draw.NewSeed(1).Stream()
	dialogue.Opaque(&r, q, &x)
	if got := sizes(&x); got != [2]int64{300, 320} || len(x.Turns) != 2 {
		t.Fatalf("%d turns of %v bytes", len(x.Turns), got)
	}
	for i, kind := range []byte{3, 5} { // a request and its acknowledgement
		m := x.Turns[i].Data
		switch {
		case m[0] != byte(i+1) || m[1] != 1 || m[2] != 6:
			t.Errorf("message %d begins with % x", i, m[:4])
		case !bytes.Equal(m[4:8], x.Turns[0].Data[4:8]):
			t.Errorf("message %d is of another transaction", i)
		case !bytes.Equal(m[28:34], q.Client.MAC[:]):
			t.Errorf("message %d is of the hardware address % x", i, m[28:34])
		case !bytes.Equal(m[236:243], []byte{99, 130, 83, 99, 53, 1, kind}):
			t.Errorf("message %d has the options % x", i, m[236:250])
		}
		options := m[240:]
		for len(options) > 0 && options[0] != 255 {
			if len(options) < 2 || len(options) < 2+int(options[1]) {
				t.Fatalf("message %d: the options have no end", i)
			}
			options = options[2+int(options[1]):]
		}
		if len(options) == 0 {
			t.Errorf("message %d: the options have no end", i)
		}
	}
}
