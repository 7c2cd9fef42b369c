package generator_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/evilbench/evilbench/generator"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/scenario"
	"github.com/evilbench/evilbench/labels"
)

func smoke(t testing.TB) (*scenario.Scenario, *model.Model) {
	t.Helper()
	sc, err := scenario.Load("smoke")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Load(sc.Model)
	if err != nil {
		t.Fatal(err)
	}
	return sc, m
}

// kept is a sink that keeps everything.
type kept struct {
	records []byte
	truth   []labels.Packet
	flows   []labels.Flow
}

func (k *kept) Packets(records []byte, truth []labels.Packet) error {
	k.records = append(k.records, records...)
	k.truth = append(k.truth, truth...)
	return nil
}

func (k *kept) Flows(flows []labels.Flow) error {
	k.flows = append(k.flows, flows...)
	return nil
}

func made(t testing.TB, jobs int) *kept {
	t.Helper()
	sc, m := smoke(t)
	k := &kept{}
	if _, err := generator.Generate(context.Background(), sc, m, k, generator.Options{Jobs: jobs}); err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSameBytesWithAnyNumberOfWorkers(t *testing.T) {
	sc, m := smoke(t)
	var first string
	for _, jobs := range []int{1, 2, 8} {
		manifest, err := generator.WriteCorpus(context.Background(), sc, m, filepath.Join(t.TempDir(), "corpus"),
			generator.CorpusOptions{Options: generator.Options{Jobs: jobs}, Tool: "test"})
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(manifest.Files)
		if first == "" {
			first = got
		}
		if got != first {
			t.Errorf("%d workers: %s, one worker: %s", jobs, got, first)
		}
	}
}

func TestAnotherSeedIsAnotherCorpus(t *testing.T) {
	a := made(t, 1)
	sc, m := smoke(t)
	sc.Seed++
	b := &kept{}
	if _, err := generator.Generate(context.Background(), sc, m, b, generator.Options{Jobs: 1}); err != nil {
		t.Fatal(err)
	}
	if sha256.Sum256(a.records) == sha256.Sum256(b.records) {
		t.Error("two seeds gave the same bytes")
	}
}

func TestTruthDescribesTheCapture(t *testing.T) {
	k := made(t, 2)
	counts := map[int64][2]int64{}
	last, offset := int64(0), 0
	for i, p := range k.truth {
		if p.Index != int64(i+1) {
			t.Fatalf("row %d has index %d", i, p.Index)
		}
		h := k.records[offset:]
		at := int64(binary.LittleEndian.Uint32(h))*1e9 + int64(binary.LittleEndian.Uint32(h[4:]))*1e3
		n := int(binary.LittleEndian.Uint32(h[8:]))
		frame := h[16 : 16+n]
		offset += 16 + n
		if at != p.Time || at < last {
			t.Fatalf("packet %d: capture says %d, truth %d, before it %d", p.Index, at, p.Time, last)
		}
		last = at
		v4 := bytes.Equal(frame[12:14], []byte{8, 0})
		if evil := v4 && frame[20]&0x80 != 0; evil != p.Tainted {
			t.Fatalf("packet %d: evil bit %v, truth %v", p.Index, evil, p.Tainted)
		}
		if p.Tainted != (v4 && p.Campaign != "") {
			t.Fatalf("packet %d: tainted %v, campaign %q", p.Index, p.Tainted, p.Campaign)
		}
		c := counts[p.Flow]
		if p.Forward {
			c[0]++
		} else {
			c[1]++
		}
		counts[p.Flow] = c
	}
	if offset != len(k.records) {
		t.Errorf("%d bytes behind the last packet", len(k.records)-offset)
	}
	campaigns := map[string]bool{}
	for i, f := range k.flows {
		if i > 0 && (f.Flow <= k.flows[i-1].Flow || f.Start < k.flows[i-1].Start) {
			t.Fatalf("flow %d does not follow flow %d", f.Flow, k.flows[i-1].Flow)
		}
		if got := counts[f.Flow]; got != [2]int64{f.FwdPackets, f.BwdPackets} {
			t.Fatalf("flow %d: %v packets in the capture, truth says %d and %d", f.Flow, got, f.FwdPackets, f.BwdPackets)
		}
		if (f.Campaign == "") != (f.Class == labels.Benign || f.Class == labels.Lookalike) {
			t.Fatalf("flow %d: class %s, campaign %q", f.Flow, f.Class, f.Campaign)
		}
		campaigns[f.Campaign] = true
		delete(counts, f.Flow)
	}
	delete(counts, 0)
	if len(counts) != 0 {
		t.Errorf("%d flows have packets and no row", len(counts))
	}
	if len(campaigns) < 5 {
		t.Errorf("campaigns in the flows: %v", campaigns)
	}
}

// TestAddressesAreResolvedFirst: every frame on the site's links goes to an address that somebody asked for, or that spoke before.
func TestAddressesAreResolvedFirst(t *testing.T) {
	k := made(t, 1)
	known := map[string]bool{}
	offset := 0
	for _, p := range k.truth {
		n := int(binary.LittleEndian.Uint32(k.records[offset+8:]))
		frame := k.records[offset+16 : offset+16+n]
		offset += 16 + n
		dst, src := string(frame[:6]), string(frame[6:12])
		if frame[0]&1 == 0 && !known[dst] {
			t.Fatalf("packet %d goes to % x, of which nobody has heard", p.Index, dst)
		}
		known[src] = true
	}
}

type fullDisk struct{ kept }

var errFull = errors.New("no space left on device")

func (*fullDisk) Packets([]byte, []labels.Packet) error { return errFull }

func TestAFailingSinkEndsTheWork(t *testing.T) {
	sc, m := smoke(t)
	_, err := generator.Generate(context.Background(), sc, m, &fullDisk{}, generator.Options{Jobs: 2})
	if !errors.Is(err, errFull) {
		t.Errorf("error %v, want the sink's", err)
	}
}

func TestCancelEndsTheWork(t *testing.T) {
	sc, m := smoke(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := filepath.Join(t.TempDir(), "corpus")
	if _, err := generator.WriteCorpus(ctx, sc, m, dir, generator.CorpusOptions{Tool: "test"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that the context was canceled", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), ".*partial*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// discard is a sink for measuring the pipeline alone.
type discard struct{ packets, bytes int64 }

func (d *discard) Packets(records []byte, truth []labels.Packet) error {
	d.packets += int64(len(truth))
	d.bytes += int64(len(records))
	return nil
}

func (*discard) Flows([]labels.Flow) error { return nil }

func BenchmarkPipeline(b *testing.B) {
	sc, m := smoke(b)
	sc.Rate = 10
	d := &discard{}
	for b.Loop() {
		if _, err := generator.Generate(context.Background(), sc, m, d, generator.Options{Jobs: 1}); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(d.bytes / int64(b.N))
	b.ReportMetric(float64(d.packets)/b.Elapsed().Seconds(), "packets/s")
}
