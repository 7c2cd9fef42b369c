package dialogue

import (
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Message is what one side says before the other does, in bytes.
type Message struct {
	From packet.Side
	Size int64
}

// Framed writes a TCP conversation of exactly these messages, whose sides alternate: a turn for each. It is false, and c as it was, where
// the service has no such writer or its own messages do not fit.
func Framed(r *draw.Stream, q Request, service string, messages []Message, c *packet.Conversation) bool {
	write, ok := framed[service]
	if !ok {
		return false
	}
	before := *c
	s := begin(r, &q, c, service, len(messages), 0)
	if !write(s, messages) {
		*c = before
		return false
	}
	return true
}

var framed = map[string]func(*script, []Message) bool{
	"http": framedHTTP, "tls": framedTLS, "imaps": framedTLS, "opaque": framedOpaque,
}

// framedOpaque is bytes without meaning.
func framedOpaque(s *script, messages []Message) bool {
	s.c.Service = ""
	for _, m := range messages {
		s.add(packet.Turn{From: m.From, Fill: m.Size})
	}
	return true
}

// lay fills messages of these sizes with literal bytes and then opaque ones. The turns of what two sides say at a time are put in by
// place, since one may go on while the other speaks.
func lay(turns []packet.Turn, places []int, messages []Message, data []byte) {
	for _, i := range places {
		n := min(int64(len(data)), messages[i].Size)
		turns[i] = packet.Turn{From: messages[i].From, Data: data[:n:n], Fill: messages[i].Size - n}
		data = data[n:]
	}
}

func sum(messages []Message, places []int) (n int64) {
	for _, i := range places {
		n += messages[i].Size
	}
	return n
}
