package scenario

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/evilbench/evilbench/generator/attack"
)

// Bounds of a scenario.
const (
	maxSubnets  = 256
	maxHosts    = 4096
	maxAttacks  = 4096
	maxTargets  = 4096
	maxInternet = 100_000
	maxRate     = 1000
	maxDuration = 366 * 24 * time.Hour
)

func (d *decoder) scenarioFields(s *Scenario) []field {
	return []field{
		{name: "name", required: true, read: d.id(&s.Name)},
		{name: "description", read: d.text(&s.Description)},
		{name: "start", required: true, read: d.start(&s.Start)},
		{name: "duration", required: true, read: d.duration(&s.Duration)},
		{name: "seed", read: value(d, &s.Seed, "", func(t string) (uint64, error) {
			v, err := strconv.ParseUint(t, 10, 64)
			if err != nil {
				return 0, fmt.Errorf("%q is not a whole number from 0 to %d", t, uint64(math.MaxUint64))
			}
			return v, nil
		})},
		{name: "model", read: d.text(&s.Model)},
		{name: "rate", read: value(d, &s.Rate, "1 leaves the model as it is", func(t string) (float64, error) {
			v, err := strconv.ParseFloat(t, 64)
			if err != nil || !(v >= 0 && v <= maxRate) {
				return 0, fmt.Errorf("%q is not a number from 0 to %d", t, maxRate)
			}
			return v, nil
		})},
		{name: "network", required: true, read: func(n *yaml.Node, path string) { d.mapping(n, path, d.networkFields(&s.Network)) }},
		{name: "attacks", read: func(n *yaml.Node, path string) {
			d.sequence(n, path, maxAttacks, func(n *yaml.Node, path string) {
				s.Attacks = append(s.Attacks, Attack{})
				a := &s.Attacks[len(s.Attacks)-1]
				d.mapping(n, path, d.attackFields(a))
			})
		}},
	}
}

func (d *decoder) networkFields(s *Network) []field {
	return []field{
		{name: "domain", required: true, read: value(d, &s.Domain, "write a DNS domain, e.g. corp.example", domain)},
		{name: "subnets", required: true, read: func(n *yaml.Node, path string) {
			d.sequence(n, path, maxSubnets, func(n *yaml.Node, path string) {
				s.Subnets = append(s.Subnets, Subnet{})
				d.mapping(n, path, d.subnetFields(&s.Subnets[len(s.Subnets)-1]))
			})
		}},
		{name: "internet", read: func(n *yaml.Node, path string) { d.mapping(n, path, d.internetFields(&s.Internet)) }},
		{name: "hosts", required: true, read: func(n *yaml.Node, path string) {
			d.sequence(n, path, maxHosts, func(n *yaml.Node, path string) {
				s.Hosts = append(s.Hosts, Host{})
				d.mapping(n, path, d.hostFields(&s.Hosts[len(s.Hosts)-1]))
			})
		}},
	}
}

func (d *decoder) subnetFields(s *Subnet) []field {
	return []field{
		{name: "name", required: true, read: d.id(&s.Name)},
		{name: "cidr", required: true, read: d.prefix(&s.CIDR, false)},
		{name: "cidr6", read: d.prefix(&s.CIDR6, true)},
		{name: "gateway", read: d.address(&s.Gateway, false)},
		{name: "gateway6", read: d.address(&s.Gateway6, true)},
	}
}

func (d *decoder) internetFields(s *Internet) []field {
	return []field{{name: "hosts", read: d.integer(&s.Hosts, 1, maxInternet)}}
}

func (d *decoder) hostFields(h *Host) []field {
	return []field{
		{name: "name", required: true, read: d.id(&h.Name)},
		{name: "subnet", read: d.text(&h.Subnet)},
		{name: "role", required: true, read: d.id(&h.Role)},
		{name: "address", required: true, read: d.address(&h.Address, false)},
		{name: "address6", read: d.address(&h.Address6, true)},
		{name: "ipv6", read: d.boolean(&h.IPv6)},
		{name: "os", required: true, read: d.word(&h.OS, Stacks(), "operating system")},
		{name: "services", read: func(n *yaml.Node, path string) {
			d.list(n, path, len(Services), func(n *yaml.Node, path string) {
				var service string
				if d.word(&service, Services, "service")(n, path); service != "" {
					h.Services = append(h.Services, service)
				}
			})
		}},
		{name: "offline", read: d.boolean(&h.Offline)},
	}
}

func (d *decoder) attackFields(a *Attack) []field {
	return []field{
		{name: "kind", required: true, read: d.word(&a.Kind, kindNames(), "attack")},
		{name: "name", read: d.id(&a.Name)},
		{name: "at", required: true, read: d.duration(&a.At)},
		{name: "for", required: true, read: d.duration(&a.For)},
		{name: "from", required: true, read: d.text(&a.From)},
		{name: "to", required: true, read: func(n *yaml.Node, path string) {
			d.list(n, path, maxTargets, func(n *yaml.Node, path string) {
				var target string
				if d.text(&target)(n, path); target != "" {
					a.To = append(a.To, target)
				}
			})
		}},
		{name: "with", read: func(n *yaml.Node, path string) { d.is(n, path, yaml.MappingNode) }},
	}
}

func kindNames() []string {
	var out []string
	for _, k := range attack.Kinds() {
		out = append(out, k.Name)
	}
	return out
}

func (d *decoder) start(into *time.Time) func(*yaml.Node, string) {
	return value(d, into, "write RFC 3339, e.g. 2024-03-05T09:00:00Z", func(s string) (time.Time, error) {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return t, fmt.Errorf("bad time %q", s)
		}
		if t.Year() < 1970 || t.Year() > 2100 {
			return t, fmt.Errorf("the year %d is not between 1970 and 2100, which a capture can hold", t.Year())
		}
		return t.UTC(), nil
	})
}

// id reads a name of a thing: letters, digits, dots, hyphens and underscores.
func (d *decoder) id(into *string) func(*yaml.Node, string) {
	return value(d, into, "use letters, digits, hyphens, underscores and dots", func(s string) (string, error) {
		if len(s) == 0 || len(s) > 63 {
			return "", fmt.Errorf("a name of %d characters, must be 1 to 63", len(s))
		}
		for _, c := range s {
			if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.') {
				return "", fmt.Errorf("%q is not allowed in a name", c)
			}
		}
		return s, nil
	})
}

// domain reads a DNS domain of at least two labels, in lower case.
func domain(s string) (string, error) {
	labels := strings.Split(s, ".")
	if len(s) > 200 || len(labels) < 2 {
		return "", fmt.Errorf("%q is not a domain", s)
	}
	for _, l := range labels {
		if len(l) == 0 || len(l) > 63 || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return "", fmt.Errorf("%q is not a domain", s)
		}
	}
	return s, nil
}
