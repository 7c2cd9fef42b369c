package generator

import "github.com/evilbench/evilbench/labels"

// slot is what the lanes wrote in one stretch of time.
type slot struct {
	buffers [][]byte
	sent    [][]sent
	flows   []labels.Flow
}

// merger joins the lanes' shares by (time, order). With one lane nothing is copied.
type merger struct {
	next  int64 // number of the next packet
	bytes []byte
	truth []labels.Packet
	heads []int
}

// merge returns the slot's records and their truth; both are valid until the next call.
func (m *merger) merge(s *slot) ([]byte, []labels.Packet) {
	m.truth = m.truth[:0]
	if len(s.sent) == 1 {
		for i := range s.sent[0] {
			m.book(&s.sent[0][i])
		}
		return s.buffers[0], m.truth
	}
	m.bytes = m.bytes[:0]
	m.heads = append(m.heads[:0], make([]int, len(s.sent))...)
	for {
		lane := m.least(s)
		if lane < 0 {
			return m.bytes, m.truth
		}
		i := m.heads[lane]
		from := 0
		if i > 0 {
			from = s.sent[lane][i-1].end
		}
		g := &s.sent[lane][i]
		m.bytes = append(m.bytes, s.buffers[lane][from:g.end]...)
		m.book(g)
		m.heads[lane]++
	}
}

// least is the lane whose next packet comes first, -1 when all are empty.
func (m *merger) least(s *slot) int {
	best := -1
	var at *sent
	for lane, i := range m.heads {
		if i == len(s.sent[lane]) {
			continue
		}
		g := &s.sent[lane][i]
		if best < 0 || g.time < at.time || g.time == at.time && g.order < at.order {
			best, at = lane, g
		}
	}
	return best
}

func (m *merger) book(g *sent) {
	m.truth = append(m.truth, labels.Packet{
		Index: m.next, Time: g.time, Flow: g.flow, Campaign: g.campaign, Forward: g.forward, Tainted: g.tainted, Bytes: g.bytes,
	})
	m.next++
}
