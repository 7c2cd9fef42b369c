package attack

import (
	"cmp"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Exfiltration uploads archives under TLS. Many small uploads are the quiet way.
type Exfiltration struct {
	Uploads   int     `yaml:"uploads" json:"uploads"`
	Megabytes float64 `yaml:"megabytes" json:"megabytes"` // in each, about; 1e6 bytes
}

func newExfiltration() Attack { return &Exfiltration{Uploads: 3, Megabytes: 8} }

// Validate checks the parameters.
func (a *Exfiltration) Validate() error {
	return cmp.Or(within("uploads", a.Uploads, 1, 10_000), within("megabytes", a.Megabytes, 0.01, 10_000))
}

// Plan implements Attack.
func (a *Exfiltration) Plan(length int64) Plan {
	return Plan{Steps: a.Uploads, Gap: max(1, length/int64(a.Uploads)), Jitter: 0.3}
}

// Step is one upload behind the look-up of where to.
func (a *Exfiltration) Step(_ int, s *Site, r *draw.Stream) []packet.Conversation {
	dns, ready := s.lookup(r)
	c := s.talk(stageExfiltrate, packet.TCP, s.C2, 443)
	c.Start, c.Long = ready, true
	q := s.request(&c, s.C2Name)
	q.OutBytes, q.InBytes = int64(a.Megabytes*1e6*(0.8+0.4*r.Float64())), r.Duration(1500, 6000)
	dialogue.TLS(r, q, &c)
	return []packet.Conversation{dns, c}
}
