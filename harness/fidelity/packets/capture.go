// Package packets compares captures by their packets: what a table of flows does not show.
package packets

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net/netip"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/track"
	"github.com/evilbench/evilbench/labels/wire"
)

// The properties of packets that are compared.
const (
	flags  = iota // of TCP packets
	ttl           // or hop limit
	length        // bytes of the IP packet
	gap           // time since the flow's last packet
	run           // packets of a flow one after the other in one direction
	properties
)

// clusters is into how many groups the packets of a capture are put: those of the same two hosts are in one.
const clusters = 64

// longestRun is where runs are no longer told apart.
const longestRun = 1 << 12

// Capture is what the packets of a capture look like.
type Capture struct {
	Name    string
	Packets int64 // with an IP header
	Flows   int64
	Other   int64 // packets without one, which are not compared
	counts  [properties][clusters]map[uint32]int64
}

// Read reads a capture. Memory is bounded by the flows open at a time.
func Read(ctx context.Context, path string) (*Capture, error) {
	in, err := wire.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	c := &Capture{Name: path}
	for p := range c.counts {
		for k := range c.counts[p] {
			c.counts[p][k] = map[uint32]int64{}
		}
	}
	open := map[int64]*talk{}
	flows := track.New(track.Options{}, func(f *labels.Flow) error {
		if t := open[f.Flow]; t != nil {
			c.counts[run][t.cluster][t.run]++
			delete(open, f.Flow)
		}
		return nil
	})
	var h wire.Headers
	for {
		frame, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if frame.Index%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if wire.Decode(frame, &h) != nil {
			c.Other++
			continue
		}
		flow, forward, err := flows.Add(frame.Time, &h)
		if err != nil {
			return nil, err
		}
		c.see(&h, frame.Time, forward, open, flow)
	}
	return c, flows.Flush()
}

// talk is a flow that has not ended.
type talk struct {
	cluster int
	last    int64 // ns
	forward bool
	run     uint32
}

func (c *Capture) see(h *wire.Headers, at int64, forward bool, open map[int64]*talk, flow int64) {
	c.Packets++
	k := clusterOf(h.Src, h.Dst)
	c.counts[ttl][k][uint32(h.TTL)]++
	c.counts[length][k][uint32(ipLength(h))]++
	if h.Transport && h.Proto == 6 {
		c.counts[flags][k][uint32(h.Flags)]++
	}
	if flow == 0 {
		return
	}
	t := open[flow]
	if t == nil {
		c.Flows++
		open[flow] = &talk{cluster: k, last: at, forward: forward, run: 1}
		return
	}
	c.counts[gap][t.cluster][binOf(at-t.last)]++
	t.last = at
	if forward == t.forward {
		t.run = min(t.run+1, longestRun)
		return
	}
	c.counts[run][t.cluster][t.run]++
	t.forward, t.run = forward, 1
}

// ipLength is the bytes of the IP packet.
func ipLength(h *wire.Headers) int {
	if h.TransportOffset == 0 {
		return h.Length - h.IPOffset
	}
	return h.TransportOffset - h.IPOffset + h.TransportLength
}

// clusterOf is the same for both directions.
func clusterOf(a, b netip.Addr) int {
	if b.Less(a) {
		a, b = b, a
	}
	seed := draw.NewSeed(0)
	for _, x := range []netip.Addr{a, b} {
		bytes := x.As16()
		seed = seed.Number(binary.BigEndian.Uint64(bytes[:8])).Number(binary.BigEndian.Uint64(bytes[8:]))
	}
	s := seed.Stream()
	return s.IntN(clusters)
}

// binOf puts times into 16 bins an octave, so that a Kolmogorov-Smirnov distance of bins is that of times to 4.5 %; 0 is its own.
func binOf(ns int64) uint32 {
	if ns <= 0 {
		return 0
	}
	return 1 + uint32(16*math.Log2(float64(ns)))
}
