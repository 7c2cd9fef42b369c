package dialogue

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// HTTPExchange is one request and its response (RFC 9110, RFC 9112). Host, Date, Server, Content-Type and Content-Length are
// written from what is known; Header fields add to them.
type HTTPExchange struct {
	Method, Target string
	Agent          string // User-Agent; "" = none
	Header         string // further request field lines, each ended by CRLF
	Body           []byte // request body
	BodyType       string
	BodyFill       int64 // opaque request body bytes behind Body

	Status      int
	ReplyHeader string // further response field lines
	Reply       []byte // response body; may be shared
	ReplyType   string
	ReplyFill   int64 // opaque response body bytes behind Reply
	Chunked     bool  // frame the response body as one chunk (RFC 9112 §7.1)
	Close       bool  // the response ends the connection

	Wait  int64 // ns the client takes before the request
	Serve int64 // ns the server takes
}

// HTTPTalk writes the exchanges one after the other on one connection, which the client ends, or the server where the last
// exchange says so. Exchanges behind one with Close are left out.
func HTTPTalk(r *draw.Stream, q Request, c *packet.Conversation, exchanges []HTTPExchange) {
	s := begin(r, &q, c, "http", 2*len(exchanges)+2, 700*len(exchanges))
	s.c.Ending = packet.CloseByClient
	for i := range exchanges {
		s.exchangeHTTP(&exchanges[i])
		if exchanges[i].Close {
			s.c.Ending = packet.CloseByServer
			return
		}
	}
}

func (s *script) exchangeHTTP(x *HTTPExchange) {
	mark := len(s.buf)
	s.appendRequest(x)
	s.add(packet.Turn{From: client, Wait: x.Wait, Data: s.cut(mark), Fill: x.BodyFill})
	s.respond(x, content{kind: x.ReplyType, shared: x.Reply, fill: x.ReplyFill})
}

// appendRequest writes the head and the literal part of the body.
func (s *script) appendRequest(x *HTTPExchange) {
	b := append(s.buf, x.Method...)
	b = append(b, ' ')
	b = append(b, x.Target...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = s.appendHost(b)
	if x.Agent != "" {
		b = append(append(b, "\r\nUser-Agent: "...), x.Agent...)
	}
	b = append(append(b, "\r\n"...), x.Header...)
	if n := int64(len(x.Body)) + x.BodyFill; n > 0 {
		b = append(append(b, "Content-Type: "...), x.BodyType...)
		b = append(strconv.AppendInt(append(b, "\r\nContent-Length: "...), n, 10), "\r\n"...)
	}
	b = append(b, "\r\n"...)
	s.buf = append(b, x.Body...)
}

// appendHost writes the Host field's value: the name or the address, and the port unless it is 80.
func (s *script) appendHost(b []byte) []byte {
	host := s.q.Name
	if host == "" {
		host = serverAddr(s.q).String()
	}
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		b = append(append(append(b, '['), host...), ']')
	} else {
		b = append(b, host...)
	}
	if p := s.c.Dport; p != 0 && p != 80 {
		b = strconv.AppendUint(append(b, ':'), uint64(p), 10)
	}
	return b
}

func serverAddr(q *Request) netip.Addr {
	if q.IPv6 {
		return q.Server.Addr6
	}
	return q.Server.Addr
}

// reasons of the status codes in use (RFC 9110 §15).
var reasons = map[int]string{
	200: "OK", 201: "Created", 204: "No Content", 206: "Partial Content", 301: "Moved Permanently", 302: "Found", 304: "Not Modified",
	400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 429: "Too Many Requests",
	500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
}

// respond writes the response: head and small bodies in one turn, a shared body in the next.
func (s *script) respond(x *HTTPExchange, body content) {
	n := body.size()
	mark := len(s.buf)
	s.appendStatus(x)
	b := s.buf
	silent := x.Status == 304 || x.Status == 204 || x.Method == "HEAD" // no body follows (RFC 9112 §6.3)
	if n > 0 {
		b = append(append(append(b, "Content-Type: "...), body.kind...), "\r\n"...)
	}
	chunked := x.Chunked && n > 0 && !silent
	switch {
	case chunked:
		b = append(b, "Transfer-Encoding: chunked\r\n\r\n"...)
		b = append(strconv.AppendInt(b, n, 16), "\r\n"...)
	case x.Status == 304 || x.Status == 204:
		b = append(b, "\r\n"...)
	default:
		b = append(strconv.AppendInt(append(b, "Content-Length: "...), n, 10), "\r\n\r\n"...)
	}
	if silent {
		s.buf = b
		s.say(server, x.Serve, s.cut(mark))
		return
	}
	s.buf = append(b, body.literal...)
	if len(body.shared) < 400 {
		s.buf = append(s.buf, body.shared...)
		s.add(packet.Turn{From: server, Wait: x.Serve, Data: s.cut(mark), Fill: body.fill})
	} else {
		s.say(server, x.Serve, s.cut(mark))
		s.add(packet.Turn{From: server, Data: body.shared, Fill: body.fill})
	}
	if chunked {
		s.say(server, s.r.Duration(0, 200*microsecond), lastChunk)
	}
}

var lastChunk = []byte("\r\n0\r\n\r\n")

// appendStatus writes status line, Date, Server, further fields and Connection.
func (s *script) appendStatus(x *HTTPExchange) {
	b := strconv.AppendInt(append(s.buf, "HTTP/1.1 "...), int64(x.Status), 10)
	b = append(append(b, ' '), reasons[x.Status]...)
	b = append(b, "\r\nDate: "...)
	b = appendDate(b, s.time+s.q.RTT/2+x.Serve)
	b = append(append(append(b, "\r\nServer: "...), serverSoftware(s.q)...), "\r\n"...)
	b = append(b, x.ReplyHeader...)
	if x.Close {
		b = append(b, "Connection: close\r\n"...)
	}
	s.buf = b
}

// appendDate writes ns since the epoch as an IMF-fixdate (RFC 9110 §5.6.7).
func appendDate(b []byte, t int64) []byte {
	return time.Unix(0, t).UTC().AppendFormat(b, "Mon, 02 Jan 2006 15:04:05 GMT")
}

// serverSoftware is the Server field of that server in every conversation.
func serverSoftware(q *Request) string {
	if familyOf(q.Server) == windows {
		return "Microsoft-IIS/10.0"
	}
	t := trait("http", q.Server.Name+q.Server.Addr.String())
	return draw.Pick(&t, []string{"nginx", "nginx/1.22.1", "nginx/1.26.2", "Apache/2.4.62 (Debian)", "Apache", "lighttpd/1.4.69", "cloudfront"})
}
