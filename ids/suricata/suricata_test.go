package suricata

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/evilbench/evilbench/ids"
)

func TestConfigIsTheDeterminismProfile(t *testing.T) {
	inv, err := New(Options{}).Run(ids.Input{HomeNet: []string{"192.168.7.9/16", "10.0.0.0/8", "2001:db8::/32", "10.0.0.0/8"}, Rules: "r", Capture: "c"})
	if err != nil {
		t.Fatal(err)
	}
	var config any
	if err := yaml.Unmarshal(inv.Files["config"], &config); err != nil {
		t.Fatalf("suricata.yaml is no YAML: %v", err)
	}
	for path, want := range map[string]any{
		"vars/address-groups/HOME_NET":           "[10.0.0.0/8,192.168.0.0/16,2001:db8::/32]",
		"vars/address-groups/EXTERNAL_NET":       "!$HOME_NET",
		"runmode":                                "single",
		"stream/reassembly/randomize-chunk-size": "no",
		"app-layer/protocols/http/libhtp/default-config/randomize-inspection-sizes": "no",
		"app-layer/protocols/modbus/enabled":                                        "yes",
		"app-layer/protocols/dnp3/enabled":                                          "yes",
		"vlan/use-for-tracking":                                                     true,
		"stream/checksum-validation":                                                "no",
		"pcap-file/checksum-checks":                                                 "no",
	} {
		if got := at(config, path); got != want {
			t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
	args := strings.Join(inv.Args, " ")
	for _, want := range []string{"-r {capture}", "-S {rules}", "-k none", "--runmode single", "-l {output}", "-c {config}"} {
		if !strings.Contains(args, want) {
			t.Errorf("arguments %q lack %q", args, want)
		}
	}
}

// at follows a path of keys.
func at(node any, path string) any {
	for key := range strings.SplitSeq(path, "/") {
		m, ok := node.(map[string]any)
		if !ok {
			return nil
		}
		node = m[key]
	}
	return node
}

func TestOptions(t *testing.T) {
	in := ids.Input{HomeNet: []string{"10.0.0.0/8"}}
	inv, err := New(Options{ExternalAny: true, Checksums: true}).Check(in)
	if err != nil {
		t.Fatal(err)
	}
	config := string(inv.Files["config"])
	for _, want := range []string{`EXTERNAL_NET: "any"`, "checksum-checks: yes", "checksum-validation: yes"} {
		if !strings.Contains(config, want) {
			t.Errorf("suricata.yaml lacks %q", want)
		}
	}
	if !slices.Contains(inv.Args, "-T") || !slices.Contains(inv.Args, "all") || slices.Contains(inv.Args, "-r") {
		t.Errorf("arguments of a check: %q", inv.Args)
	}
	if !slices.Contains(inv.Args, "--disable-detection") || slices.Contains(inv.Args, "-S") {
		t.Errorf("arguments without rules: %q", inv.Args)
	}
}

func TestHomeNetwork(t *testing.T) {
	for text, fault := range map[string]bool{"10.0.0.0/8": false, "10.0.0.1": true, "": true, `10.0.0.0/8"`: true, "::/0": false} {
		inv, err := New(Options{}).Run(ids.Input{HomeNet: []string{text}})
		if (err != nil) != fault {
			t.Errorf("home network %q: error %v, want one: %v", text, err, fault)
		}
		if text == "::/0" && !strings.Contains(string(inv.Files["config"]), `EXTERNAL_NET: "any"`) {
			t.Error("a home network of everything leaves nothing outside: EXTERNAL_NET must be any")
		}
	}
	if _, err := New(Options{}).Run(ids.Input{}); err == nil || !strings.Contains(err.Error(), "home network") {
		t.Errorf("no home network: error %v", err)
	}
}
