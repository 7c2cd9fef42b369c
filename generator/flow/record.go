// Package flow draws flows from a traffic model, window by window.
package flow

import (
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Entity is one end of a flow: a machine, and the name by which it is known here.
type Entity struct {
	Host *packet.Host
	Name string // fully qualified, without the final dot
	IPv6 bool   // it is known by its IPv6 address
}

// Directory resolves a model's symbolic sources ("role:workstation", "service:dns", "internet:web", "host:pc-01") to machines.
// Implementations must be safe for concurrent use and answer the same every time.
type Directory interface {
	// Members counts the machines of a source, 0 = unknown or empty.
	Members(from string) int
	// Member is the i-th machine of a source, 0-based.
	Member(from string, i int) Entity
	// Pick draws one machine of a source that can be what is wanted, popular ones more often; nobody (a nil Host) where there is none.
	Pick(from string, want Want, r *draw.Stream) Entity
	// Crowd is how many machines there are for each that a source meant where the model was learnt; 1 where it meant none.
	Crowd(from string) float64
}

// Want is what a flow wants of its destination.
type Want struct {
	Service string // "" = nothing, as of a source
	Of      Entity // who asks; nobody where it is the source that is drawn
}

// Record is one flow to be, before it has packets.
type Record struct {
	Pattern  string
	Instance draw.Seed // address of the pattern instance
	Row      int       // number of the flow within its instance; (Instance, Row) is unique
	Lookup   int       // Row of the instance's lookup that answered Dst: this flow must not start before that answer; -1 = none
	Time     int64     // start, ns since the epoch
	Src, Dst Entity
	Proto    uint8  // IANA protocol number
	Port     uint16 // destination port; of ICMP the type
	ICMPCode uint8
	Service  string
	Name     string // asked for (dns) or spoken to (Host, SNI); never empty where an end has a name
	Answer   Entity // dns: the machine the name stands for; nil Host = no such name
	Answer6  bool   // dns: the AAAA record is asked for and answered
	OutBytes int64  // payload bytes by the source, 0 = the dialogue's own draw; with packets, bytes of IP packets
	InBytes  int64  // the same by the destination

	OutPackets, InPackets int64  // both 0 = as many as the dialogue needs
	Flags                 string // TCP flags of both ways, places UAPRSF; "" = as the state has it
	State                 string // SF, S0, REJ, RSTO, RSTR
	IPv6                  bool   // both ends have an IPv6 address and the model wants it used
	Duration              int64  // ns, 0 = as the dialogue makes it
}
