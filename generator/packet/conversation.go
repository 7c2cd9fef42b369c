// Package packet turns conversations into full, correct packets: link layer, addresses, ports, sequence numbers, checksums.
package packet

import (
	"net/netip"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/labels"
)

// Stack is how a host's IP and TCP implementation looks on the wire.
type Stack struct {
	Name        string
	TTL         uint8  // initial TTL or hop limit: 64, 128, 255
	Window      uint16 // window of the SYN
	MSS         uint16 // IPv4; 20 bytes less over IPv6
	WindowScale uint8  // shift count (RFC 7323)
	SACK        bool   // SACK-permitted (RFC 2018)
	Timestamps  bool   // RFC 7323 timestamps on every segment
	IPID        IPID   // how the identification field runs
	PortLow     uint16 // first ephemeral port
	PortHigh    uint16 // last ephemeral port
}

// IPID is a policy for the IPv4 identification field.
type IPID uint8

// The identification policies.
const (
	IPIDPerFlow IPID = iota // a random start, then counting (Linux)
	IPIDZero                // zero where DF is set
	IPIDRandom              // random each time
)

// Host is one machine as the packets see it.
type Host struct {
	Name    string
	Addr    netip.Addr // IPv4
	Addr6   netip.Addr // IPv6, zero = none
	MAC     [6]byte    // as the sensor sees frames from it: its own on the local segment, the gateway's for everything beyond
	Stack   *Stack
	Local   bool  // sits on the monitored network
	Segment int   // local hosts: which link they share
	Router  *Host // local hosts: who carries their packets to other segments and beyond
	Absent  bool  // an address where nobody is: nothing ever answers
	Group   bool  // a broadcast or multicast address: its link address follows from it
	Hops    uint8 // routers between it and the sensor
	Delay   int64 // one-way delay between it and the sensor, ns
}

// Side is an end of a conversation.
type Side uint8

// The two ends.
const (
	Client Side = iota // the originator
	Server
)

// Turn is one application message (TCP: bytes written; UDP: one datagram; ICMP: one echo message).
type Turn struct {
	From Side
	Wait int64  // ns the sender takes after it has seen everything before (thinking, typing, serving)
	Data []byte // literal bytes first; shared slices are fine, they are never written to
	Fill int64  // then so many opaque bytes, drawn from the conversation's stream
	TLS  bool   // frame the opaque bytes as TLS application data records of at most 16,384 bytes each (RFC 8446 §5.1); Fill counts the opaque bytes without the 5-byte headers
}

// Ending is how a TCP conversation begins and ends.
type Ending uint8

// The endings.
const (
	CloseByClient     Ending = iota // FIN first by the client, orderly both ways (conn_state SF)
	CloseByServer                   // FIN first by the server (SF)
	ResetByClient                   // after the turns the client sends RST (RSTO)
	ResetByServer                   // after the turns the server sends RST (RSTR)
	Unanswered                      // SYNs and nothing back (S0); turns must be empty
	Refused                         // SYN, RST/ACK (REJ); turns must be empty
	HalfOpen                        // SYN, SYN/ACK, RST by the client, as a SYN scan does (RSTO); turns must be empty
	LeftOpen                        // no end seen (S1)
	NeverAcknowledged               // SYN, SYN/ACK sent three times, nothing more (Zeek: S1; no byte follows)
)

// Conversation is one biflow to be: who, when, what is said, and the truth about it.
type Conversation struct {
	Start          int64 // ns since the epoch: when the first packet passes the sensor
	Proto          uint8 // 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6
	Client, Server *Host
	IPv6           bool   // use the hosts' IPv6 addresses
	Sport, Dport   uint16 // Sport 0 = the pipeline assigns a free ephemeral port of the client's stack
	ICMPType       uint8  // first message's type; echo request 8 (128 over ICMPv6)
	ICMPCode       uint8
	ICMPID         uint16 // echo identifier
	Turns          []Turn
	Headers        []Header // TCP and UDP: the packets one by one, which say how it ends; nil = as Turns and Ending make them
	Ending         Ending   // TCP only
	SYNRetries     int      // TCP Unanswered: further SYNs after 1, 3, 7 ... s
	Long           bool     // expected to stay open for more than a minute
	Service        string   // dns, http, tls, ssh, smtp, ntp, smb, ... as flows.service
	Class          labels.Class
	Campaign       string // "" = benign
	Stage          string // of the campaign, as flows.stage; "" = benign
	Seed           draw.Seed
}
