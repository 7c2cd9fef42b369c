package generator

import (
	"math"
	"testing"

	"github.com/evilbench/evilbench/generator/headers"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/generator/scenario"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/track"
)

// seenFlow is what a conversation's packets add up to.
type seenFlow struct {
	packets, bytes [2]int64
	state          string
	took           int64
}

// render plays a conversation as a lane does.
func render(t *testing.T, c *packet.Conversation) seenFlow {
	t.Helper()
	s, err := packet.NewStream(c)
	if err != nil {
		t.Fatal(err)
	}
	var out seenFlow
	var state track.State
	first := int64(0)
	for {
		at, more := s.Time()
		if !more {
			out.state = state.String(c.Proto)
			return out
		}
		if first == 0 {
			first = at
		}
		frame, m := s.Append(nil)
		side := 0
		if !m.Forward {
			side = 1
		}
		out.packets[side]++
		out.bytes[side] += int64(len(frame) - 14)
		out.took = at - first
		state.Packet(m.Forward, m.Flags)
	}
}

// Of flows whose packets are drawn by an automaton of their own state, the record and the packets agree: numbers exactly, bytes but for what
// headers alone need, the final state, and time where the ends are near enough for it.
func TestToldFlowsAgreeWithTheirRecords(t *testing.T) {
	sc, err := scenario.Load("office")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Load("office")
	if err != nil {
		t.Fatal(err)
	}
	traffic, _, err := prepare(sc, m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	told, timed, exactBytes := 0, 0, 0
	for w := range int64(8) {
		from := traffic.start + w*window
		records := traffic.sampler.Window(traffic.seed, w, from, from+window, nil)
		for i := range records {
			rec := &records[i]
			before := traffic.tellers.tally[headers.Exact].Load()
			c, err := talk(rec, traffic.domain, traffic.tellers)
			if err != nil {
				t.Fatal(err)
			}
			if c.Headers == nil || traffic.tellers.tally[headers.Exact].Load() == before || rec.OutPackets+rec.InPackets == 0 || c.Proto != packet.TCP {
				continue
			}
			told++
			c.Sport = 40_000
			seen := render(t, &c)
			if seen.packets != [2]int64{rec.OutPackets, rec.InPackets} || seen.state != rec.State {
				t.Fatalf("%s/%s: %v packets in state %s, promised %d and %d", rec.Service, rec.State, seen.packets, seen.state, rec.OutPackets, rec.InPackets)
			}
			if seen.bytes == [2]int64{rec.OutBytes, rec.InBytes} {
				exactBytes++
			}
			if rec.Duration > 0 && math.Abs(float64(seen.took-rec.Duration)) < 0.01*float64(rec.Duration)+1e6 {
				timed++
			}
		}
	}
	t.Logf("%d flows told: %d have all their bytes exactly, %d their time within 1 %%", told, exactBytes, timed)
	if told < 50 || exactBytes*10 < told*9 || timed*4 < told*3 {
		t.Errorf("of %d flows told, %d have their bytes and %d their time", told, exactBytes, timed)
	}
}

// The notes' numbers are those of the flows, whoever made which window.
func TestNotesSumUp(t *testing.T) {
	var sums []int64
	for _, jobs := range []int{1, 3} {
		sc, err := scenario.Load("smoke")
		if err != nil {
			t.Fatal(err)
		}
		m, err := model.Load("example")
		if err != nil {
			t.Fatal(err)
		}
		traffic, _, err := prepare(sc, m, Options{})
		if err != nil {
			t.Fatal(err)
		}
		p := &pipeline{start: traffic.start, end: traffic.end, make: traffic.window, sink: nothing{}, options: Options{Jobs: jobs}}
		if err := p.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		sum := int64(0)
		for i := range traffic.tellers.tally {
			sum = 31*sum + traffic.tellers.tally[i].Load()
		}
		sums = append(sums, sum)
		if len(traffic.tellers.notes()) == 0 {
			t.Error("no notes")
		}
	}
	if sums[0] != sums[1] {
		t.Errorf("notes depend on the workers: %v", sums)
	}
}

// nothing is a sink that keeps nothing.
type nothing struct{}

func (nothing) Packets([]byte, []labels.Packet) error { return nil }
func (nothing) Flows([]labels.Flow) error             { return nil }
