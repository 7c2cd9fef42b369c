// Package scenario reads what is to happen on which network: hosts, duration, traffic model and attacks.
package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/netip"
	"time"

	"github.com/evilbench/evilbench/generator/attack"
	"github.com/evilbench/evilbench/generator/packet"
)

// Scenario is a valid scenario with every default filled in. Its JSON form is the normalised one that Digest covers.
type Scenario struct {
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Start       time.Time     `json:"start"`    // UTC
	Duration    time.Duration `json:"duration"` // ns in JSON
	Seed        uint64        `json:"seed"`
	Model       string        `json:"model"` // name of a built-in traffic model, or a path
	Rate        float64       `json:"rate"`  // multiplies every pattern's rate
	Network     Network       `json:"network"`
	Attacks     []Attack      `json:"attacks"`
}

// Network is the monitored site and what lies beyond it.
type Network struct {
	Domain   string   `json:"domain"` // the site's own DNS domain
	Subnets  []Subnet `json:"subnets"`
	Internet Internet `json:"internet"`
	Hosts    []Host   `json:"hosts"`
}

// Subnet is one link of the site.
type Subnet struct {
	Name     string       `json:"name"`
	CIDR     netip.Prefix `json:"cidr"`     // IPv4
	CIDR6    netip.Prefix `json:"cidr6"`    // IPv6, zero = none
	Gateway  netip.Addr   `json:"gateway"`  // the router's IPv4 address on this link
	Gateway6 netip.Addr   `json:"gateway6"` // the router's IPv6 address, zero = none
}

// Internet is the world outside.
type Internet struct {
	Hosts int `json:"hosts"` // how many servers there are to talk to
}

// Host is one machine of the site.
type Host struct {
	Name     string     `json:"name"`
	Subnet   string     `json:"subnet"`
	Role     string     `json:"role"` // workstation, server, printer, or any word the model knows
	Address  netip.Addr `json:"address"`
	IPv6     bool       `json:"ipv6"`     // speaks IPv6
	Address6 netip.Addr `json:"address6"` // drawn from the name in the subnet's prefix unless given; zero = speaks no IPv6
	OS       string     `json:"os"`       // name of a packet.Stack
	Services []string   `json:"services"` // what it serves, see Services
	Offline  bool       `json:"offline"`  // has an address and never answers
}

// Attack is one campaign to be.
type Attack struct {
	Kind string        `json:"kind"` // name of an attack.Kind
	Name string        `json:"name"` // campaign id, unique
	At   time.Duration `json:"at"`   // from the scenario's start
	For  time.Duration `json:"for"`
	From string        `json:"from"` // host, role, or "internet"
	To   []string      `json:"to"`   // hosts, roles, subnets, or "internet"
	With attack.Attack `json:"with"` // the attack with its parameters
}

// Internet is the word for a machine outside the site, as an attack's source or target.
const internet = "internet"

// Services are what a host can serve.
var Services = []string{"dns", "http", "tls", "smtp", "imaps", "submission", "ssh", "ntp", "smb", "ping"}

// Stacks are the operating systems a host can have: the names of packet.Stacks.
func Stacks() []string {
	names := make([]string, len(packet.Stacks))
	for i := range packet.Stacks {
		names[i] = packet.Stacks[i].Name
	}
	return names
}

// HomeNet returns the site's networks, IPv4 and IPv6, in the order of the subnets.
func (s *Scenario) HomeNet() []netip.Prefix {
	var out []netip.Prefix
	for _, n := range s.Network.Subnets {
		out = append(out, n.CIDR)
		if n.CIDR6.IsValid() {
			out = append(out, n.CIDR6)
		}
	}
	return out
}

// Digest is "sha256:" and the hexadecimal SHA-256 of the normalised scenario. Comments, order of keys and spelled-out defaults do
// not change it.
func (s *Scenario) Digest() (string, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}
