// Package suricata runs Suricata 6, 7 and 8 over captures so that two runs say the same, and reads what it wrote.
package suricata

import (
	"bytes"
	_ "embed"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"text/template"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/rules"
)

// Options are choices about the engine that change what it can see. The zero value is the default.
type Options struct {
	// ExternalAny makes EXTERNAL_NET any instead of everything outside HOME_NET, so that rules which want an outside source
	// also fire on attacks between local hosts.
	ExternalAny bool
	// Checksums makes the engine drop packets with wrong checksums (-k all). Off, captures from hosts that leave checksums to
	// their network card are read as they are.
	Checksums bool
}

// Detector implements ids.Detector.
type Detector struct{ options Options }

var _ ids.Detector = (*Detector)(nil)

// New makes a detector.
func New(o Options) *Detector { return &Detector{options: o} }

// Name is "suricata".
func (*Detector) Name() string { return "suricata" }

// Check is the invocation that loads configuration and rules, and ends with exit code 1 where one rule cannot be read.
// Report on its output folder says which.
func (d *Detector) Check(in ids.Input) (ids.Invocation, error) { return d.invocation(in, "-T") }

// Run is the invocation that reads the capture. Rules that cannot be read are left out; Report counts them.
func (d *Detector) Run(in ids.Input) (ids.Invocation, error) {
	return d.invocation(in, "-r", "{capture}")
}

func (d *Detector) invocation(in ids.Input, mode ...string) (ids.Invocation, error) {
	config, err := d.config(in.HomeNet)
	if err != nil {
		return ids.Invocation{}, err
	}
	checksums := "none"
	if d.options.Checksums {
		checksums = "all"
	}
	classification, err := rules.Classification()
	if err != nil {
		return ids.Invocation{}, err
	}
	references, err := rules.References()
	if err != nil {
		return ids.Invocation{}, err
	}
	args := append(mode,
		"-c", "{config}", "-l", "{output}", "-k", checksums, "--runmode", "single",
		"--set", "classification-file={classification}", "--set", "reference-config-file={references}")
	if in.Rules == "" {
		args = append(args, "--disable-detection")
	} else {
		args = append(args, "-S", "{rules}")
	}
	return ids.Invocation{
		Engine: "suricata",
		Args:   args,
		Files:  map[string][]byte{"config": config, "classification": classification, "references": references},
	}, nil
}

//go:embed suricata.yaml.tmpl
var configText string

var configTemplate = template.Must(template.New("suricata.yaml").Option("missingkey=error").Parse(configText))

// config renders suricata.yaml for a home network. Equal networks in another order give the same text.
func (d *Detector) config(homeNet []string) ([]byte, error) {
	home, everything, err := homeNetwork(homeNet)
	if err != nil {
		return nil, err
	}
	external := "!$HOME_NET"
	if d.options.ExternalAny || everything {
		external = "any" // Suricata refuses the complement of everything
	}
	var out bytes.Buffer
	err = configTemplate.Execute(&out, struct {
		HomeNet, ExternalNet string
		Checksums            bool
	}{home, external, d.options.Checksums})
	return out.Bytes(), err
}

// homeNetwork writes prefixes as Suricata's address list.
func homeNetwork(prefixes []string) (list string, everything bool, err error) {
	if len(prefixes) == 0 {
		return "", false, fmt.Errorf("home network: empty: name the prefixes of the monitored network, e.g. 192.168.0.0/16")
	}
	parsed := make([]netip.Prefix, 0, len(prefixes))
	for _, p := range prefixes {
		n, err := netip.ParsePrefix(p)
		if err != nil {
			return "", false, fmt.Errorf("home network: %q is not a prefix: write it like 192.168.0.0/16", p)
		}
		everything = everything || n.Bits() == 0
		parsed = append(parsed, n.Masked())
	}
	slices.SortFunc(parsed, netip.Prefix.Compare)
	words := make([]string, 0, len(parsed))
	for _, n := range slices.Compact(parsed) {
		words = append(words, n.String())
	}
	return "[" + strings.Join(words, ",") + "]", everything, nil
}
