package dialogue

import (
	"strconv"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// mostRequests bounds a connection, as servers do.
const mostRequests = 24

// visit is the state of one connection of an HTTP client.
type visit struct {
	*script
	agent   agent
	page    string // path of the last page, for Referer
	cookie  bool
	out, in int64 // what is still to be sent by each side
	left    int   // exchanges still to come
}

// HTTP writes requests and responses on one kept-alive connection until both sizes are reached: pages and their parts, programs'
// calls, uploads, sometimes a cached, moved or missing document.
func HTTP(r *draw.Stream, q Request, c *packet.Conversation) {
	out := target(r, q.OutBytes, 620, 0.7, 300e3)
	in := target(r, q.InBytes, 11e3, 1.4, 20e6)
	a := agentOf(r, &q, out)
	n := int(max(1, min(out/int64(a.size()+90), in/260, mostRequests)))
	if a.single {
		n = 1
	} else if n > 3 && (out > 8000 || r.Chance(0.5)) {
		n = r.Between(2, n)
	}
	v := visit{script: begin(r, &q, c, "http", 3*n, 900*n), agent: a, out: out, in: in, left: n, cookie: r.Chance(0.6)}
	c.Ending = packet.CloseByClient
	for ; v.left > 0; v.left-- {
		v.exchange()
	}
}

func (v *visit) exchange() {
	r := v.r
	x := HTTPExchange{Method: "GET", Agent: v.agent.name, Status: 200, Serve: serving(r), Wait: r.Duration(100*microsecond, 4*millisecond)}
	in := v.in - v.sent[server]
	out := v.out - v.sent[client]
	if v.left > 1 {
		in = min(in-int64(v.left-1)*260, int64(r.Exp(2*float64(in)/float64(v.left))))
		out /= int64(v.left)
	}
	first := len(v.c.Turns) == 0
	if !first {
		x.Wait = int64(min(5e9, r.LogNormal(25e6, 1)))
		if r.Chance(0.1) {
			x.Wait = reading(r)
		}
	}
	x.Target = v.path(first, in)
	header := v.agent.header
	if !first && v.page != "" && v.agent.browser {
		header += "Referer: http://" + v.q.Name + v.page + "\r\n"
	}
	if first || x.Wait > second {
		v.page = x.Target
	}
	x.Header = header
	v.fit(&x, out)
	v.status(&x, in)
	mark := len(v.buf)
	v.appendRequest(&x)
	v.add(packet.Turn{From: client, Wait: x.Wait, Data: v.cut(mark), Fill: x.BodyFill})
	v.answer(&x, in)
}

// path draws what is asked for; large answers are data.
func (v *visit) path(first bool, in int64) string {
	r := v.r
	if v.agent.path != "" {
		return v.agent.path + r.Letters("abcdefghijklmnopqrstuvwxyz", 6) + "_1." + strconv.Itoa(r.IntN(9)) + v.agent.ext
	}
	if v.agent.single {
		return "/status.txt"
	}
	word := draw.Pick(r, words)
	if first && in <= slabSize {
		return draw.Pick(r, []string{"/", "/", "/index.html", "/" + word, "/" + word + "/" + draw.Pick(r, words) + ".html"})
	}
	kinds := []string{".png", ".webp", ".webp", ".css", ".js", ".woff2", "api", "html"}
	if in > slabSize {
		kinds = []string{".png", ".webp", ".webp", ".bin", ".bin"}
	}
	switch kind := draw.Pick(r, kinds); kind {
	case "api":
		return "/api/v1/" + word + "?page=" + strconv.Itoa(1+r.IntN(9))
	case "html":
		return "/" + word + "/" + strconv.Itoa(r.Between(1000, 99999)) + ".html"
	default:
		return "/static/" + word + "." + r.Hex(8) + kind
	}
}

// fit brings the request to about out bytes: by a cookie, or by a body where more is to be sent than a cookie holds.
func (v *visit) fit(x *HTTPExchange, out int64) {
	const mostCookie, leastForm = 900, 16
	spare := out - int64(len(x.Method)+len(x.Target)+len(v.q.Name)+len(x.Agent)+len(x.Header)) - 33 // request line, Host, blank line
	switch {
	case spare > mostCookie+200:
		v.upload(x, spare)
	case spare > 40 && v.agent.browser && v.left == 1, spare > 40 && v.cookie:
		const prefix = "Cookie: sid="
		x.Header += prefix + v.r.Hex(int(min(spare, mostCookie))-len(prefix)-2) + "\r\n"
	}
}

// upload makes the request a POST whose body brings it to spare bytes more.
func (v *visit) upload(x *HTTPExchange, spare int64) {
	x.Method, x.BodyType = "POST", "application/x-www-form-urlencoded"
	const fields = "Content-Type: \r\nContent-Length: 0000\r\n"
	if spare > 6000 {
		x.BodyType = "application/octet-stream"
		x.Target = "/upload/" + v.r.Hex(12)
	}
	n := spare - int64(len(fields)+len(x.BodyType)) - 1
	if spare > 6000 {
		x.BodyFill = n - int64(len(strconv.FormatInt(n, 10))-4)
		return
	}
	const start = "action=save&form_token="
	body := append(make([]byte, 0, n), start...)
	body = append(body, v.r.Hex(32)...)
	body = append(body, "&text="...)
	for int64(len(body)) < n {
		w := draw.Pick(v.r, words)
		body = append(append(body, w[:min(int64(len(w)), n-int64(len(body)))]...), '+')
	}
	x.Body = body[:n]
}

// status lets some answers have no document.
func (v *visit) status(x *HTTPExchange, in int64) {
	if v.left == 1 && in > 900 || v.agent.path != "" {
		return
	}
	switch p := v.r.Float64(); {
	case p < 0.06 && x.Method == "GET" && v.agent.browser:
		x.Status = 304
		x.Header += "If-Modified-Since: " + v.modified(x.Target) + "\r\n"
	case p < 0.09 && x.Method == "GET":
		x.Status = 301
		x.ReplyHeader = "Location: http://" + v.q.Name + x.Target + "/\r\n"
	case p < 0.12:
		x.Status = 404
	case p < 0.14 && x.Method == "POST":
		x.Status = 204
	}
}

// modified is when the document at the path was last changed.
func (v *visit) modified(path string) string {
	t := trait("modified", path)
	return string(appendDate(nil, v.q.Time/day*day-t.Duration(day, 400*day)))
}

// answer writes the response with about in bytes, head included.
func (v *visit) answer(x *HTTPExchange, in int64) {
	switch x.Status {
	case 304, 204:
		v.respond(x, content{})
		return
	case 301, 404:
		text := strconv.Itoa(x.Status) + " " + reasons[x.Status]
		v.respond(x, content{kind: "text/html", literal: "<html>\r\n<head><title>" + text + "</title></head>\r\n<body>\r\n<center><h1>" + text + "</h1></center>\r\n<hr>\r\n</body>\r\n</html>\r\n"})
		return
	}
	if x.Method == "GET" && in > 700 && !v.agent.single {
		x.ReplyHeader = "Last-Modified: " + v.modified(x.Target) + "\r\nCache-Control: max-age=" + draw.Pick(v.r, []string{"0", "300", "3600", "86400", "31536000"}) + "\r\n"
	}
	x.Close = v.left == 1 && (v.agent.single || v.r.Chance(0.1))
	if x.Close {
		v.c.Ending = packet.CloseByServer
	}
	const fields = 220 // status line, Date, Server, type and length, usually
	n := max(2, in-fields-int64(len(x.ReplyHeader)))
	body := document(v.r, x.Target, v.q.Name, n)
	x.Chunked = body.fill == 0 && n > 2000 && v.r.Chance(0.15)
	v.respond(x, body)
}
