package attack

import (
	"errors"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// SSHGuessing tries passwords over SSH, a few on each connection.
type SSHGuessing struct {
	Rate     float64 `yaml:"rate" json:"rate"`         // connections a second
	Attempts int     `yaml:"attempts" json:"attempts"` // passwords on each connection, at most 6
}

func newSSHGuessing() Attack { return &SSHGuessing{Rate: 0.7, Attempts: 3} }

// Validate checks the parameters.
func (a *SSHGuessing) Validate() error {
	if a.Rate <= 0 || a.Rate > 100 {
		return errors.New("rate: between 0 and 100 connections a second")
	}
	if a.Attempts < 1 || a.Attempts > 6 {
		return errors.New("attempts: 1 to 6, after which a server hangs up")
	}
	return nil
}

// Plan implements Attack.
func (a *SSHGuessing) Plan(length int64) Plan { return paced(length, a.Rate, 0.7) }

// Step is one connection.
func (a *SSHGuessing) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	c := s.tcp(s.target(k), 22)
	dialogue.SSHLogin(r, s.request(&c, s.nameOf(c.Server), 0), &c, a.Attempts, false)
	return []packet.Conversation{c}
}
