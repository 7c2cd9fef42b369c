package attack

import (
	"errors"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Beacon reports to a controller at intervals, after looking up its name.
type Beacon struct {
	Interval float64 `yaml:"interval" json:"interval"` // seconds
	Jitter   float64 `yaml:"jitter" json:"jitter"`     // share of the interval
	Agent    string  `yaml:"agent" json:"agent"`
}

func newBeacon() Attack {
	return &Beacon{Interval: 30, Jitter: 0.2, Agent: "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)"}
}

// Validate checks the parameters.
func (a *Beacon) Validate() error {
	if a.Interval < 0.1 || a.Interval > 86400 {
		return errors.New("interval: between 0.1 s and a day")
	}
	if a.Jitter < 0 || a.Jitter > 1 {
		return errors.New("jitter: a share between 0 and 1")
	}
	return nil
}

// Plan implements Attack.
func (a *Beacon) Plan(length int64) Plan { return paced(length, 1/a.Interval, a.Jitter) }

// Step is one report.
func (a *Beacon) Step(_ int, s *Site, r *draw.Stream) []packet.Conversation {
	dns, ready := s.lookup(s.C2Name, s.C2.Addr, r)
	c := s.tcp(s.C2, 80)
	c.Start = ready + 2*s.C2.Delay
	fixed := s.Seed.Word("beacon").Stream()
	id := fixed.Hex(16)
	x := dialogue.HTTPExchange{
		Method: "POST", Target: "/" + fixed.Letters("abcdefghijklmnopqrstuvwxyz", 6) + ".php?id=" + id, Agent: a.Agent,
		Body: []byte(r.Hex(64)), BodyType: "application/x-www-form-urlencoded",
		Status: 200, ReplyType: "text/plain", Reply: []byte("ok"), Serve: r.Duration(2e6, 20e6),
	}
	dialogue.HTTPTalk(r, s.request(&c, s.C2Name, 0), &c, []dialogue.HTTPExchange{x})
	return []packet.Conversation{dns, c}
}
