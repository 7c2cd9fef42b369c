package attack

import (
	"errors"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Exfiltration uploads archives under TLS.
type Exfiltration struct {
	Uploads   int   `yaml:"uploads" json:"uploads"`
	Megabytes int64 `yaml:"megabytes" json:"megabytes"` // in each
}

func newExfiltration() Attack { return &Exfiltration{Uploads: 3, Megabytes: 8} }

// Validate checks the parameters.
func (a *Exfiltration) Validate() error {
	if a.Uploads < 1 || a.Uploads > 10_000 {
		return errors.New("uploads: 1 to 10000")
	}
	if a.Megabytes < 1 || a.Megabytes > 10_000 {
		return errors.New("megabytes: 1 to 10000")
	}
	return nil
}

// Plan implements Attack.
func (a *Exfiltration) Plan(length int64) Plan {
	return Plan{Steps: a.Uploads, Gap: max(1, length/int64(a.Uploads)), Jitter: 0.3}
}

// Step is one upload.
func (a *Exfiltration) Step(_ int, s *Site, r *draw.Stream) []packet.Conversation {
	dns, ready := s.lookup(s.C2Name, s.C2.Addr, r)
	c := s.tcp(s.C2, 443)
	c.Start = ready + 2*s.C2.Delay
	q := s.request(&c, s.C2Name, 0)
	q.OutBytes, q.InBytes = a.Megabytes*1e6, 2500
	dialogue.TLS(r, q, &c)
	return []packet.Conversation{dns, c}
}
