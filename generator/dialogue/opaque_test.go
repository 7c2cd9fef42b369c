package dialogue_test

import (
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

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
	var id uint32
	for i, want := range []layers.DHCPMsgType{layers.DHCPMsgTypeRequest, layers.DHCPMsgTypeAck} {
		var d layers.DHCPv4
		if err := d.DecodeFromBytes(x.Turns[i].Data, gopacket.NilDecodeFeedback); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			id = d.Xid
		}
		kind := layers.DHCPMsgTypeUnspecified
		for _, o := range d.Options {
			if o.Type == layers.DHCPOptMessageType {
				kind = layers.DHCPMsgType(o.Data[0])
			}
		}
		if kind != want || d.Xid != id || d.ClientHWAddr.String() == "" {
			t.Errorf("message %d is %v of transaction %x, want %v of %x", i, kind, d.Xid, want, id)
		}
	}
}
