package attack

import (
	"cmp"
	"encoding/base64"
	"math"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Beacon reports to a controller at intervals, and is given work now and then.
type Beacon struct {
	Interval float64 `yaml:"interval" json:"interval"` // seconds
	Jitter   float64 `yaml:"jitter" json:"jitter"`     // share of the interval
	Method   string  `yaml:"method" json:"method"`     // POST with a small body, or GET with the same in a cookie
	Agent    string  `yaml:"agent" json:"agent"`       // User-Agent; "" = what the source's own browser or tool calls itself
	Tasked   float64 `yaml:"tasked" json:"tasked"`     // share of the reports that are answered by work to do
}

func newBeacon() Attack {
	return &Beacon{Interval: 30, Jitter: 0.2, Method: "POST", Agent: "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)", Tasked: 0.1}
}

// remembered is how long, in seconds, the source takes a name from its own cache.
const remembered = 120

// Validate checks the parameters.
func (a *Beacon) Validate() error {
	return cmp.Or(within("interval", a.Interval, 0.1, 86400), within("jitter", a.Jitter, 0, 1),
		among("method", a.Method, []string{"GET", "POST"}), inLine("agent", a.Agent), within("tasked", a.Tasked, 0, 1))
}

// Plan implements Attack.
func (a *Beacon) Plan(length int64) Plan { return paced(length, 1/a.Interval, a.Jitter) }

// Step is one report, behind a look-up where the name is no longer remembered.
func (a *Beacon) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	out := make([]packet.Conversation, 0, 2)
	c := s.talk(stageCheckIn, packet.TCP, s.C2, 80)
	if every := int(math.Ceil(remembered / a.Interval)); k%every == 0 {
		var dns packet.Conversation
		dns, c.Start = s.lookup(r)
		out = append(out, dns)
	}
	q := s.request(&c, s.C2Name)
	dialogue.HTTPTalk(r, q, &c, []dialogue.HTTPExchange{a.report(s, q, r)})
	return append(out, c)
}

// report is the request, at the same path and with the same id in the whole campaign, and what comes back: opaque either way.
func (a *Beacon) report(s *Site, q dialogue.Request, r *draw.Stream) dialogue.HTTPExchange {
	fixed := s.Seed.Word("beacon").Stream()
	x := dialogue.HTTPExchange{
		Method: a.Method, Target: "/" + fixed.Letters("abcdefghijklmnopqrstuvwxyz", 6) + ".php?id=" + fixed.Hex(16),
		Agent: cmp.Or(a.Agent, dialogue.Agent(q)), Header: toolFields + "Cache-Control: no-cache\r\n",
		Status: 200, ReplyType: "text/plain", Reply: idle, Serve: r.Duration(2e6, 20e6),
	}
	state := encoded(r, r.Between(36, 60))
	if a.Method == "POST" {
		x.Body, x.BodyType = state, "application/x-www-form-urlencoded"
	} else {
		x.Header += "Cookie: SESSIONID=" + string(state) + "\r\n"
	}
	if r.Chance(a.Tasked) {
		x.Reply, x.ReplyType = encoded(r, r.Between(300, 4000)), "application/octet-stream"
	}
	return x
}

var idle = []byte("ok")

// encoded is n random bytes in base64.
func encoded(r *draw.Stream, n int) []byte {
	data := make([]byte, n)
	r.Fill(data)
	return base64.RawURLEncoding.AppendEncode(nil, data)
}
