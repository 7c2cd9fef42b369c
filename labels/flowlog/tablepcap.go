package flowlog

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/track"
	"github.com/evilbench/evilbench/labels/wire"
)

// seen is what a table says of a biflow beyond what the tracker keeps.
type seen struct {
	flags uint8
	bytes [2]int64 // of IP packets, originator's and responder's
	evil  bool
}

// captureTable makes biflows of a capture. Bytes are those of IP packets, without the link layer and its padding. What is benign it tells
// by the evil bit (RFC 3514) alone: a flow with a tainted packet is not.
func captureTable(ctx context.Context, path string, o TableOptions) (*Table, error) {
	in, err := wire.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	f := newFiller(o, append([]int{atFlags}, always...)...)
	extra := map[int64]*seen{}
	var c cells
	tainted := 0
	flows := track.New(track.Options{}, func(flow *labels.Flow) error {
		x := extra[flow.Flow]
		delete(extra, flow.Flow)
		if x.evil && o.Benign {
			tainted++
			return nil
		}
		c.describe(flow)
		c.place = flow.Flow
		c.numbers[atOutBytes], c.numbers[atInBytes] = float64(x.bytes[0]), float64(x.bytes[1])
		if flow.Proto == protoTCP {
			c.words[atFlags] = places(x.flags)
		}
		f.add(&c)
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
		if err := canceled(ctx, frame.Index); err != nil {
			return nil, err
		}
		// What cannot be decoded has no IP header or a broken one: it belongs to no flow.
		if wire.Decode(frame, &h) != nil {
			continue
		}
		n, forward, err := flows.Add(frame.Time, &h)
		if err != nil {
			return nil, err
		}
		if n != 0 {
			note(extra, n, forward, &h)
		}
	}
	if err := flows.Flush(); err != nil {
		return nil, err
	}
	t := f.table(path)
	if o.Benign && tainted == 0 {
		return nil, fmt.Errorf("%s: no packet of the capture is tainted, so it does not say what is benign; give the flows.arrow beside it", path)
	}
	if tainted > 0 {
		t.Notes = append(t.Notes, fmt.Sprintf("%d flows with tainted packets were left out", tainted))
	}
	if n := flows.Evicted(); n > 0 {
		t.Notes = append(t.Notes, fmt.Sprintf("%d flows were cut short because too many were open at a time", n))
	}
	return t, nil
}

func note(extra map[int64]*seen, flow int64, forward bool, h *wire.Headers) {
	x := extra[flow]
	if x == nil {
		x = new(seen)
		extra[flow] = x
	}
	x.flags |= h.Flags
	x.evil = x.evil || h.Evil
	size := h.TransportOffset - h.IPOffset + h.TransportLength
	if h.TransportOffset == 0 {
		size = h.Length - h.IPOffset
	}
	if forward {
		x.bytes[0] += int64(size)
	} else {
		x.bytes[1] += int64(size)
	}
}

// places writes TCP flags (RFC 9293, section 3.1) in the places UAPRSF.
func places(flags uint8) string {
	text := []byte(noFlags)
	for i, letter := range []byte("UAPRSF") {
		if flags&(32>>i) != 0 {
			text[i] = letter
		}
	}
	return string(text)
}
