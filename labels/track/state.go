// Package track makes biflows out of packets.
package track

// TCP flags as in the header (RFC 9293, section 3.1).
const (
	fin = 1 << iota
	syn
	rst
	_
	ack
)

// end is how far one end of a TCP connection has come. The words are Zeek's, whose conn_state is made of them.
type end uint8

const (
	inactive end = iota
	synSent
	synAckSent // by the originator, who should not
	partial    // joined under way
	established
	closed
	reset
)

// State follows one biflow and says how it went, in the words of Zeek's conn_state. The zero value is ready.
type State struct {
	ends  [2]end  // originator's and responder's
	after [2]bool // its reset came after its FIN
	sent  [2]bool // anything at all
	asked bool    // the originator sent a SYN
	spoke bool    // the originator sent more than bare SYNs and a reset
}

// Packet books one packet: its direction and TCP flags (0 for other protocols).
func (s *State) Packet(forward bool, flags uint8) {
	side := 0
	if !forward {
		side = 1
	}
	s.sent[side] = true
	s.spoke = s.spoke || forward && flags&rst == 0 && flags&(fin|syn|ack) != syn
	self, peer := &s.ends[side], &s.ends[1-side]
	switch *self {
	case inactive:
		s.begin(forward, flags)
	case synSent, synAckSent, partial, established:
		if *self == partial && *peer == inactive && flags&(syn|ack) == syn {
			*self, s.asked = synSent, forward
		}
		if flags&fin != 0 && flags&rst == 0 {
			*self = closed
			if *peer == reset && s.after[1-side] {
				*peer = closed // both said goodbye before one hung up
			}
		}
		if flags&rst != 0 {
			*self = reset
		}
	case closed:
		if flags&rst != 0 && *peer != closed {
			*self, s.after[side] = reset, true
		}
	}
}

// begin books an end's first packet, and later ones for as long as they change nothing.
func (s *State) begin(forward bool, flags uint8) {
	self, peer := &s.ends[0], &s.ends[1]
	if !forward {
		self, peer = peer, self
	}
	switch {
	case flags&rst != 0:
		*self = reset
	case flags&fin != 0:
		*self = closed
	case flags&syn != 0 && !forward:
		*self = established
		if *peer == synSent {
			*peer = established
		}
	case flags&(syn|ack) == syn|ack:
		*self = synAckSent
	case flags&syn != 0:
		*self, s.asked = synSent, true
	case !forward && *peer == synSent: // some acknowledge a SYN before they answer it
	case flags&ack != 0 && *peer == established: // the SYN was missed, nothing else
		*self = established
	default:
		*self = partial
	}
}

// Closed tells whether a TCP connection has ended: by a reset, or by both ends.
func (s *State) Closed() bool {
	return s.ends[0] == reset || s.ends[1] == reset || s.ends[0] == closed && s.ends[1] == closed
}

// String is the state for a protocol: for TCP the words S0 S1 S2 S3 SF REJ RSTO RSTR RSTOS0 RSTRH SH SHR OTH; for UDP SF where both
// ends spoke, S0 and SHR where only the originator or the responder did; OTH for everything else.
func (s *State) String(proto uint8) string {
	switch proto {
	case protoTCP:
		return s.connection()
	case protoUDP:
		switch s.sent {
		case [2]bool{true, true}:
			return "SF"
		case [2]bool{true, false}:
			return "S0"
		case [2]bool{false, true}:
			return "SHR"
		}
	}
	return "OTH"
}

func (s *State) connection() string {
	from, to := s.ends[0], s.ends[1]
	switch {
	case to == reset && (from == synSent || from == synAckSent):
		return "REJ"
	case to == reset && !taking(from):
		return "RSTRH"
	case to == reset:
		return "RSTR"
	case from == reset && taking(to):
		return "RSTO"
	case from == reset && s.asked && !s.spoke:
		return "RSTOS0"
	case from == reset:
		return "OTH"
	case from == closed && to == closed:
		return "SF"
	case from == closed && !taking(to):
		return "SH"
	case from == closed:
		return "S2"
	case to == closed && !taking(from):
		return "SHR"
	case to == closed:
		return "S3"
	case from == synSent && to == inactive:
		return "S0"
	case from == established && to == established:
		return "S1"
	}
	return "OTH"
}

// taking tells whether an end was seen taking part from the start.
func taking(e end) bool { return e != inactive && e != partial }
