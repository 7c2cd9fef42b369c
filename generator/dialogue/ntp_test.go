package dialogue_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/packet"
)

// ntpTime is an NTP timestamp in ns since the Unix epoch (RFC 5905 §6).
func ntpTime(b []byte) int64 {
	v := binary.BigEndian.Uint64(b)
	return int64(v>>32-2_208_988_800)*1e9 + int64((v&0xffffffff)*1e9>>32)
}

func TestNTPAgreesWithTheCapture(t *testing.T) {
	bursts := 0
	for i := range uint64(200) {
		q := request(packet.Stacks[i%uint64(len(packet.Stacks))].Name, "linux-server")
		c := write(dialogue.NTP, i, q)
		if len(c.Turns) > 2 {
			bursts++
		}
		now := noon
		for k := 0; k < len(c.Turns); k += 2 {
			now += c.Turns[k].Wait
			query, answer := c.Turns[k].Data, c.Turns[k+1].Data
			if len(query) != 48 || len(answer) != 48 || query[0]&7 != 3 || answer[0]&7 != 4 || query[0]&0x38 != answer[0]&0x38 {
				t.Fatalf("%x answered by %x", query, answer)
			}
			if !bytes.Equal(query[40:], answer[24:32]) {
				t.Error("the answer does not return the client's timestamp")
			}
			received, sent := ntpTime(answer[32:]), ntpTime(answer[40:])
			if sent < received || received-now > 100e6 || now-received > 100e6 || ntpTime(answer[16:]) > received {
				t.Errorf("received at %d, sent at %d, asked at %d", received, sent, now)
			}
			if d := ntpTime(query[40:]) - now; d > 100e6 || d < -100e6 {
				t.Errorf("the client's clock is off by %d ns", d)
			}
			now += q.RTT
		}
	}
	if bursts == 0 {
		t.Error("no burst among 200")
	}
}
