package dialogue_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

func drawMessages(t *rapid.T, least, most int64) []dialogue.Message {
	var out []dialogue.Message
	size := rapid.OneOf(rapid.Int64Range(least, 700), rapid.Int64Range(1, 40), rapid.Int64Range(1, most))
	for i := range rapid.IntRange(1, 9).Draw(t, "messages") {
		out = append(out, dialogue.Message{From: packet.Side(i % 2), Size: size.Draw(t, "size")})
	}
	return out
}

// framed writes the messages and checks their sizes; nil where they do not fit.
func framed(t *rapid.T, service string, q dialogue.Request, messages []dialogue.Message) *packet.Conversation {
	r := draw.NewSeed(rapid.Uint64().Draw(t, "seed")).Stream()
	c := &packet.Conversation{Proto: packet.TCP, Service: "before"}
	if !dialogue.Framed(&r, q, service, messages, c) {
		if c.Service != "before" || c.Turns != nil {
			t.Fatalf("what cannot be written left %+v", c)
		}
		return nil
	}
	if len(c.Turns) != len(messages) {
		t.Fatalf("%d turns of %d messages", len(c.Turns), len(messages))
	}
	for i, m := range messages {
		one := &packet.Conversation{Turns: c.Turns[i : i+1]}
		if n := int64(len(bytesOf(one, m.From))); n != m.Size || c.Turns[i].From != m.From {
			t.Fatalf("message %d has %d bytes, want %d", i, n, m.Size)
		}
	}
	return c
}

// Whatever the sizes, what is written as HTTP are requests and responses that a library reads to the last byte.
func TestFramedHTTP(t *testing.T) {
	written, tried := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		messages := drawMessages(t, 80, 200_000)
		q := drawRequest(t)
		if q.Name == "" {
			q.Name = "www.norsol.net"
		}
		tried++
		c := framed(t, "http", q, messages)
		if c == nil {
			return
		}
		written++
		requests := bufio.NewReader(bytes.NewReader(bytesOf(c, packet.Client)))
		replies := bufio.NewReader(bytes.NewReader(bytesOf(c, packet.Server)))
		for n := 0; ; n++ {
			req, err := http.ReadRequest(requests)
			if errors.Is(err, io.EOF) && n > 0 {
				break
			}
			if err != nil {
				t.Fatalf("request %d: %v in %q", n, err, bytesOf(c, packet.Client)[:80])
			}
			if _, err := io.Copy(io.Discard, req.Body); err != nil {
				t.Fatalf("request %d: %v", n, err)
			}
			if _, err := replies.Peek(1); err != nil {
				if _, err := requests.Peek(1); err == nil {
					t.Fatal("a request without an answer, and more behind it")
				}
				break
			}
			resp, err := http.ReadResponse(replies, req)
			if err != nil {
				t.Fatalf("response %d: %v", n, err)
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil {
				t.Fatalf("response %d: %v", n, err)
			}
		}
		if _, err := replies.Peek(1); err == nil {
			t.Fatal("more responses than requests")
		}
	})
	if written*4 < tried {
		t.Errorf("only %d of %d conversations could be written", written, tried)
	}
}

// The same of TLS: both sides are records to the last byte, and the first is a ClientHello that a library reads.
func TestFramedTLS(t *testing.T) {
	written, tried := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		messages := drawMessages(t, 250, 100_000)
		messages[0].Size = rapid.Int64Range(180, 900).Draw(t, "hello")
		tried++
		q := drawRequest(t)
		c := framed(t, "tls", q, messages)
		if c == nil {
			return
		}
		written++
		first := bytesOf(c, packet.Client)
		if h := hello(t, first[:messages[0].Size]); h == nil {
			t.Fatal("no ClientHello")
		}
		for _, side := range []packet.Side{packet.Client, packet.Server} {
			for _, r := range recordsOf(t, bytesOf(c, side)) {
				if len(r.body) == 0 || len(r.body) > 16384+256 {
					t.Fatalf("a record of %d bytes", len(r.body))
				}
			}
		}
	})
	if written*4 < tried {
		t.Errorf("only %d of %d sessions could be written", written, tried)
	}
}

func TestFramedRefuses(t *testing.T) {
	r := draw.NewSeed(1).Stream()
	q := request("linux", "linux")
	for name, x := range map[string]struct {
		service  string
		messages []dialogue.Message
	}{
		"the server speaks first": {"http", []dialogue.Message{{From: packet.Server, Size: 500}}},
		"no room for a request":   {"http", []dialogue.Message{{From: packet.Client, Size: 5}, {From: packet.Server, Size: 500}}},
		"no room for a hello":     {"tls", []dialogue.Message{{From: packet.Client, Size: 50}, {From: packet.Server, Size: 500}}},
		"no such writer":          {"ssh", []dialogue.Message{{From: packet.Client, Size: 50}}},
	} {
		if dialogue.Framed(&r, q, x.service, x.messages, &packet.Conversation{}) {
			t.Errorf("%s: written", name)
		}
	}
}
