package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
	"github.com/evilbench/evilbench/labels/wire"
)

const t0 = int64(1_700_000_000_000_000_000)

// udp is a packet over Ethernet; evil sets the taint.
func udp(src, dst byte, evil bool) []byte {
	ip := []byte{0x45, 0, 0, 28, 0, 1, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, src, 10, 0, 0, dst, 0, 1, 0, 2, 0, 8, 0, 0}
	if evil {
		ip[6] |= 0x80
	}
	var sum uint32
	for i := 0; i < 20; i += 2 {
		sum += uint32(ip[i])<<8 | uint32(ip[i+1])
	}
	sum = sum&0xffff + sum>>16
	ip[10], ip[11] = byte(^sum>>8), byte(^sum)
	return append(append(make([]byte, 12), 8, 0), ip...)
}

// writeCorpus makes a corpus of a benign flow and an attack, of one packet each.
func writeCorpus(t testing.TB, dir string) {
	t.Helper()
	if err := fillCorpus(dir, 1); err != nil {
		t.Fatal(err)
	}
}

func fillCorpus(dir string, linkType int) error { return fillSeed(dir, linkType, 0) }

func fillSeed(dir string, linkType int, seed uint64) error {
	b, err := corpus.Create(dir)
	if err != nil {
		return err
	}
	capture := func(w io.Writer) error {
		p, err := wire.NewWriter(w, wire.LinkType(linkType), false)
		return errors.Join(err, p.Write(t0, udp(1, 2, false), 42), p.Write(t0+1e9, udp(3, 2, true), 42), p.Flush())
	}
	flow := func(n int64, src, campaign string, class labels.Class) labels.Flow {
		return labels.Flow{
			Flow: n, Tuple: labels.Tuple{Src: netip.MustParseAddr(src), Dst: netip.MustParseAddr("10.0.0.2"), Sport: 1, Dport: 2, Proto: 17},
			ICMPType: -1, ICMPCode: -1, Start: t0 + (n-1)*1e9, End: t0 + (n-1)*1e9, FwdPackets: 1, State: "S0", Class: class, Campaign: campaign,
		}
	}
	err = errors.Join(
		member(b, corpus.Traffic, capture),
		member(b, corpus.Packets, table(labels.Packets,
			labels.Packet{Index: 1, Time: t0, Flow: 1, Forward: true},
			labels.Packet{Index: 2, Time: t0 + 1e9, Flow: 2, Forward: true, Campaign: "attack-1", Tainted: true})),
		member(b, corpus.Flows, table(labels.Flows, flow(1, "10.0.0.1", "", labels.Benign), flow(2, "10.0.0.3", "attack-1", labels.Malicious))),
		member(b, corpus.Campaigns, table(labels.Campaigns, labels.Campaign{
			Campaign: "attack-1", Attack: "probe", Technique: "T1046", Tactic: "discovery", Start: t0 + 1e9, End: t0 + 1e9, Parameters: fmt.Sprintf(`{"seed":%d}`, seed),
			Sources: []string{"10.0.0.3"}, Targets: []string{"10.0.0.2"}, Expects: []string{"scan"},
		})),
	)
	if err != nil {
		return err
	}
	m := &corpus.Manifest{HomeNet: []string{"10.0.0.0/8"}, LinkType: linkType, Packets: 2, Flows: 2, Campaigns: 1, Bytes: 84,
		Version: "test", CreatedBy: "generate", Seed: seed, Scenario: &corpus.Scenario{Name: "tiny", Digest: "d"}}
	m.SetSpan(t0, t0+1e9)
	return b.Commit(m)
}

func member(b *corpus.Builder, name string, fill func(io.Writer) error) error {
	w, err := b.File(name)
	if err != nil {
		return err
	}
	return errors.Join(fill(w), w.Close())
}

func table[T any](t *labels.Table[T], rows ...T) func(io.Writer) error {
	return func(w io.Writer) error {
		out := t.NewWriter(w)
		for i := range rows {
			if err := out.Write(&rows[i]); err != nil {
				return err
			}
		}
		return out.Close()
	}
}

// fakeEngine is detector and runner in one: it "reads" a capture by counting its packets, and says what it is told to say.
type fakeEngine struct {
	version  string
	alerts   []labels.Alert
	torn     int // lines it writes that cannot be read
	rulesBad int
	exit     int // exit code of a run
	starts   atomic.Int64
	captures [][]byte // what it was given
	onRun    func()
}

var _ ids.Detector = (*fakeEngine)(nil)
var _ ids.Runner = fakeRunner{}

func (*fakeEngine) Name() string { return "fake" }
func (*fakeEngine) Close() error { return nil }

func (*fakeEngine) Check(in ids.Input) (ids.Invocation, error) {
	return ids.Invocation{Engine: "fake", Args: []string{"-T"}}, nil
}

func (*fakeEngine) Run(in ids.Input) (ids.Invocation, error) {
	return ids.Invocation{Engine: "fake", Args: []string{"-r", "{capture}"}, Files: map[string][]byte{"config": []byte(fmt.Sprint(in.HomeNet))}}, nil
}

func (e *fakeEngine) Alerts(string) iter.Seq2[labels.Alert, error] {
	return func(yield func(labels.Alert, error) bool) {
		for i := range e.torn {
			if !yield(labels.Alert{}, fmt.Errorf("eve.json:%d: torn", i+1)) {
				return
			}
		}
		for _, a := range e.alerts {
			if !yield(a, nil) {
				return
			}
		}
	}
}

func (e *fakeEngine) Report(output string) (ids.Report, error) {
	r := ids.Report{Version: e.version, RulesLoaded: 10 - e.rulesBad, RulesFailed: e.rulesBad, Packets: 2}
	for i := range e.rulesBad {
		r.RuleErrors = append(r.RuleErrors, fmt.Sprintf("line %d: no such keyword", i+1))
	}
	return r, nil
}

// fakeRunner keeps the two methods called Run apart.
type fakeRunner struct{ *fakeEngine }

func (r fakeRunner) Identity(context.Context) (ids.Identity, error) {
	return ids.Identity{Runner: "container", Engine: "fake", Version: r.version, Image: "fake:1", Digest: "sha256:1"}, nil
}

func (r fakeRunner) Run(ctx context.Context, inv ids.Invocation, in ids.Input) (ids.Outcome, error) {
	if err := ctx.Err(); err != nil {
		return ids.Outcome{}, err
	}
	if inv.Args[0] == "-T" {
		exit := 0
		if r.rulesBad > 0 {
			exit = 1
		}
		return ids.Outcome{ExitCode: exit}, nil
	}
	r.starts.Add(1)
	if r.onRun != nil {
		r.onRun()
	}
	text, err := os.ReadFile(in.Capture)
	r.captures = append(r.captures, text)
	if err == nil {
		err = os.WriteFile(filepath.Join(in.Output, "eve.json"), []byte("log\n"), 0o644)
	}
	return ids.Outcome{ExitCode: r.exit, Stderr: "it went wrong", Usage: ids.Usage{WallSeconds: 1}}, err
}

// speaking is an engine that catches the attack and cries wolf once.
func speaking() *fakeEngine {
	a := func(packet, sid int64, src string, category string) labels.Alert {
		return labels.Alert{
			Time: t0 + (packet-1)*1e9, Engine: "fake", GID: 1, SID: sid, Name: fmt.Sprint("rule ", sid), Category: category, Kind: "alert",
			Src: netip.MustParseAddr(src), Dst: netip.MustParseAddr("10.0.0.2"), Sport: 1, Dport: 2, Proto: 17,
			Packet: packet, PacketSource: "wire/pcap", ICMPType: -1, ICMPCode: -1,
		}
	}
	return &fakeEngine{version: "1.2", alerts: []labels.Alert{
		a(1, 5, "10.0.0.1", "Misc"), a(2, 7, "10.0.0.3", "Detection of a Network Scan"), a(2, 8, "10.0.0.3", "Misc"),
	}}
}

func opener(engines map[string]*fakeEngine) func(context.Context, string) (ids.Detector, ids.Runner, error) {
	return func(_ context.Context, spec string) (ids.Detector, ids.Runner, error) {
		e := engines[spec]
		if e == nil {
			return nil, nil, &ids.Missing{Want: spec, Why: "not here", Hint: "install it"}
		}
		return e, fakeRunner{e}, nil
	}
}

// talk records what a display was told.
type talk struct {
	steps, warnings []string
}

func (t *talk) Step(name, _ string)   { t.steps = append(t.steps, name) }
func (t *talk) Progress(int64, int64) {}
func (t *talk) Warn(text string)      { t.warnings = append(t.warnings, text) }

// hasTaint tells whether the evil bit is in a capture of the fixture's packets.
func hasTaint(capture []byte) bool { return bytes.Contains(capture, []byte{0, 1, 0xC0, 0, 64, 17}) }
