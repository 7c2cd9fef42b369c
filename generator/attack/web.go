package attack

import (
	"cmp"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Web are the parameters that all attacks on web servers share.
type Web struct {
	Rate    float64 `yaml:"rate" json:"rate"`         // requests a second
	PerConn int     `yaml:"per_conn" json:"per_conn"` // requests on each connection
	Port    uint16  `yaml:"port" json:"port"`
	Agent   string  `yaml:"agent" json:"agent"` // User-Agent; "" = what the source's own browser or tool calls itself
}

// Validate checks the parameters.
func (w *Web) Validate() error {
	return cmp.Or(within("rate", w.Rate, slowest, 1000), within("per_conn", w.PerConn, 1, 100), within("port", w.Port, 1, 65535),
		inLine("agent", w.Agent))
}

// Plan implements Attack.
func (w *Web) Plan(length int64) Plan { return paced(length, w.Rate/float64(w.PerConn), 0.6) }

// toolFields are what HTTP libraries send unasked.
const toolFields = "Accept: */*\r\nConnection: keep-alive\r\n"

// talk makes the connection of step k; ask writes the i-th request of the whole campaign. What ask leaves open is a GET that
// finds nothing.
func (w *Web) talk(stage string, k int, s *Site, r *draw.Stream, ask func(i int) dialogue.HTTPExchange) []packet.Conversation {
	c := s.talk(stage, packet.TCP, s.target(k), w.Port)
	if c.Server.Absent {
		return unanswered(c)
	}
	q := s.request(&c, s.nameOf(c.Server))
	agent := cmp.Or(w.Agent, dialogue.Agent(q))
	xs := make([]dialogue.HTTPExchange, w.PerConn)
	for i := range xs {
		x := ask(k*w.PerConn + i)
		x.Method, x.Agent = cmp.Or(x.Method, "GET"), cmp.Or(x.Agent, agent)
		x.Header = toolFields + x.Header
		x.Wait, x.Serve = r.Duration(5e6, 120e6), x.Serve+r.Duration(1e6, 25e6)
		if x.Status == 0 {
			x.Status, x.ReplyType, x.Reply = 404, html, notFound
		}
		xs[i] = x
	}
	dialogue.HTTPTalk(r, q, &c, xs)
	return []packet.Conversation{c}
}

const html = "text/html"

var (
	notFound = []byte("<!DOCTYPE html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>")
	results  = []byte("<!DOCTYPE html><html><head><title>Search</title></head><body><p>No results.</p></body></html>")
	failed   = []byte("<!DOCTYPE html><html><head><title>Error</title></head><body><p>The request could not be processed.</p></body></html>")
)
