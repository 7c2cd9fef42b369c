package dialogue

import (
	"strconv"

	"github.com/evilbench/evilbench/generator/packet"
)

// bareReply is the smallest response; digits of the length may be more.
const bareReply = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

// places are the messages of an exchange, by side.
type places [2][]int

// framedHTTP writes requests and responses of exact sizes. A message too small for a request of its own is more of the body of the one
// before it, and one too small for a response is the beginning or the rest of one.
func framedHTTP(s *script, messages []Message) bool {
	least := s.requestSize(&HTTPExchange{Method: "GET", Target: "/"})
	exchanges, ok := exchangesOf(messages, least)
	if !ok {
		return false
	}
	turns := make([]packet.Turn, len(messages))
	a := usual(s.q)
	programs := []*agent{&a, &curl, {}}
	for _, e := range exchanges {
		target, ok := s.framedRequest(programs, turns, e[client], messages)
		if !ok {
			return false
		}
		if len(e[server]) > 0 {
			s.framedReply(target, turns, e[server], messages)
		}
	}
	s.c.Turns = turns
	return true
}

// exchangesOf groups messages; false where they cannot be requests and responses.
func exchangesOf(messages []Message, least int64) ([]places, bool) {
	if len(messages) == 0 || messages[0].From != client {
		return nil, false
	}
	var out []places
	for i, m := range messages {
		last := len(out) - 1
		if m.From == server {
			out[last][server] = append(out[last][server], i)
			continue
		}
		open := last >= 0 && sum(messages, out[last][server]) < int64(len(bareReply))
		if m.Size >= least && !open {
			out = append(out, places{client: {i}})
			continue
		}
		if last < 0 {
			return nil, false
		}
		out[last][client] = append(out[last][client], i)
	}
	for n := len(out); n > 0; n = len(out) {
		e := out[n-1]
		if len(e[server]) == 0 || sum(messages, e[server]) >= int64(len(bareReply)) {
			return out, true
		}
		if n == 1 {
			return nil, false
		}
		// What is left at the end belongs to the exchange before.
		for side := range e {
			out[n-2][side] = append(out[n-2][side], e[side]...)
		}
		out = out[:n-1]
	}
	return nil, false
}

// framedRequest writes one request, its head in its first message, by the first program whose fields have room there.
func (s *script) framedRequest(programs []*agent, turns []packet.Turn, at []int, messages []Message) (target string, ok bool) {
	room, all := messages[at[0]].Size, sum(messages, at)
	for _, a := range programs {
		x := HTTPExchange{Method: "GET", Target: "/", Agent: a.name, Header: a.header}
		spare := room - s.requestSize(&x)
		switch {
		case spare < 0:
			continue
		case len(at) == 1 && spare <= mostCookie:
			s.pad(&x, int(spare))
		case !s.post(&x, room, all):
			continue
		}
		mark := len(s.buf)
		s.appendRequest(&x)
		lay(turns, at, messages, s.cut(mark))
		return x.Target, true
	}
	return "", false
}

// mostCookie is how much of a request without a body is path and cookie.
const mostCookie = 900

// pad brings a request to so many bytes more, by its path and a cookie.
func (s *script) pad(x *HTTPExchange, spare int) {
	const field = "Cookie: s="
	path := min(spare, s.r.Between(4, 40))
	if rest := spare - path; rest > 0 && rest <= len(field)+2 {
		path += rest
	} else if rest > 0 {
		x.Header += field + s.r.Hex(rest-len(field)-2) + "\r\n"
	}
	x.Target += s.r.Letters("abcdefghijklmnopqrstuvwxyz0123456789", path)
}

// post makes a request of so many bytes with a body; false where its head does not fit the room.
func (s *script) post(x *HTTPExchange, room, all int64) bool {
	x.Method, x.Target, x.BodyType, x.BodyFill = "POST", "/upload/"+s.r.Hex(8), "application/octet-stream", 1
	for range 4 { // the length of the length settles at once, or a longer path lets it
		head := s.requestSize(x)
		if x.BodyFill = all - head; head > room || x.BodyFill <= 0 {
			return false
		}
		if s.requestSize(x) == head {
			return true
		}
		x.Target += "0"
	}
	return false
}

// requestSize is how long a request's head is.
func (s *script) requestSize(x *HTTPExchange) int64 {
	mark := len(s.buf)
	s.appendRequest(x)
	n := len(s.buf) - mark
	s.buf = s.buf[:mark]
	return int64(n)
}

// framedReply writes one response: as much of a head as it has room for, and a document.
func (s *script) framedReply(target string, turns []packet.Turn, at []int, messages []Message) {
	all := sum(messages, at)
	mark := len(s.buf)
	s.appendStatus(&HTTPExchange{Status: 200})
	s.buf = append(s.buf, "Content-Type: "...)
	kind := document(s.r, target, s.q.Name, all).kind
	s.buf = append(append(s.buf, kind...), "\r\n"...)
	const length, end = "Content-Length: ", "\r\n\r\n"
	if head := int64(len(s.buf) - mark + len(length) + len(end)); head+int64(len(strconv.FormatInt(all, 10))) > all {
		s.buf = append(s.buf[:mark], "HTTP/1.1 200 OK\r\n"...)
	}
	s.buf = append(s.buf, length...)
	body := all - int64(len(s.buf)-mark+len(end))
	digits := int64(len(strconv.FormatInt(body, 10)))
	if body -= digits; int64(len(strconv.FormatInt(body, 10))) < digits {
		s.buf = append(s.buf, ' ') // blanks may stand before a value (RFC 9110, section 5.5)
	}
	s.buf = append(strconv.AppendInt(s.buf, body, 10), end...)
	x := document(s.r, target, s.q.Name, body)
	s.buf = append(append(s.buf, x.literal...), x.shared...)
	lay(turns, at, messages, s.cut(mark))
}
