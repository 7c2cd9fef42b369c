package dialogue_test

import (
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

var le = binary.LittleEndian

// smbMessage is an SMB2 header with its body.
type smbMessage struct {
	command, charge uint16
	status, tree    uint32
	id, session     uint64
	body            []byte
}

// readSMB cuts a stream into messages; nothing may be left.
func readSMB(t *rapid.T, stream []byte, from packet.Side) []smbMessage {
	var list []smbMessage
	for len(stream) > 0 {
		n := int(binary.BigEndian.Uint32(stream))
		if len(stream) < 4+n || n < 64 {
			t.Fatalf("message %d has %d bytes, %d follow", len(list), n, len(stream)-4)
		}
		h := stream[4 : 4+n]
		if string(h[:4]) != "\xfeSMB" || le.Uint16(h[4:]) != 64 || packet.Side(h[16]&1) != from {
			t.Fatalf("message %d begins with %x", len(list), h[:20])
		}
		list = append(list, smbMessage{le.Uint16(h[12:]), le.Uint16(h[6:]), le.Uint32(h[8:]), le.Uint32(h[36:]), le.Uint64(h[24:]), le.Uint64(h[40:]), h[64:]})
		stream = stream[4+n:]
	}
	return list
}

// structures are the StructureSize of requests and responses by command (MS-SMB2 §2.2).
var structures = map[uint16][2]uint16{0: {36, 65}, 1: {25, 9}, 2: {4, 4}, 3: {9, 16}, 4: {4, 4}, 5: {57, 89}, 6: {24, 60}, 8: {49, 17}, 9: {49, 17}, 14: {33, 9}}

func checkSMB(t *rapid.T, c *packet.Conversation) {
	asked, answered := readSMB(t, bytesOf(c, packet.Client), packet.Client), readSMB(t, bytesOf(c, packet.Server), packet.Server)
	if len(asked) != len(answered) {
		t.Fatalf("%d requests, %d responses", len(asked), len(answered))
	}
	next := uint64(0)
	for i, q := range asked {
		a := answered[i]
		if q.id != next || a.id != next || q.command != a.command {
			t.Fatalf("message %d: command %d id %d answered by command %d id %d", next, q.command, q.id, a.command, a.id)
		}
		next += uint64(max(1, q.charge))
		want := structures[q.command]
		if a.status&0xc0000000 != 0 && a.status != 0xc0000016 {
			want[1] = 9
		}
		if got := [2]uint16{le.Uint16(q.body), le.Uint16(a.body)}; got != want {
			t.Errorf("command %d: structures %v, want %v", q.command, got, want)
		}
		if q.command != 3 && q.tree != a.tree || i > 2 && q.session != a.session {
			t.Errorf("command %d: tree %d and %d, session %x and %x", q.command, q.tree, a.tree, q.session, a.session)
		}
		switch {
		case q.command == 8 && a.status == 0:
			if n := le.Uint32(a.body[4:]); int(n) != len(a.body)-16 || n > le.Uint32(q.body[4:]) {
				t.Errorf("read of %d: %d promised, %d there", le.Uint32(q.body[4:]), n, len(a.body)-16)
			}
		case q.command == 9:
			if n := le.Uint32(q.body[4:]); int(n) != len(q.body)-48 || n != le.Uint32(a.body[4:]) || int(q.charge) < int(n)/65536 {
				t.Errorf("write of %d: %d there, %d confirmed, charge %d", n, len(q.body)-48, le.Uint32(a.body[4:]), q.charge)
			}
		}
	}
}

func TestSMBMessages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkSMB(t, write(dialogue.SMB, rapid.Uint64().Draw(t, "seed"), drawRequest(t)))
	})
}

func TestSMBProbe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := dialogue.SMBAccess{
			LogonFails: rapid.Bool().Draw(t, "fails"), Granted: rapid.Bool().Draw(t, "granted"), Shares: []string{"IPC$", "ADMIN$", "C$"},
			Pipe: rapid.SampledFrom([]string{"", "svcctl", "samr", "atsvc"}).Draw(t, "pipe"), Drop: "svc.exe", DropBytes: 5000,
		}
		c := write(func(r *draw.Stream, q dialogue.Request, c *packet.Conversation) { dialogue.SMBProbe(r, q, c, a) }, rapid.Uint64().Draw(t, "seed"), drawRequest(t))
		checkSMB(t, c)
		statuses := map[uint32]int{}
		for _, m := range readSMB(t, bytesOf(c, packet.Server), packet.Server) {
			statuses[m.status]++
		}
		if a.LogonFails != (statuses[0xc000006d] == 1) || !a.LogonFails && a.Granted != (statuses[0xc0000022] == 0) {
			t.Errorf("%+v: statuses %x", a, statuses)
		}
	})
}
