package dialogue_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// readSSH checks the banner and the unsealed packets (RFC 4253 §4.2, §6) of one side and returns their message numbers.
func readSSH(t *rapid.T, stream []byte) (messages []byte) {
	banner, rest, ok := bytes.Cut(stream, []byte("\r\n"))
	if !ok || !bytes.HasPrefix(banner, []byte("SSH-2.0-")) || len(banner) > 253 {
		t.Fatalf("banner %q", banner)
	}
	for {
		n, padding := int(binary.BigEndian.Uint32(rest)), int(rest[4])
		if (4+n)%8 != 0 || padding < 4 || padding >= n-1 || n > 35000 || len(rest) < 4+n {
			t.Fatalf("packet of %d bytes, padding %d, behind messages %v", n, padding, messages)
		}
		payload := rest[5 : 4+n-padding]
		messages = append(messages, payload[0])
		switch payload[0] {
		case 20:
			readKexInit(t, payload)
		case 21:
			return messages
		}
		rest = rest[4+n:]
	}
}

func readKexInit(t *rapid.T, payload []byte) {
	p := payload[17:]
	for i := range 10 {
		n := int(binary.BigEndian.Uint32(p))
		list := string(p[4 : 4+n])
		if i < 8 && (list == "" || strings.HasPrefix(list, ",") || strings.Contains(list, ",,")) {
			t.Errorf("name-list %d: %q", i, list)
		}
		p = p[4+n:]
	}
	if len(p) != 5 {
		t.Errorf("%d bytes behind the name-lists", len(p))
	}
}

func TestSSHKeyExchange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, seed := drawRequest(t), rapid.Uint64().Draw(t, "seed")
		attempts := rapid.IntRange(0, 9).Draw(t, "attempts")
		c := write(func(r *draw.Stream, q dialogue.Request, c *packet.Conversation) {
			if attempts == 0 {
				dialogue.SSH(r, q, c)
				return
			}
			dialogue.SSHLogin(r, q, c, attempts, seed%2 == 0)
		}, seed, q)
		if got := string(readSSH(t, bytesOf(c, packet.Client))); got != "\x14\x1e\x15" {
			t.Errorf("client messages %v", []byte(got))
		}
		if got := string(readSSH(t, bytesOf(c, packet.Server))); got != "\x14\x1f\x15" {
			t.Errorf("server messages %v", []byte(got))
		}
	})
}

// TestSSHLogin: every attempt costs a request and an answer; a guesser waits for the answer to a wrong one.
func TestSSHLogin(t *testing.T) {
	length := func(attempts int, success bool) (turns int, slow int) {
		r := draw.NewSeed(1).Stream()
		c := &packet.Conversation{}
		dialogue.SSHLogin(&r, request("linux", "linux-server"), c, attempts, success)
		for _, turn := range c.Turns {
			if turn.From == packet.Server && turn.Wait > 1e9 {
				slow++
			}
		}
		return len(c.Turns), slow
	}
	one, slowOne := length(1, false)
	three, slowThree := length(3, false)
	if three-one != 4 || slowOne != 1 || slowThree != 3 {
		t.Errorf("one attempt: %d turns, %d refused; three: %d turns, %d refused", one, slowOne, three, slowThree)
	}
	if _, slow := length(3, true); slow != 2 {
		t.Errorf("three attempts, the last right: %d refused", slow)
	}
	if _, slow := length(50, false); slow != 6 {
		t.Errorf("a server refuses %d times before it hangs up", slow)
	}
}
