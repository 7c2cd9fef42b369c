// Package labels is the truth about traffic: what a packet, a flow and a campaign are, and how they are written down.
//
// Units everywhere: time is int64 nanoseconds since the Unix epoch, UTC; sizes are bytes on the wire; addresses are
// netip.Addr with IPv4 unmapped in memory and 16 bytes, IPv4 mapped, in tables.
package labels

import "net/netip"

// Class is what a flow is, seen from the truth.
type Class string

// The classes a flow can have.
const (
	Benign      Class = "benign"
	Malicious   Class = "malicious"
	Attempted   Class = "attempted"    // part of a campaign, but nothing of the attack got through
	VictimReply Class = "victim_reply" // holds nothing but a victim's answers
	Lookalike   Class = "lookalike"    // benign, and made to look like an attack (hard negative)
)

// Packet is one row of the packets table.
type Packet struct {
	Index    int64  // 1-based position in the capture, as Suricata's pcap_cnt counts
	Time     int64  // ns since the epoch
	Flow     int64  // flow number, 1-based; 0 = belongs to no flow (null in the table)
	Campaign string // campaign id; "" = benign (null in the table)
	Forward  bool   // sent by the flow's originator
	Tainted  bool   // the archive capture carries RFC 3514's bit on this packet
	Bytes    uint32 // on the wire, link layer included; 0 = not known (null)
}

// Tuple identifies a flow's two ends, originator first.
type Tuple struct {
	Src, Dst     netip.Addr
	Sport, Dport uint16 // 0 where the protocol has no ports
	Proto        uint8  // IANA protocol number
	VLAN         uint32 // 0 = untagged; inner id in bits 0..11, outer id (QinQ) in bits 12..23
}

// Flow is one row of the flows table: a biflow.
type Flow struct {
	Flow        int64 // 1-based number, ascending with (Start, order of creation)
	CommunityID string
	Tuple
	ICMPType, ICMPCode     int16 // originator's; -1 = not ICMP (null in the table)
	Start, End             int64 // ns since the epoch, first and last packet
	FwdPackets, BwdPackets int64
	FwdBytes, BwdBytes     int64  // bytes on the wire, link layer included
	Service                string // application protocol, "" = unknown (null)
	State                  string // Zeek's conn_state vocabulary (S0, S1, SF, REJ, RSTO, RSTR, SH, OTH ...)
	Class                  Class
	Campaign               string // "" = benign (null)
	Stage                  string // the attack's word for the step of which the flow is part, e.g. guess; "" = not known, or benign (null)
}

// Campaign is one row of the campaigns table: one attack instance.
type Campaign struct {
	Campaign   string // id, unique in the corpus
	Attack     string // kind, the name of the generator or the importer's word
	Technique  string // ATT&CK technique id, e.g. T1046
	Tactic     string // ATT&CK tactic short name, e.g. discovery
	Start, End int64  // first and last packet, ns since the epoch
	Sources    []string
	Targets    []string
	Intensity  string   // the attack's own words, e.g. "10 probes/s"
	Evasion    string   // "" = none (null)
	TwinOf     string   // campaign id of the plain twin, "" = none (null)
	Parameters string   // JSON object
	Expects    []string // alert kinds that would be right: lower-case words, see FORMAT.md
}

// Alert is one row of the alerts table: what an engine said, in neutral words.
type Alert struct {
	Alert         int64 // 1-based, in the order read
	Time          int64 // engine's time, ns since the epoch; 0 = unparsable (null)
	Engine        string
	GID, SID, Rev int64
	Name          string
	Category      string
	Severity      int32      // 1 = high; 0 = none given (null)
	Score         float64    // NaN = none (null)
	Src, Dst      netip.Addr // as the engine gave them, zero = absent (null)
	Sport, Dport  uint16     // of ICMP errors those of the conversation the error quotes, where the engine gives them
	Proto         uint8      // 0 = absent (null)
	Direction     string     // to_server, to_client or ""
	Packet        int64      // 0 = null: only set when the engine saw the packet on the wire
	EngineFlow    string     // the engine's own flow id (Suricata flow_id, Zeek uid), "" = null
	FlowStart     int64      // start of the engine's flow, 0 = null
	FlowForward   bool       // true where Src/Dst run the way the engine's flow runs (its originator is Src)
	CommunityID   string
	ICMPType      int16 // -1 = null
	ICMPCode      int16
	VLAN          uint32 // as in Tuple
	IPID          uint32 // IPv4 identification, or that of an IPv6 fragment header; 0 = null
	Outer         Tuple  // ends of the packet in the capture where the alert speaks of one inside it, VLAN not set; no addresses = null
	Kind          string // alert, notice, weird, anomaly, intel
	PacketSource  string // Suricata's pkt_src or Snort's pkt_gen, "" = null
	Raw           string // the engine's line
}

// Verdict is how an alert ended. The four sum to the alerts read.
type Verdict string

// The four verdicts.
const (
	VerdictTrue        Verdict = "true"
	VerdictFalse       Verdict = "false"
	VerdictAmbiguous   Verdict = "ambiguous"
	VerdictUnmatchable Verdict = "unmatchable"
)

// Match is one row of the matches table: where an alert went, and why.
type Match struct {
	Alert      int64
	Rung       string  // packet, flow, tuple, icmp, fragment, host, time, none
	Reason     string  // a sentence fragment
	Packet     int64   // 0 = null
	Flow       int64   // 0 = null
	Campaign   string  // "" = null
	Candidates []int64 // flow numbers that could be meant
	Verdict    Verdict
}
