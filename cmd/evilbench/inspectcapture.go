package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/track"
	"github.com/evilbench/evilbench/labels/wire"
	"github.com/evilbench/evilbench/reports/table"
)

// captureFacts is what a capture holds, as far as it can be read.
type captureFacts struct {
	Packets  int64            `json:"packets"`
	Bytes    int64            `json:"bytes"`
	Flows    int64            `json:"flows"`
	LinkType wire.LinkType    `json:"link_type"`
	First    time.Time        `json:"first"`
	Last     time.Time        `json:"last"`
	Tainted  int64            `json:"tainted"`
	NotIP    int64            `json:"not_ip"`
	States   map[string]int64 `json:"states"`            // flows by conn_state
	Damaged  string           `json:"damaged,omitempty"` // where and how the file breaks off
}

func (a *app) inspectCapture(path, format string) error {
	f, err := readCapture(path)
	if err != nil {
		return err
	}
	if format == "json" {
		return a.printJSON(f)
	}
	t := &table.Table{Name: "capture", Title: "Capture " + path, Columns: []table.Column{{Name: "fact", Title: "fact"}, {Name: "value", Title: "value"}}}
	add := func(name string, value any) { t.Add(table.Text(name), table.Text(fmt.Sprint(value))) }
	add("packets", f.Packets)
	add("bytes on the wire", f.Bytes)
	add("biflows", f.Flows)
	add("link type", f.LinkType)
	add("first packet", f.First.Format(time.RFC3339Nano))
	add("last packet", f.Last.Format(time.RFC3339Nano))
	add("with the evil bit", f.Tainted)
	add("not IP", f.NotIP)
	var states []string
	for s := range f.States {
		states = append(states, s)
	}
	slices.Sort(states)
	for _, s := range states {
		add("biflows in state "+s, f.States[s])
	}
	if f.Damaged != "" {
		add("damaged", f.Damaged)
	}
	return a.printTables(format, t)
}

// readCapture walks through a capture. A file that breaks off in the middle is described up to there; one without a readable packet
// is an error.
func readCapture(path string) (*captureFacts, error) {
	r, err := wire.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f := &captureFacts{LinkType: r.LinkType(), States: map[string]int64{}}
	tr := track.New(track.Options{}, func(flow *labels.Flow) error {
		f.Flows++
		f.States[flow.State]++
		return nil
	})
	var h wire.Headers
	for {
		frame, err := r.Next()
		if endOfFile(err) {
			break
		}
		if err != nil {
			if f.Packets == 0 {
				return nil, err
			}
			f.Damaged = err.Error()
			break
		}
		f.add(frame, &h)
		if h.IP == 0 {
			continue
		}
		if _, _, err := tr.Add(frame.Time, &h); err != nil {
			return nil, err
		}
	}
	if f.Packets == 0 {
		return nil, fmt.Errorf("%s: no packet in it", path)
	}
	return f, tr.Flush()
}

func (f *captureFacts) add(frame wire.Frame, h *wire.Headers) {
	at := time.Unix(0, frame.Time).UTC()
	if f.Packets == 0 {
		f.First = at
	}
	f.Last = at
	f.Packets++
	f.Bytes += int64(frame.Length)
	if wire.Decode(frame, h) != nil {
		*h = wire.Headers{Length: frame.Length}
		f.NotIP++
		return
	}
	if h.Evil {
		f.Tainted++
	}
}
