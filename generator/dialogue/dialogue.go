// Package dialogue writes what two programs say to each other: one file per application protocol.
package dialogue

import (
	"net/netip"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Request is what a dialogue must respect: names and addresses agreed in the session, sizes promised by the flow model.
type Request struct {
	Client, Server *packet.Host
	IPv6           bool         // the transport runs over IPv6
	Name           string       // host name that was resolved, asked for (DNS), or is Host and SNI
	Answers        []netip.Addr // DNS: the addresses to answer with; first family seen decides A or AAAA; empty = NXDOMAIN
	OutBytes       int64        // target of payload bytes by the client, 0 = the dialogue's own draw
	InBytes        int64        // target of payload bytes by the server, 0 = the dialogue's own draw
	Time           int64        // start, ns since the epoch (for Date headers and NTP)
	RTT            int64        // ns, both ways
	Domain         string       // the site's own DNS domain, e.g. corp.example
}

// Writer fills in Turns, Ending, Service and protocol details of c, drawing only from r. Start, hosts, ports, class and campaign
// belong to the caller.
type Writer func(r *draw.Stream, q Request, c *packet.Conversation)
