package foreign

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"iter"
	"os"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/flowlog"
	"github.com/klauspost/compress/gzip"
)

// readLabels reads a label file of any kind.
func readLabels(ctx context.Context, o *Options) (*marks, error) {
	tainted, err := isCapture(o.Labels)
	if err != nil {
		return nil, err
	}
	if tainted {
		records, err := readBits(ctx, o.Labels)
		if err != nil {
			return nil, err
		}
		return gather(o.Labels, whole(records))
	}
	log, err := flowlog.Open(o.Labels, flowlog.Options{Location: o.Location})
	if err != nil {
		return nil, err
	}
	defer log.Close()
	return gather(o.Labels, log.All())
}

// readBits makes labels of a tainted capture: a flow with the evil bit on any packet is malicious.
func readBits(ctx context.Context, path string) ([]flowlog.Record, error) {
	o, err := open([]string{path})
	if err != nil {
		return nil, err
	}
	defer o.close()
	evil := map[int64]bool{}
	var records []flowlog.Record
	err = pass(ctx, o, func(p packet) error {
		if p.headers.Evil {
			evil[p.flow] = true
		}
		return nil
	}, func(f *labels.Flow) error {
		r := flowlog.Record{Flow: *f, Label: "benign", Timed: true}
		r.Class = labels.Benign
		if evil[f.Flow] {
			delete(evil, f.Flow)
			r.Class, r.Label = labels.Malicious, "tainted"
		}
		records = append(records, r)
		return nil
	})
	return records, err
}

// whole yields records that are in memory.
func whole(records []flowlog.Record) iter.Seq2[flowlog.Record, error] {
	return func(yield func(flowlog.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// magics begin a capture: pcap in both byte orders and resolutions, and pcapng.
var magics = [][]byte{
	{0xa1, 0xb2, 0xc3, 0xd4}, {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d}, {0x4d, 0x3c, 0xb2, 0xa1}, {0x0a, 0x0d, 0x0d, 0x0a},
}

// isCapture says whether a file, gzipped or not, begins as captures do.
func isCapture(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	var head [4]byte
	if start, _ := in.Peek(2); bytes.Equal(start, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return false, nil // the reader of flow logs says what is wrong
		}
		in = bufio.NewReader(z)
	}
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return false, nil
	}
	for _, magic := range magics {
		if bytes.Equal(head[:], magic) {
			return true, nil
		}
	}
	return false, nil
}
