package attack

import (
	"cmp"
	"errors"
	"strings"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
)

// SMBLateral tries administrative shares and the service control pipe on one machine after the other, round after round. The first
// round guesses wrong where there are others; later ones log on, and where the machine lets them, leave a file of random bytes.
type SMBLateral struct {
	Rate   float64 `yaml:"rate" json:"rate"`     // connections a second
	Rounds int     `yaml:"rounds" json:"rounds"` // visits to each target before it starts over
	User   string  `yaml:"user" json:"user"`
	Opens  float64 `yaml:"opens" json:"opens"` // share of the targets where the user is an administrator
}

func newSMBLateral() Attack {
	return &SMBLateral{Rate: 0.2, Rounds: 3, User: "administrator", Opens: 0.7}
}

// Validate checks the parameters.
func (a *SMBLateral) Validate() error {
	if a.User == "" || len(a.User) > 104 || strings.ContainsAny(a.User, "\"/\\[]:;|=,+*?<>\x00") {
		return errors.New(`user: a name of 1 to 104 bytes without "/\[]:;|=,+*?<>`)
	}
	return cmp.Or(within("rate", a.Rate, slowest, 100), within("rounds", a.Rounds, 1, 1000), within("opens", a.Opens, 0, 1))
}

// Plan implements Attack.
func (a *SMBLateral) Plan(length int64) Plan { return paced(length, a.Rate, 0.6) }

var adminShares = []string{"ADMIN$", "C$", "IPC$"}

// Step is one visit. A machine that shares no files refuses the connection, and nothing gets through.
func (a *SMBLateral) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	round := s.visit(k) % a.Rounds
	c := s.talk(a.stage(round), packet.TCP, s.target(k), 445)
	if c.Server.Absent {
		return unanswered(c)
	}
	if !open(c.Server, packet.TCP, 445, nil) {
		c.Ending, c.Class = packet.Refused, labels.Attempted
		return []packet.Conversation{c}
	}
	access := dialogue.SMBAccess{User: a.User, Shares: adminShares, Pipe: "svcctl"}
	access.LogonFails = a.fails(round)
	access.Granted = s.fate("opens", c.Server, 0, a.Opens)
	if round == a.Rounds-1 && access.Granted {
		c.Stage = stageDeliver
		access.Drop, access.DropBytes = "svc"+r.Hex(6)+".exe", r.Duration(40_000, 90_000)
	}
	dialogue.SMBProbe(r, s.request(&c, s.nameOf(c.Server)), &c, access)
	return []packet.Conversation{c}
}

// fails tells whether the logons of a round are wrong.
func (a *SMBLateral) fails(round int) bool { return round == 0 && a.Rounds > 1 }

func (a *SMBLateral) stage(round int) string {
	if a.fails(round) {
		return stageGuess
	}
	return stageLogin
}
