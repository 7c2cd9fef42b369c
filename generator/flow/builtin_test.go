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

// The model written by hand has on the small network all that it asks for, and nothing stands idle.
func TestExampleFitsTheSmallNetwork(t *testing.T) {
	sc, err := scenario.Load("smoke")
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
	services := map[string]int{}
	start := sc.Start.UnixNano()
	for _, r := range s.Window(draw.NewSeed(sc.Seed), 0, start, start+6*3600*second, nil) {
		services[r.Service]++
	}
	for _, service := range model.Services {
		if services[service.Name] == 0 && service.Name != model.Opaque && service.Name != "submission" {
			t.Errorf("no %s among %v", service.Name, services)
		}
	}
}
