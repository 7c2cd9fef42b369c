package dialogue

import (
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

const (
	client = packet.Client
	server = packet.Server
)

const (
	microsecond = int64(1_000)
	millisecond = int64(1_000_000)
	second      = int64(1_000_000_000)
)

// script collects the turns of one conversation. Literal messages are cut from one growing buffer, so that a dialogue costs a
// handful of allocations however many messages it has.
type script struct {
	r     *draw.Stream
	q     *Request
	c     *packet.Conversation
	buf   []byte
	sent  [2]int64 // payload bytes by side so far
	tls13 bool     // the session settled on TLS 1.3
	time  int64    // about when the last turn was spoken, ns since the epoch
}

// begin opens a script with room for some turns and literal bytes.
func begin(r *draw.Stream, q *Request, c *packet.Conversation, service string, turns, literal int) *script {
	c.Service = service
	c.Turns = make([]packet.Turn, 0, turns)
	return &script{r: r, q: q, c: c, buf: make([]byte, 0, literal), time: q.Time}
}

// cut takes the bytes written to buf since the mark as one message. The capacity is cut too: nobody can grow into a neighbour.
func (s *script) cut(mark int) []byte { return s.buf[mark:len(s.buf):len(s.buf)] }

// say adds a turn of literal bytes, which may be shared.
func (s *script) say(from packet.Side, wait int64, data []byte) {
	s.add(packet.Turn{From: from, Wait: wait, Data: data})
}

// line adds a turn of literal text.
func (s *script) line(from packet.Side, wait int64, parts ...string) {
	mark := len(s.buf)
	for _, p := range parts {
		s.buf = append(s.buf, p...)
	}
	s.say(from, wait, s.cut(mark))
}

func (s *script) add(t packet.Turn) {
	if len(t.Data) == 0 && t.Fill <= 0 {
		return
	}
	if n := len(s.c.Turns); n > 0 && s.c.Turns[n-1].From != t.From {
		s.time += s.q.RTT / 2
	}
	s.time += t.Wait
	s.sent[t.From] += wireSize(&t)
	s.c.Turns = append(s.c.Turns, t)
}

// random appends n random bytes to the buffer.
func (s *script) random(n int) {
	at := len(s.buf)
	s.buf = append(s.buf, make([]byte, n)...)
	s.r.Fill(s.buf[at:])
}

// wireSize is what a turn puts on the wire above the transport header.
func wireSize(t *packet.Turn) int64 {
	n := int64(len(t.Data)) + t.Fill
	if t.TLS && t.Fill > 0 {
		n += records(t.Fill) * recordHeader
	}
	return n
}

// target is the size to reach: what the flow model promised, or a heavy-tailed draw of the dialogue's own.
func target(r *draw.Stream, promised int64, median, sigma, most float64) int64 {
	if promised > 0 {
		return promised
	}
	return int64(min(most, r.LogNormal(median, sigma)))
}

// serving is how long a server takes to answer, ns.
func serving(r *draw.Stream) int64 { return int64(min(2e9, r.LogNormal(3e6, 0.9))) }

// reading is how long a person takes between two actions, ns.
func reading(r *draw.Stream) int64 { return int64(min(90e9, r.LogNormal(4e9, 1.1))) }

// split divides total into n parts of at least least each, unevenly; a total too small for that is divided as far as it goes.
func split(r *draw.Stream, total int64, n int, least int64) []int64 {
	n = int(max(1, min(int64(n), total/max(1, least))))
	parts := make([]int64, n)
	spare := max(0, total-int64(n)*least)
	left := spare
	for i := range parts {
		share := left
		if i < n-1 {
			mean := float64(left) / float64(n-i)
			share = min(left, int64(r.Exp(mean)))
		}
		parts[i] = least + share
		left -= share
	}
	return parts
}
