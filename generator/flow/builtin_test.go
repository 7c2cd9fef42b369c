package flow

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/generator/scenario"
)

// siteOf is a scenario's network with a few machines of every kind the office model knows outside.
func siteOf(s *scenario.Scenario) site {
	out := site{}
	for i := range s.Network.Hosts {
		h := &s.Network.Hosts[i]
		e := Entity{Host: &packet.Host{Name: h.Name, Addr: h.Address, Addr6: h.Address6}, Name: h.Name + "." + s.Network.Domain}
		out["role:"+h.Role] = append(out["role:"+h.Role], e)
		for _, service := range h.Services {
			out["service:"+service] = append(out["service:"+service], e)
		}
	}
	for i, kind := range []string{"web", "cdn", "dns", "ntp", "mail", "ssh", "updates", "telemetry"} {
		for k := range 5 {
			h := &packet.Host{Name: fmt.Sprintf("%s%d", kind, k), Addr: netip.AddrFrom4([4]byte{198, 51, byte(i), byte(k)})}
			out["internet:"+kind] = append(out["internet:"+kind], Entity{Host: h, Name: h.Name + ".example"})
		}
	}
	return out
}

// Every built-in scenario has what its model asks for, nothing stands idle, and the default holds what a benchmark needs.
func TestBuiltinScenariosFitTheirModels(t *testing.T) {
	for _, name := range scenario.Builtin() {
		t.Run(name, func(t *testing.T) {
			sc, err := scenario.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			m, err := model.Load(sc.Model)
			if err != nil {
				t.Fatal(err)
			}
			s, err := New(m, siteOf(sc), sc.Rate)
			if err != nil {
				t.Fatal(err)
			}
			if idle := s.Idle(); len(idle) > 0 {
				t.Errorf("nobody for %v", idle)
			}
			services, bytes := map[string]int{}, int64(0)
			start := sc.Start.UnixNano()
			records := s.Window(draw.NewSeed(sc.Seed), 0, start, start+int64(sc.Duration), nil)
			for _, r := range records {
				services[r.Service]++
				bytes += r.OutBytes + r.InBytes
			}
			t.Logf("%d flows, %d MB, %v", len(records), bytes>>20, services)
			if name != "office" {
				return
			}
			if len(records) < 5000 || bytes > 300<<20 {
				t.Errorf("%d flows with %d MB, want at least 5000 and below 300", len(records), bytes>>20)
			}
			for _, service := range model.Services {
				if services[service.Name] == 0 && service.Name != model.Opaque {
					t.Errorf("no %s", service.Name)
				}
			}
		})
	}
}
