package generator

import (
	"encoding/binary"

	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/track"
)

// recordHeader is the length of a pcap record's header.
const recordHeader = 16

// live is one open conversation with the truth gathered about it so far.
type live struct {
	conversation packet.Conversation
	stream       *packet.Stream
	order        int64 // position among all conversations: breaks ties in time
	flow         labels.Flow
	state        track.State
}

// sent is one rendered packet: where its record lies in the lane's buffer, and its truth.
type sent struct {
	time, order int64
	flow        int64
	campaign    string
	end         int    // of the record in the buffer
	bytes       uint32 // on the wire
	forward     bool
	tainted     bool
}

// turn is a live conversation in a lane's queue, with the time of its next packet.
type turn struct {
	time, order int64
	who         *live
}

func (t turn) before(u turn) bool {
	return t.time < u.time || t.time == u.time && t.order < u.order
}

// lane renders a share of the open conversations. Its queue is a binary heap by (time, order), so what it writes is in order; lanes
// share nothing.
type lane struct {
	queue  []turn
	buffer []byte // pcap records
	sent   []sent
	closed []labels.Flow // flows that ended in this slot
}

// open takes a conversation in.
func (l *lane) open(v *live) {
	t, ok := v.stream.Time()
	if !ok {
		return
	}
	l.queue = append(l.queue, turn{t, v.order, v})
	for i := len(l.queue) - 1; i > 0; {
		up := (i - 1) / 2
		if !l.queue[i].before(l.queue[up]) {
			return
		}
		l.queue[i], l.queue[up] = l.queue[up], l.queue[i]
		i = up
	}
}

// render writes every packet before end.
func (l *lane) render(end int64) {
	for len(l.queue) > 0 && l.queue[0].time < end {
		v := l.queue[0].who
		l.write(v)
		if next, ok := v.stream.Time(); ok {
			l.queue[0].time = next
		} else {
			l.close(v)
			last := len(l.queue) - 1
			l.queue[0] = l.queue[last]
			l.queue[last] = turn{}
			l.queue = l.queue[:last]
		}
		l.sink()
	}
}

// sink restores the heap after its head changed.
func (l *lane) sink() {
	q, i := l.queue, 0
	for {
		child := 2*i + 1
		if child >= len(q) {
			return
		}
		if child+1 < len(q) && q[child+1].before(q[child]) {
			child++
		}
		if !q[child].before(q[i]) {
			return
		}
		q[i], q[child] = q[child], q[i]
		i = child
	}
}

// write renders one packet as a pcap record and books it.
func (l *lane) write(v *live) {
	at := len(l.buffer)
	l.buffer = append(l.buffer, make([]byte, recordHeader)...)
	out, m := v.stream.Append(l.buffer)
	l.buffer = out
	n := len(out) - at - recordHeader
	h := out[at:]
	binary.LittleEndian.PutUint32(h, uint32(m.Time/1e9))
	binary.LittleEndian.PutUint32(h[4:], uint32(m.Time%1e9/1e3))
	binary.LittleEndian.PutUint32(h[8:], uint32(n))
	binary.LittleEndian.PutUint32(h[12:], uint32(n))

	f := &v.flow
	if f.Start == 0 {
		f.Start = m.Time
	}
	f.End = m.Time
	if m.Forward {
		f.FwdPackets++
		f.FwdBytes += int64(n)
	} else {
		f.BwdPackets++
		f.BwdBytes += int64(n)
	}
	v.state.Packet(m.Forward, m.Flags)
	c := &v.conversation
	l.sent = append(l.sent, sent{
		time: m.Time, order: v.order, flow: f.Flow, campaign: c.Campaign, end: len(out), bytes: uint32(n), forward: m.Forward,
		tainted: c.Campaign != "" && !c.IPv6 && !c.Resolution(),
	})
}

// close ends a conversation's flow.
func (l *lane) close(v *live) {
	if v.flow.Flow == 0 {
		return
	}
	v.flow.State = v.state.String(v.flow.Proto)
	l.closed = append(l.closed, v.flow)
}

// cut ends every conversation that is still open when the capture ends.
func (l *lane) cut() {
	for _, t := range l.queue {
		l.close(t.who)
	}
	l.queue = nil
}
