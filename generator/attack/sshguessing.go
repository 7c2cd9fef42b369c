package attack

import (
	"cmp"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// SSHGuessing tries passwords over SSH, a few on each connection; none is right.
type SSHGuessing struct {
	Rate        float64 `yaml:"rate" json:"rate"`         // connections a second
	Attempts    int     `yaml:"attempts" json:"attempts"` // passwords on each connection, at most 6
	Port        uint16  `yaml:"port" json:"port"`
	BannedAfter int     `yaml:"banned_after" json:"banned_after"` // connections after which a target no longer answers; 0 = never
}

func newSSHGuessing() Attack { return &SSHGuessing{Rate: 0.7, Attempts: 3, Port: 22} }

// Validate checks the parameters. After six failures a server hangs up.
func (a *SSHGuessing) Validate() error {
	return cmp.Or(within("rate", a.Rate, slowest, 100), within("attempts", a.Attempts, 1, 6), within("port", a.Port, 1, 65535),
		within("banned_after", a.BannedAfter, 0, 1_000_000))
}

// Plan implements Attack.
func (a *SSHGuessing) Plan(length int64) Plan { return paced(length, a.Rate, 0.7) }

// Step is one connection.
func (a *SSHGuessing) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	c := s.talk(stageGuess, packet.TCP, s.target(k), a.Port)
	if c.Server.Absent || a.BannedAfter > 0 && s.visit(k) >= a.BannedAfter {
		return unanswered(c)
	}
	dialogue.SSHLogin(r, s.request(&c, s.nameOf(c.Server)), &c, a.Attempts, false)
	return []packet.Conversation{c}
}
