package attack

import (
	"errors"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Web are the parameters that all attacks on web servers share.
type Web struct {
	Rate    float64 `yaml:"rate" json:"rate"`         // requests a second
	PerConn int     `yaml:"per_conn" json:"per_conn"` // requests on each connection
	Agent   string  `yaml:"agent" json:"agent"`       // User-Agent
}

// Validate checks the parameters.
func (w *Web) Validate() error {
	if w.Rate <= 0 || w.Rate > 1000 {
		return errors.New("rate: between 0 and 1000 requests a second")
	}
	if w.PerConn < 1 || w.PerConn > 100 {
		return errors.New("per_conn: 1 to 100 requests")
	}
	return nil
}

// Plan implements Attack.
func (w *Web) Plan(length int64) Plan { return paced(length, w.Rate/float64(w.PerConn), 0.6) }

// talk makes one connection of step k; make writes the i-th request of the whole campaign.
func (w *Web) talk(k int, s *Site, r *draw.Stream, make1 func(i int, r *draw.Stream) dialogue.HTTPExchange) []packet.Conversation {
	c := s.tcp(s.target(k), 80)
	xs := make([]dialogue.HTTPExchange, w.PerConn)
	for i := range xs {
		x := make1(k*w.PerConn+i, r)
		x.Agent = w.Agent
		x.Wait, x.Serve = r.Duration(5e6, 120e6), r.Duration(1e6, 25e6)
		if x.Method == "" {
			x.Method = "GET"
		}
		if x.Status == 0 {
			x.Status, x.ReplyType, x.Reply = 404, "text/html", notFound
		}
		xs[i] = x
	}
	dialogue.HTTPTalk(r, s.request(&c, s.nameOf(c.Server), 0), &c, xs)
	return []packet.Conversation{c}
}

var (
	notFound = []byte("<!DOCTYPE html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>")
	results  = []byte("<!DOCTYPE html><html><head><title>Search</title></head><body><p>No results.</p></body></html>")
	failed   = []byte("<!DOCTYPE html><html><head><title>Error</title></head><body><p>The request could not be processed.</p></body></html>")
)
