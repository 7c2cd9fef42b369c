// Package track makes biflows out of packets.
package track

// TCP flags as in the header.
const (
	fin = 1 << iota
	syn
	rst
	_
	ack
)

// State follows one biflow and says how it went, in the words of Zeek's conn_state. The zero value is ready.
type State struct {
	syn, answered bool
	fin, rst      [2]bool // by originator and responder
	rejected      bool    // the responder's first packet was a reset
	packets       [2]int64
}

// Packet books one packet: its direction and TCP flags (0 for other protocols).
func (s *State) Packet(forward bool, flags uint8) {
	side := 0
	if !forward {
		side = 1
	}
	s.packets[side]++
	switch {
	case forward && flags&(syn|ack) == syn:
		s.syn = true
	case !forward && flags&(syn|ack) == syn|ack:
		s.answered = true
	}
	if flags&fin != 0 {
		s.fin[side] = true
	}
	if flags&rst != 0 {
		if !forward && s.packets[1] == 1 {
			s.rejected = true
		}
		s.rst[side] = true
	}
}

// Closed tells whether a TCP connection has ended: by a reset, or by both ends.
func (s *State) Closed() bool { return s.rst[0] || s.rst[1] || s.fin[0] && s.fin[1] }

// String is the state for a protocol: for TCP the words S0 S1 S2 S3 SF REJ RSTO RSTR RSTOS0 RSTRH SH SHR OTH, for others SF where both
// ends spoke, S0 where only the originator did.
func (s *State) String(proto uint8) string {
	if proto != 6 {
		if s.packets[1] > 0 {
			return "SF"
		}
		return "S0"
	}
	if !s.syn {
		return s.midstream()
	}
	switch {
	case s.rejected:
		return "REJ"
	case !s.answered && s.rst[0]:
		return "RSTOS0"
	case !s.answered && s.fin[0]:
		return "SH"
	case !s.answered:
		return "S0"
	case s.rst[0] && !(s.fin[0] && s.fin[1]):
		return "RSTO"
	case s.rst[1] && !(s.fin[0] && s.fin[1]):
		return "RSTR"
	case s.fin[0] && s.fin[1]:
		return "SF"
	case s.fin[0]:
		return "S2"
	case s.fin[1]:
		return "S3"
	}
	return "S1"
}

// midstream is the state of a connection whose opening was not seen from the originator.
func (s *State) midstream() string {
	switch {
	case s.answered && s.rst[1]:
		return "RSTRH"
	case s.answered && s.fin[1]:
		return "SHR"
	}
	return "OTH"
}
