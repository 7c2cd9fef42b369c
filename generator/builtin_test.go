package generator_test

import (
	"context"
	"testing"

	"github.com/evilbench/evilbench/generator"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/scenario"
)

// The default benchmark holds what one needs: thousands of benign flows of the services that its campaigns hide among, in a capture that fits.
func TestOfficeHoldsWhatABenchmarkNeeds(t *testing.T) {
	sc, err := scenario.Load("office")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Load(sc.Model)
	if err != nil {
		t.Fatal(err)
	}
	rows, warnings := flows(t, sc, m, generator.Options{})
	if len(warnings) > 0 {
		t.Errorf("warnings %v", warnings)
	}
	ports := count(rows, byPort)
	t.Logf("%d flows: %v", len(rows), ports)
	if len(rows) < 5000 {
		t.Errorf("%d flows, want at least 5000", len(rows))
	}
	for _, port := range []string{"53.0", "80.0", "443.0", "137.0", "138.0"} {
		if ports[port] == 0 {
			t.Errorf("no flow to port %s", port)
		}
	}
	r, err := generator.Generate(context.Background(), sc, m, &discard{}, generator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d packets, %d flows, %d campaigns", r.Packets, r.Flows, len(r.Campaigns))
	if r.Packets > 1_000_000 {
		t.Errorf("%d packets", r.Packets)
	}
}

// The other learnt model plays on the default network, too, but for what nobody offers there.
func TestWorkstationPlaysInTheOffice(t *testing.T) {
	sc, err := scenario.Load("office")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Builtin("workstation")
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := flows(t, sc, m, generator.Options{SkipMissing: true})
	if len(rows) < 100 || count(rows, byPort)["443.0"] == 0 {
		t.Errorf("%d flows: %v", len(rows), count(rows, byPort))
	}
}

// No name or address of the networks that were watched is in the repository: hosts have roles, and groups are those of standards.
func TestBuiltinModelsNameNobody(t *testing.T) {
	for _, name := range model.BuiltinNames {
		m, err := model.Builtin(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range m.Hosts {
			if h.Address != "" {
				t.Errorf("%s: %s has the address %s", name, h.Name, h.Address)
			}
		}
	}
}
