package generator

import (
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/scenario"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
)

// linkEthernet is LINKTYPE_ETHERNET.
const linkEthernet = 1

// snapLength is what the capture's header announces; no packet is longer.
const snapLength = 262144

// CorpusOptions say how a corpus is written.
type CorpusOptions struct {
	Options
	Tool string // version of the program, recorded in the manifest
}

// WriteCorpus generates the scenario's traffic into a corpus at dir. Either the corpus is whole afterwards, or there is none.
func WriteCorpus(ctx context.Context, sc *scenario.Scenario, m *model.Model, dir string, options CorpusOptions) (*corpus.Manifest, error) {
	scenarioDigest, err := sc.Digest()
	if err != nil {
		return nil, err
	}
	modelDigest, err := m.Digest()
	if err != nil {
		return nil, err
	}
	b, err := corpus.Create(dir)
	if err != nil {
		return nil, err
	}
	manifest, err := fillCorpus(ctx, b, sc, m, options)
	if err != nil {
		return nil, errors.Join(err, b.Abort())
	}
	manifest.Scenario = &corpus.Scenario{Name: sc.Name, Digest: scenarioDigest}
	manifest.Model = modelDigest
	manifest.Seed, manifest.HomeNet = sc.Seed, homeNet(sc)
	manifest.Version, manifest.CreatedBy = options.Tool, "generate"
	return manifest, b.Commit(manifest)
}

func fillCorpus(ctx context.Context, b *corpus.Builder, sc *scenario.Scenario, m *model.Model, options CorpusOptions) (*corpus.Manifest, error) {
	f, err := openFiles(b)
	if err != nil {
		return nil, err
	}
	r, err := Generate(ctx, sc, m, f, options.Options)
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	if r.Packets == 0 {
		return nil, errors.Join(errors.New("the scenario made no packet; give it a longer duration or a higher rate"), f.close())
	}
	for i := range r.Campaigns {
		if err := f.campaigns.Write(&r.Campaigns[i]); err != nil {
			return nil, errors.Join(err, f.close())
		}
	}
	if err := f.close(); err != nil {
		return nil, err
	}
	manifest := &corpus.Manifest{
		LinkType: linkEthernet, Packets: r.Packets, Flows: r.Flows, Campaigns: int64(len(r.Campaigns)), Bytes: f.wire, Warnings: r.Warnings, Notes: r.Notes,
	}
	manifest.SetSpan(f.first, f.last)
	return manifest, nil
}

// files are a corpus's members while they are written. It is the pipeline's sink.
type files struct {
	capture     io.WriteCloser
	members     []io.Closer // under the tables
	packets     *labels.Writer[labels.Packet]
	flows       *labels.Writer[labels.Flow]
	campaigns   *labels.Writer[labels.Campaign]
	first, last int64
	wire        int64
}

func openFiles(b *corpus.Builder) (*files, error) {
	f := &files{}
	var outs [4]io.WriteCloser
	for i, name := range []string{corpus.Traffic, corpus.Packets, corpus.Flows, corpus.Campaigns} {
		w, err := b.File(name)
		if err != nil {
			return nil, err
		}
		outs[i] = w
	}
	f.capture = outs[0]
	f.members = []io.Closer{outs[1], outs[2], outs[3]}
	f.packets = labels.Packets.NewWriter(outs[1])
	f.flows = labels.Flows.NewWriter(outs[2])
	f.campaigns = labels.Campaigns.NewWriter(outs[3])
	_, err := f.capture.Write(captureHeader())
	return f, err
}

// captureHeader is the 24 bytes of a little-endian pcap file with microseconds.
func captureHeader() []byte {
	h := make([]byte, 24)
	binary.LittleEndian.PutUint32(h, 0xa1b2c3d4)
	binary.LittleEndian.PutUint16(h[4:], 2)
	binary.LittleEndian.PutUint16(h[6:], 4)
	binary.LittleEndian.PutUint32(h[16:], snapLength)
	binary.LittleEndian.PutUint32(h[20:], linkEthernet)
	return h
}

// Packets writes rendered records and their truth.
func (f *files) Packets(records []byte, truth []labels.Packet) error {
	if len(truth) == 0 {
		return nil
	}
	if f.first == 0 {
		f.first = truth[0].Time
	}
	f.last = truth[len(truth)-1].Time
	f.wire += int64(len(records) - recordHeader*len(truth))
	if _, err := f.capture.Write(records); err != nil {
		return err
	}
	for i := range truth {
		if err := f.packets.Write(&truth[i]); err != nil {
			return err
		}
	}
	return nil
}

// Flows writes finished flows.
func (f *files) Flows(flows []labels.Flow) error {
	for i := range flows {
		if err := f.flows.Write(&flows[i]); err != nil {
			return err
		}
	}
	return nil
}

func (f *files) close() error {
	err := errors.Join(f.packets.Close(), f.flows.Close(), f.campaigns.Close(), f.capture.Close())
	for _, m := range f.members {
		err = errors.Join(err, m.Close())
	}
	return err
}
