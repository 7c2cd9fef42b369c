package foreign

import (
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/wire"
	"pgregory.net/rapid"
)

// played is a capture of packets at given times that ends with an error.
type played struct {
	times []int64
	end   error
}

func (p *played) Next() (wire.Frame, error) {
	if len(p.times) == 0 {
		return wire.Frame{}, p.end
	}
	at := p.times[0]
	p.times = p.times[1:]
	return wire.Frame{Time: at}, nil
}

func (p *played) Close() error { return nil }

func drain(t interface{ Fatal(...any) }, m *merged) []int64 {
	var times []int64
	for {
		p, err := m.next()
		if errors.Is(err, io.EOF) {
			return times
		}
		if err != nil {
			t.Fatal(err)
		}
		times = append(times, p.Time)
	}
}

func TestMergeIsSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var captures []source
		var names []string
		var want []int64
		for range rapid.IntRange(1, 5).Draw(t, "captures") {
			times := rapid.SliceOfN(rapid.Int64Range(0, 50), 1, 30).Draw(t, "times")
			slices.Sort(times)
			want = append(want, times...)
			captures, names = append(captures, &played{times, io.EOF}), append(names, "x.pcap")
		}
		slices.Sort(want)
		m, err := newMerged(captures, names)
		if err != nil {
			t.Fatal(err)
		}
		if got := drain(t, m); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestMergeKeepsACapturesOwnOrder(t *testing.T) {
	m, err := newMerged([]source{&played{[]int64{5, 1, 9}, io.EOF}, &played{[]int64{4, 6}, io.EOF}}, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if got := drain(t, m); !slices.Equal(got, []int64{4, 5, 1, 6, 9}) {
		t.Error(got)
	}
}

func TestBrokenCaptures(t *testing.T) {
	torn := errors.New("b.pcap: packet 3 at byte 99: cut short")
	m, err := newMerged([]source{&played{[]int64{1, 7}, io.EOF}, &played{[]int64{2, 3}, torn}}, []string{"a.pcap", "b.pcap"})
	if err != nil {
		t.Fatal(err)
	}
	if got := drain(t, m); !slices.Equal(got, []int64{1, 2, 3, 7}) {
		t.Error(got)
	}
	want := "b.pcap: packet 3 at byte 99: cut short: 2 packets are kept"
	if len(m.broken) != 1 || m.broken[0] != want {
		t.Errorf("warnings are %q, want %q", m.broken, want)
	}
	if _, err := newMerged([]source{&played{nil, torn}}, []string{"b.pcap"}); !errors.Is(err, torn) {
		t.Errorf("nothing readable: %v", err)
	}
	if _, err := newMerged([]source{&played{nil, io.EOF}}, []string{"c.pcap"}); err == nil || !strings.Contains(err.Error(), "c.pcap: a capture without packets") {
		t.Errorf("empty: %v", err)
	}
}

func TestFlowsComeInOrder(t *testing.T) {
	var got []int64
	o := newOrdered(func(f *labels.Flow) error {
		got = append(got, f.Flow)
		return nil
	})
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(500) {
		if err := o.add(&labels.Flow{Flow: int64(i + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != 500 || !slices.IsSorted(got) {
		t.Errorf("%d flows, sorted %v", len(got), slices.IsSorted(got))
	}
}
