package taint

import (
	"fmt"
	"iter"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/wire"
)

// Report is what an audit found.
type Report struct {
	Packets      int64   `json:"packets"`
	Tainted      int64   `json:"tainted"`      // carry the bit in the capture
	Malicious    int64   `json:"malicious"`    // belong to a campaign by the sidecar
	Cannot       int64   `json:"cannot"`       // have no IPv4 header
	SidecarOnly  int64   `json:"sidecar_only"` // malicious, and cannot carry the bit
	OnBenign     int64   `json:"on_benign"`    // carry the bit and belong to no campaign; counted in Disagree too
	Disagree     int64   `json:"disagree"`
	FirstIndices []int64 `json:"first_indices,omitempty"` // of packets on which they disagree, at most 10
}

// Audit proves that bit and sidecar agree on every packet that can carry the bit: it is set exactly where the packet belongs to a
// campaign, and the sidecar says so. It fails where the two do not describe the same packets.
func Audit(capture string, sidecar iter.Seq2[labels.Packet, error]) (Report, error) {
	var rep Report
	next, stop := iter.Pull2(sidecar)
	defer stop()
	err := each(capture, func(r *wire.Reader) error {
		err := packets(r, func(f wire.Frame, h *wire.Headers) error {
			p, err, ok := next()
			if err != nil {
				return err
			}
			if !ok || p.Index != f.Index {
				return fmt.Errorf("%s: packet %d has no row in the sidecar; it belongs to another capture", capture, f.Index)
			}
			rep.add(&p, h)
			return nil
		})
		if err != nil {
			return err
		}
		p, err, ok := next()
		if err == nil && ok {
			return fmt.Errorf("%s: the sidecar goes on at packet %d where the capture ends; it belongs to another capture", capture, p.Index)
		}
		return err
	})
	return rep, err
}

func (rep *Report) add(p *labels.Packet, h *wire.Headers) {
	rep.Packets++
	malicious, can := p.Campaign != "", h.IP == 4
	for _, c := range []struct {
		count *int64
		is    bool
	}{
		{&rep.Malicious, malicious}, {&rep.Tainted, h.Evil}, {&rep.Cannot, !can},
		{&rep.SidecarOnly, malicious && !can}, {&rep.OnBenign, h.Evil && !malicious},
	} {
		if c.is {
			*c.count++
		}
	}
	if h.Evil == (malicious && can) && p.Tainted == h.Evil {
		return
	}
	rep.Disagree++
	if len(rep.FirstIndices) < 10 {
		rep.FirstIndices = append(rep.FirstIndices, p.Index)
	}
}
