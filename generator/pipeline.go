package generator

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/track"
)

// window is the unit of addressed work: what starts in it depends on the seed, the model and its number alone.
const window = int64(30e9)

// slotPackets is how many packets a slot should hold: few enough for bounded memory and the cache, enough to keep every lane busy.
const slotPackets = 1 << 12

// A slot is never longer than longestSlot: a burst after a quiet time must not fill the buffers with half a minute of it.
const (
	firstSlot   = int64(250e6)
	longestSlot = int64(1e9)
)

// Sink takes the finished packets and flows, in order.
type Sink interface {
	// Packets takes pcap records back to back and the truth of each. Both are reused after the call returns.
	Packets(records []byte, truth []labels.Packet) error
	// Flows takes finished flows in the order of their numbers.
	Flows([]labels.Flow) error
}

// Options say how the work is done.
type Options struct {
	Jobs     int                     // workers, 0 = all cores
	Progress func(done, total int64) // ns of model time, may be nil

	FlowsPerDay float64 // benign flows on an average day, 0 = as the model's rates have it. It changes what comes out.

	// SkipMissing leaves out flows of a learnt model that no machine of the network can play; else they are an error. It changes
	// what comes out.
	SkipMissing bool

	OwnPackets bool // flows have their dialogues' own packets, whatever automata the model has. It changes what comes out.
	Noise      bool // play back the noise that the automata were learnt in spite of, as a capture point sees it. It changes what comes out.
}

// source makes the conversations that belong to window w, in a reproducible order. It must be safe for concurrent use.
type source func(w int64) ([]packet.Conversation, error)

// pipeline is the road from windows to sorted packets: windows are made ahead by workers, numbered one after the other, dealt to
// lanes that render them slot by slot, and merged by (time, order).
type pipeline struct {
	start, end int64
	make       source
	sink       Sink
	options    Options

	lanes []*lane
	order int64
	flows int64
	late  []packet.Conversation // made by an earlier window, starting in a later one
	books ledger
}

func (p *pipeline) run(ctx context.Context) error {
	if p.options.Jobs <= 0 {
		p.options.Jobs = runtime.GOMAXPROCS(0)
	}
	p.lanes = make([]*lane, p.options.Jobs)
	for i := range p.lanes {
		p.lanes[i] = &lane{}
	}
	group, ctx := errgroup.WithContext(ctx)
	windows := p.ahead(ctx, group)
	slots := make(chan *slot, 1)
	free := make(chan *slot, 3)
	for range cap(free) {
		free <- &slot{buffers: make([][]byte, len(p.lanes)), sent: make([][]sent, len(p.lanes))}
	}
	group.Go(func() error { defer close(slots); return p.render(ctx, windows, slots, free) })
	group.Go(func() error { return p.write(slots, free) })
	return group.Wait()
}

type made struct {
	conversations []packet.Conversation
	err           error
}

// ahead makes windows in parallel and hands them over in order.
func (p *pipeline) ahead(ctx context.Context, group *errgroup.Group) <-chan chan made {
	queue := make(chan chan made, p.options.Jobs)
	group.Go(func() error {
		defer close(queue)
		for w := int64(0); p.start+w*window < p.end; w++ {
			out := make(chan made, 1)
			select {
			case queue <- out:
			case <-ctx.Done():
				return ctx.Err()
			}
			go func() {
				cs, err := p.make(w)
				out <- made{cs, err}
			}()
		}
		return nil
	})
	return queue
}

// render walks through the windows and lets the lanes write slot after slot.
func (p *pipeline) render(ctx context.Context, windows <-chan chan made, slots chan<- *slot, free <-chan *slot) error {
	length := firstSlot
	w := int64(0)
	for out := range windows {
		m := <-out
		if m.err != nil {
			return m.err
		}
		from, to := p.start+w*window, min(p.start+(w+1)*window, p.end)
		if err := p.admit(w, to, m.conversations); err != nil {
			return err
		}
		for from < to {
			end := min(from+length, to)
			var s *slot
			select {
			case s = <-free:
			case <-ctx.Done():
				return ctx.Err()
			}
			n := p.slot(s, end)
			select {
			case slots <- s:
			case <-ctx.Done():
				return ctx.Err()
			}
			from = end
			length = stretch(length, n)
		}
		w++
		if p.options.Progress != nil {
			p.options.Progress(to-p.start, p.end-p.start)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return p.finish(slots, free)
}

// stretch adapts a slot's length to the traffic, which changes memory and never the outcome.
func stretch(length int64, packets int) int64 {
	switch {
	case packets > 2*slotPackets:
		return max(length/2, 1e6)
	case packets < slotPackets/2:
		return min(length*2, longestSlot)
	default:
		return length
	}
}

// admit numbers the conversations that start before end and deals them to the lanes.
func (p *pipeline) admit(w, end int64, fresh []packet.Conversation) error {
	due := append(p.late, fresh...)
	p.late = nil
	now := due[:0]
	for _, c := range due {
		if c.Start < end {
			now = append(now, c)
		} else if c.Start < p.end {
			p.late = append(p.late, c)
		}
	}
	ready := newSchedule(w).fix(now)
	for i := range ready {
		v := &live{conversation: ready[i], order: p.order}
		p.order++
		c := &v.conversation
		s, err := packet.NewStream(c)
		if err != nil {
			return fmt.Errorf("window %d: %w", w, err)
		}
		v.stream = s
		if !c.Resolution() {
			p.flows++
			v.flow = flowOf(c, p.flows)
			p.books.expect(p.flows)
		}
		p.lanes[int(v.order)%len(p.lanes)].open(v)
	}
	return nil
}

// flowOf is the truth of a conversation before its first packet.
func flowOf(c *packet.Conversation, number int64) labels.Flow {
	f := labels.Flow{
		Flow:     number,
		Tuple:    labels.Tuple{Src: c.Client.Addr, Dst: c.Server.Addr, Sport: c.Sport, Dport: c.Dport, Proto: c.Proto},
		ICMPType: -1, ICMPCode: -1,
		Service: c.Service, Class: c.Class, Campaign: c.Campaign, Stage: c.Stage,
	}
	if c.IPv6 {
		f.Src, f.Dst = c.Client.Addr6, c.Server.Addr6
	}
	if c.Proto == packet.ICMP || c.Proto == packet.ICMPv6 {
		f.ICMPType, f.ICMPCode = int16(c.ICMPType), int16(c.ICMPCode)
	}
	if f.Class == "" {
		f.Class = labels.Benign
	}
	f.CommunityID = track.CommunityID(f.Tuple, uint8(f.ICMPType), uint8(f.ICMPCode), 0)
	return f
}

// slot lets every lane render up to end and moves what they wrote into s.
func (p *pipeline) slot(s *slot, end int64) int {
	p.each(func(i int, l *lane) {
		l.buffer, l.sent = s.buffers[i][:0], s.sent[i][:0]
		l.render(end)
		s.buffers[i], s.sent[i] = l.buffer, l.sent
	})
	n := 0
	s.flows = s.flows[:0]
	for _, l := range p.lanes {
		n += len(l.sent)
		for i := range l.closed {
			p.books.close(&l.closed[i])
		}
		l.closed = l.closed[:0]
	}
	s.flows = p.books.ready(s.flows)
	return n
}

// each runs the lanes side by side.
func (p *pipeline) each(do func(int, *lane)) {
	if len(p.lanes) == 1 {
		do(0, p.lanes[0])
		return
	}
	var group errgroup.Group
	for i, l := range p.lanes {
		group.Go(func() error { do(i, l); return nil })
	}
	_ = group.Wait() // lanes cannot fail
}

// finish ends what is still open and hands over the last flows.
func (p *pipeline) finish(slots chan<- *slot, free <-chan *slot) error {
	s := <-free
	for i, l := range p.lanes {
		l.cut()
		s.buffers[i], s.sent[i] = s.buffers[i][:0], s.sent[i][:0]
		for k := range l.closed {
			p.books.close(&l.closed[k])
		}
	}
	s.flows = p.books.ready(s.flows[:0])
	slots <- s
	return nil
}

// write merges the slots and hands them to the sink.
func (p *pipeline) write(slots <-chan *slot, free chan<- *slot) error {
	m := merger{next: 1}
	for s := range slots {
		records, truth := m.merge(s)
		if err := p.sink.Packets(records, truth); err != nil {
			drain(slots)
			return err
		}
		if err := p.sink.Flows(s.flows); err != nil {
			drain(slots)
			return err
		}
		free <- s
	}
	return nil
}

// drain lets the renderer see that its context has ended rather than wait for a reader.
func drain(slots <-chan *slot) {
	go func() {
		for range slots {
		}
	}()
}
