package attack

import (
	"errors"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// SMBLateral tries administrative shares and the service control pipe on one machine after the other.
type SMBLateral struct {
	Rounds int    `yaml:"rounds" json:"rounds"` // walks over all targets
	User   string `yaml:"user" json:"user"`
	Opens  bool   `yaml:"opens" json:"opens"` // the last round is let in
}

func newSMBLateral() Attack { return &SMBLateral{Rounds: 3, User: "administrator", Opens: true} }

// Validate checks the parameters.
func (a *SMBLateral) Validate() error {
	if a.Rounds < 1 || a.Rounds > 1000 {
		return errors.New("rounds: 1 to 1000")
	}
	if a.User == "" {
		return errors.New("user: a name")
	}
	return nil
}

// lateralHosts bounds the steps: the number of targets is not known to the plan.
const lateralHosts = 8

// Plan implements Attack.
func (a *SMBLateral) Plan(length int64) Plan {
	n := a.Rounds * lateralHosts
	return Plan{Steps: n, Gap: max(1, length/int64(n)), Jitter: 0.6}
}

// Step is one machine of one round.
func (a *SMBLateral) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	c := s.tcp(s.target(k), 445)
	access := dialogue.SMBAccess{User: a.User, Shares: []string{"ADMIN$", "C$", "IPC$"}, Pipe: "svcctl"}
	switch round := k / lateralHosts; {
	case round == 0 && a.Rounds > 1:
		access.LogonFails = true
	case round == a.Rounds-1 && a.Opens:
		access.Granted, access.Drop, access.DropBytes = true, "svc"+r.Hex(6)+".exe", int64(r.Between(40_000, 90_000))
	}
	dialogue.SMBProbe(r, s.request(&c, s.nameOf(c.Server), 0), &c, access)
	return []packet.Conversation{c}
}
