package suricata

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/evilbench/evilbench/ids"
)

// settings is what this package reads of its own suricata.yaml.
type settings struct {
	Vars struct {
		Addresses map[string]string `yaml:"address-groups"`
		Ports     map[string]string `yaml:"port-groups"`
	} `yaml:"vars"`
	ThresholdFile string `yaml:"threshold-file"`
	Stream        struct {
		Midstream  bool `yaml:"midstream"`
		Reassembly struct {
			Depth string `yaml:"depth"`
		} `yaml:"reassembly"`
	} `yaml:"stream"`
	AppLayer struct {
		Protocols map[string]yaml.Node `yaml:"protocols"`
	} `yaml:"app-layer"`
}

func readSettings(inv ids.Invocation) (settings, error) {
	var s settings
	if err := yaml.Unmarshal(inv.Files["config"], &s); err != nil {
		return s, fmt.Errorf("suricata.yaml: %w; run the detector again", err)
	}
	return s, nil
}

// Settings reads what an invocation lets the engine see.
func (*Detector) Settings(inv ids.Invocation) (ids.Settings, error) {
	s, err := readSettings(inv)
	if err != nil {
		return ids.Settings{}, err
	}
	out := ids.Settings{Variables: map[string]string{}, Midstream: s.Stream.Midstream, Checksums: !slices.Contains(inv.Args, "none"), Thresholds: s.ThresholdFile}
	for _, group := range []map[string]string{s.Vars.Addresses, s.Vars.Ports} {
		for name, value := range group {
			out.Variables[name] = value
		}
	}
	if out.Thresholds == "/dev/null" {
		out.Thresholds = ""
	}
	var http struct {
		LibHTP struct {
			Default struct {
				Request  string `yaml:"request-body-limit"`
				Response string `yaml:"response-body-limit"`
			} `yaml:"default-config"`
		} `yaml:"libhtp"`
	}
	if node, ok := s.AppLayer.Protocols["http"]; ok {
		if err := node.Decode(&http); err != nil {
			return out, fmt.Errorf("suricata.yaml: app-layer.protocols.http: %w; run the detector again", err)
		}
	}
	out.StreamDepth, err = size(s.Stream.Reassembly.Depth)
	if err != nil {
		return out, err
	}
	request, err := size(http.LibHTP.Default.Request)
	if err != nil {
		return out, err
	}
	response, err := size(http.LibHTP.Default.Response)
	out.BodyLimit = min(request, response)
	return out, err
}

// size reads a number of bytes as Suricata writes it: 100kb, 1mb, 0. An absent one is 0.
func size(text string) (int64, error) {
	digits := strings.TrimRight(strings.ToLower(text), "kmgb ")
	if digits == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(digits, 10, 40)
	if err != nil {
		return 0, fmt.Errorf("suricata.yaml: %q is no size; run the detector again", text)
	}
	unit := strings.TrimSuffix(strings.TrimSpace(strings.ToLower(text[len(digits):])), "b")
	shift, known := map[string]int{"": 0, "k": 10, "m": 20, "g": 30}[unit]
	if !known {
		return 0, fmt.Errorf("suricata.yaml: %q is no size; run the detector again", text)
	}
	return n << shift, nil
}

// Lift is the invocation without one limit. ports are those on which protocols are to be looked for, for ids.LimitPorts.
func (*Detector) Lift(inv ids.Invocation, limit ids.Limit, ports []uint16) (ids.Invocation, error) {
	inv.Args = slices.Clone(inv.Args)
	set := func(assignments ...string) {
		for _, a := range assignments {
			inv.Args = append(inv.Args, "--set", a)
		}
	}
	switch limit {
	case ids.LimitChecksums:
		if i := slices.Index(inv.Args, "-k"); i >= 0 && i+1 < len(inv.Args) {
			inv.Args[i+1] = "none"
		}
		set("stream.checksum-validation=no", "pcap-file.checksum-checks=no")
	case ids.LimitHomeNet:
		set("vars.address-groups.HOME_NET=any", "vars.address-groups.EXTERNAL_NET=any")
	case ids.LimitMidstream:
		set("stream.midstream=true", "stream.async-oneside=true")
	case ids.LimitDepth:
		const http = "app-layer.protocols.http.libhtp.default-config."
		set("stream.reassembly.depth=0", http+"request-body-limit=0", http+"response-body-limit=0")
	case ids.LimitAlerts:
		set("packet-alert-max=255") // the most it takes
	case ids.LimitPorts:
		s, err := readSettings(inv)
		if err != nil {
			return inv, err
		}
		set(s.widened(ports)...)
	default:
		return inv, fmt.Errorf("suricata has no limit %q", limit)
	}
	return inv, nil
}

// widened adds ports to every list of ports on which a protocol is looked for.
func (s *settings) widened(ports []uint16) []string {
	var out []string
	for name, node := range s.AppLayer.Protocols {
		for path, list := range detectionPorts(&node, name) {
			for _, p := range ports {
				list += ", " + strconv.Itoa(int(p))
			}
			out = append(out, "app-layer.protocols."+path+"="+list)
		}
	}
	slices.Sort(out)
	return out
}

// detectionPorts finds the lists of destination ports below a protocol, with tcp and udp apart or together.
func detectionPorts(node *yaml.Node, path string) map[string]string {
	out := map[string]string{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i].Value, node.Content[i+1]
		switch key {
		case "tcp", "udp":
			for p, list := range detectionPorts(value, path+"."+key) {
				out[p] = list
			}
		case "detection-ports":
			var ports struct {
				Dp string `yaml:"dp"`
			}
			if value.Decode(&ports) == nil && ports.Dp != "" {
				out[path+"."+key+".dp"] = ports.Dp
			}
		}
	}
	return out
}
