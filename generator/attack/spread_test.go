package attack_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"github.com/evilbench/evilbench/generator/attack"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
)

// wide is a text as SMB writes it.
func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// TestLateralMovementTakesRounds: first a wrong password, then the shares, in the end a file where the machine lets the user in.
func TestLateralMovementTakesRounds(t *testing.T) {
	for _, opens := range []float64{0, 1} {
		a, s := &attack.SMBLateral{Rate: 1, Rounds: 3, User: "operator", Opens: opens}, site(1)
		s.Targets = s.Targets[1:] // Windows
		for k := range 6 {
			c := step(a, s, k)[0]
			var out []byte
			for _, turn := range c.Turns {
				if turn.From == packet.Client {
					out = append(out, turn.Data...)
				}
			}
			got := [4]bool{bytes.Contains(out, wide("operator")), bytes.Contains(out, wide(`\ADMIN$`)), bytes.Contains(out, wide("svcctl")), bytes.Contains(out, wide(".exe"))}
			want := [4]bool{true, k%3 > 0, k%3 > 0, k%3 == 2 && opens == 1}
			stage := []string{"guess", "login", "login"}[k%3]
			if want[3] {
				stage = "deliver"
			}
			if c.Stage != stage {
				t.Errorf("opens %v, round %d is the stage %q, want %q", opens, k, c.Stage, stage)
			}
			if got != want || c.Class != labels.Malicious {
				t.Errorf("opens %v, round %d: user, share, pipe, file are %v, want %v; class %s", opens, k, got, want, c.Class)
			}
		}
	}
}

func TestMachinesWithoutSharesRefuse(t *testing.T) {
	s := site(1)
	s.Targets = s.Targets[:1] // Linux
	kind, _ := attack.ByName("smb-lateral")
	if c := step(kind.New(), s, 0)[0]; c.Ending != packet.Refused || c.Class != labels.Attempted {
		t.Errorf("ending %d, class %s", c.Ending, c.Class)
	}
}

// TestUploadsAreAsLargeAsAskedFor: within the fifth that they vary by, and the records' overhead.
func TestUploadsAreAsLargeAsAskedFor(t *testing.T) {
	for _, megabytes := range []float64{0.05, 8} {
		s := site(1)
		for k := range 20 {
			var sent [2]float64
			for _, turn := range step(&attack.Exfiltration{Uploads: 20, Megabytes: megabytes}, s, k)[1].Turns {
				sent[turn.From] += float64(int64(len(turn.Data)) + turn.Fill)
			}
			if share := sent[packet.Client] / (megabytes * 1e6); share < 0.75 || share > 1.25 {
				t.Errorf("%v MB asked for, %v bytes sent", megabytes, sent[packet.Client])
			}
			if sent[packet.Server] > 0.5*sent[packet.Client] {
				t.Errorf("%v bytes up, %v down", sent[packet.Client], sent[packet.Server])
			}
		}
	}
}
