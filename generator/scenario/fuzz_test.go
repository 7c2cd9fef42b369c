package scenario

import (
	"errors"
	"testing"

	"github.com/evilbench/evilbench/benchmarks"
	"github.com/evilbench/evilbench/generator/fault"
)

// Either a scenario with hosts inside its subnets or faults that can be shown, never both and never a panic.
func FuzzParse(f *testing.F) {
	for _, name := range Builtin() {
		data, err := benchmarks.Scenarios.ReadFile("scenarios/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(small))
	f.Add([]byte("a: &a [*a, {<<: *a}]"))
	f.Add([]byte("attacks: [{kind: tcp-syn-scan, with: {? {a: b} : c}}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse("fuzz.yaml", data)
		if err != nil {
			var e *fault.Error
			if s != nil || !errors.As(err, &e) || len(e.Faults) == 0 || e.Error() == "" {
				t.Fatalf("scenario %v, error %v", s, err)
			}
			return
		}
		if _, err := s.Digest(); err != nil {
			t.Fatal(err)
		}
		for _, h := range s.Network.Hosts {
			inside := false
			for _, p := range s.HomeNet() {
				inside = inside || p.Contains(h.Address)
			}
			if !inside || h.IPv6 != h.Address6.IsValid() {
				t.Fatalf("host %+v does not fit the subnets", h)
			}
		}
		for _, a := range s.Attacks {
			if a.With == nil || a.For <= 0 || a.At+a.For > s.Duration || len(a.To) == 0 {
				t.Fatalf("attack %+v", a)
			}
		}
	})
}
