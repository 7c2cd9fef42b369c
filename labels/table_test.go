package labels

import (
	"bytes"
	"fmt"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var rowOptions = cmp.Options{
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmpopts.EquateNaNs(),
	cmpopts.EquateEmpty(),
}

func encode[T any](t testing.TB, table *Table[T], rows []T) []byte {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	var out bytes.Buffer
	w := table.newWriter(&out, mem)
	for i := range rows {
		if err := w.Write(&rows[i]); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.Len(); got != int64(len(rows)) {
		t.Fatalf("writer counts %d rows of %d", got, len(rows))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func decode[T any](t testing.TB, table *Table[T], data []byte) ([]T, error) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r, err := table.newReader(bytes.NewReader(data), int64(len(data)), "test.arrow", &budget{Allocator: mem, most: maxBatch})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var rows []T
	for row, err := range r.All() {
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	if r.Len() != int64(len(rows)) {
		t.Fatalf("reader claims %d rows, gave %d", r.Len(), len(rows))
	}
	return rows, nil
}

// roundTrip writes what the generator draws and wants the same back.
func roundTrip[T any](t *testing.T, table *Table[T], draw func(*rapid.T) T) {
	t.Run(table.Name(), func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			rows := rapid.SliceOfN(rapid.Custom(draw), 0, 20).Draw(rt, "rows")
			got, err := decode(t, table, encode(t, table, rows))
			if err != nil {
				rt.Fatal(err)
			}
			if diff := cmp.Diff(rows, got, rowOptions); diff != "" {
				rt.Fatal(diff)
			}
		})
	})
}

func TestRoundTrip(t *testing.T) {
	roundTrip(t, Packets, func(t *rapid.T) Packet {
		return Packet{
			Index: number(t), Time: number(t), Flow: number(t), Campaign: word(t),
			Forward: rapid.Bool().Draw(t, "forward"), Tainted: rapid.Bool().Draw(t, "tainted"),
			Bytes: rapid.SampledFrom([]uint32{0, 60, 1514, math.MaxUint32}).Draw(t, "bytes"),
		}
	})
	roundTrip(t, Flows, func(t *rapid.T) Flow {
		f := Flow{
			Flow: number(t), CommunityID: word(t),
			Tuple:    Tuple{Src: addr(t), Dst: addr(t), Sport: 1, Dport: 65535, Proto: 17, VLAN: 0xfff123},
			ICMPType: int16(rapid.IntRange(-1, 255).Draw(t, "type")), ICMPCode: -1,
			Start: number(t), End: number(t), FwdPackets: number(t), BwdPackets: number(t),
			FwdBytes: number(t), BwdBytes: number(t), Service: word(t), State: word(t), Class: Attempted, Campaign: word(t), Stage: word(t),
		}
		return f
	})
	roundTrip(t, Campaigns, func(t *rapid.T) Campaign {
		return Campaign{
			Campaign: word(t), Attack: word(t), Technique: "T1046", Tactic: "discovery", Start: number(t), End: number(t),
			Sources: words(t), Targets: words(t), Intensity: word(t), Evasion: word(t), TwinOf: word(t),
			Parameters: "{}", Expects: words(t),
		}
	})
	roundTrip(t, Alerts, func(t *rapid.T) Alert {
		a := Alert{
			Alert: number(t), Time: number(t), Engine: "suricata", GID: 1, SID: number(t), Rev: 2, Name: word(t),
			Category: word(t), Severity: int32(rapid.IntRange(0, 3).Draw(t, "severity")), Score: math.NaN(),
			Sport: 53, Proto: uint8(rapid.IntRange(0, 255).Draw(t, "proto")), Direction: word(t), Packet: number(t),
			EngineFlow: word(t), FlowStart: number(t), FlowForward: rapid.Bool().Draw(t, "fwd"), CommunityID: word(t),
			ICMPType: -1, ICMPCode: 3, VLAN: 7, Kind: "alert", PacketSource: word(t), Raw: word(t),
		}
		if rapid.Bool().Draw(t, "present") {
			a.Src, a.Dst, a.Score = addr(t), addr(t), .5
		}
		return a
	})
	roundTrip(t, Matches, func(t *rapid.T) Match {
		return Match{
			Alert: number(t), Rung: "flow", Reason: word(t), Packet: number(t), Flow: number(t), Campaign: word(t),
			Candidates: rapid.SliceOf(rapid.Int64()).Draw(t, "candidates"), Verdict: VerdictAmbiguous,
		}
	})
}

func number(t *rapid.T) int64 {
	return rapid.OneOf(rapid.Just(int64(0)), rapid.Int64()).Draw(t, "number")
}

func word(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "a", "b", "ü|,\n", strings.Repeat("x", 300)}).Draw(t, "word")
}

func words(t *rapid.T) []string {
	return rapid.SliceOf(rapid.SampledFrom([]string{"", "scan", "c2"})).Draw(t, "words")
}

func addr(t *rapid.T) netip.Addr {
	return rapid.SampledFrom([]netip.Addr{
		netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("::"), netip.MustParseAddr("0.0.0.0"),
	}).Draw(t, "addr")
}

func somePackets(n int) []Packet {
	rows := make([]Packet, n)
	for i := range rows {
		rows[i] = Packet{Index: int64(i + 1), Time: 1_700_000_000_000_000_000 + int64(i)*37_411, Flow: int64(i / 9), Forward: i%3 == 0}
		if i%97 == 0 {
			rows[i].Campaign, rows[i].Tainted = fmt.Sprintf("scan-%d", i%5), true
		}
	}
	return rows
}

func TestManyBatches(t *testing.T) {
	rows := somePackets(2*Packets.batch + 5)
	data := encode(t, Packets, rows)
	got, err := decode(t, Packets, data)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(rows, got) {
		t.Fatal("rows differ after a round trip over three batches")
	}
	_, batches, err := layout(bytes.NewReader(data), int64(len(data)))
	if err != nil || batches != 3 {
		t.Fatalf("%d batches, %v; want 3", batches, err)
	}
}

func TestSameBytesOnAnyNumberOfProcessors(t *testing.T) {
	rows := somePackets(3 * Packets.batch)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := encode(t, Packets, rows)
	runtime.GOMAXPROCS(8)
	if !bytes.Equal(one, encode(t, Packets, rows)) {
		t.Fatal("the file depends on the number of processors")
	}
}

func TestRowsAreCopied(t *testing.T) {
	var out bytes.Buffer
	w := Matches.NewWriter(&out)
	m := Match{Alert: 1, Candidates: []int64{4, 5}}
	if err := w.Write(&m); err != nil {
		t.Fatal(err)
	}
	m.Candidates[0] = 99
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := decode(t, Matches, out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{4, 5}, got[0].Candidates); diff != "" {
		t.Fatal(diff)
	}
}

func TestStoppingEarlyAndStartingAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "packets.arrow")
	w, err := Packets.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range somePackets(10) {
		if err := w.Write(&p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&Packet{}); err == nil {
		t.Fatal("a closed writer took a row")
	}
	r, err := Packets.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for p, err := range r.All() {
			if err != nil || p.Index != 1 {
				t.Fatal(p, err)
			}
			break
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := Packets.Load(path)
	if err != nil || len(rows) != 10 {
		t.Fatalf("loaded %d rows, %v", len(rows), err)
	}
}

func TestSchemaCarriesTheFormat(t *testing.T) {
	data := encode(t, Flows, nil)
	r, err := ipc.NewFileReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, _ := r.Schema().Metadata().GetValue(FormatKey); got != "evilbench.flows/1" {
		t.Fatalf("format is %q", got)
	}
}

// A file from before a column was added reads as if the column were null.
func TestFileOlderThanAColumn(t *testing.T) {
	last := len(Packets.columns) - 1
	if !Packets.columns[last].added {
		t.Fatal("the last column of packets is not an added one")
	}
	older := newTable("packets", 1, 10, nil, Packets.columns[:last]...)
	rows := []Packet{{Index: 1, Campaign: "a", Bytes: 60}, {Index: 2, Bytes: 61}}
	got, err := decode(t, Packets, encode(t, older, rows))
	if err != nil {
		t.Fatal(err)
	}
	if want := []Packet{{Index: 1, Campaign: "a"}, {Index: 2}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for name, table := range map[string]bool{"packets": allNullable(Packets), "flows": allNullable(Flows)} {
		if !table {
			t.Errorf("%s has an added column that cannot be null: an older file would have no value for it", name)
		}
	}
}

func allNullable[T any](table *Table[T]) bool {
	return !slices.ContainsFunc(table.columns, func(c column[T]) bool { return c.added && !c.field.Nullable })
}

func TestUnreadable(t *testing.T) {
	whole := encode(t, Packets, somePackets(100))
	newer := newTable("packets", 2, 10, nil, Packets.columns...)
	narrow := newTable("packets", 1, 10, nil, Packets.columns[:3]...)
	other := newTable("packets", 1, 10, nil, append(slices.Clone(Packets.columns[:5]), texts("tainted", func(p *Packet) *string { return &p.Campaign }))...)
	nulls := newTable("packets", 1, 10, nil, append([]column[Packet]{int64s("index", func(p *Packet) *int64 { return &p.Index }, 0)}, Packets.columns[1:]...)...)
	flipped := bytes.Clone(whole)
	flipped[bytes.LastIndex(whole, []byte{0x28, 0xb5, 0x2f, 0xfd})] ^= 0xff // the last column's zstd magic number
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":          {nil, "empty file"},
		"text":           {[]byte("index,time,flow\n1,2,3\n"), "not an Arrow file"},
		"cut head":       {whole[:3], "truncated"},
		"cut":            {whole[:len(whole)-1], "truncated"},
		"cut half":       {whole[:len(whole)/2], "truncated"},
		"wrong table":    {encode(t, Flows, nil), "is evilbench.flows/1, not evilbench.packets/1"},
		"newer version":  {encode(t, newer, nil), "is evilbench.packets/2, this version reads evilbench.packets/1"},
		"missing column": {encode(t, narrow, nil), "needs one column campaign, found 0"},
		"wrong type":     {encode(t, other, nil), "column tainted is utf8"},
		"nulls":          {encode(t, nulls, []Packet{{Index: 0}}), "1 nulls in column index"},
		"damaged":        {flipped, "batch 1 of 1: damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Packets.NewReader(bytes.NewReader(c.data), int64(len(c.data)), "dir/packets.arrow")
			if err == nil {
				defer r.Close()
				for _, err = range r.All() {
				}
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "dir/packets.arrow: ") {
				t.Fatalf("got %v, want the file's name and %q", err, c.want)
			}
		})
	}
}

func TestExtraColumnsAreIgnored(t *testing.T) {
	extra := newTable("packets", 1, 10, nil, append([]column[Packet]{texts("note", func(p *Packet) *string { return &p.Campaign })}, Packets.columns...)...)
	rows := somePackets(3)
	got, err := decode(t, Packets, encode(t, extra, rows))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rows, got); diff != "" {
		t.Fatal(diff)
	}
}

type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) > d.left {
		return 0, &os.PathError{Op: "write", Path: "packets.arrow", Err: fmt.Errorf("no space left on device")}
	}
	d.left -= len(p)
	return len(p), nil
}

func TestFullDisk(t *testing.T) {
	w := Packets.NewWriter(&fullDisk{left: 1000})
	for _, p := range somePackets(2 * Packets.batch) {
		if w.Write(&p) != nil {
			break
		}
	}
	err := w.Close()
	if err == nil || !strings.Contains(err.Error(), "write packets table:") || !strings.Contains(err.Error(), "no space left") {
		t.Fatalf("got %v", err)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(encode(f, Packets, somePackets(3)))
	f.Add(encode(f, Matches, []Match{{Alert: 1, Rung: "flow", Candidates: []int64{1, 2}, Verdict: VerdictTrue}}))
	f.Add(encode(f, Campaigns, []Campaign{{Campaign: "scan-1", Sources: []string{"10.0.0.1"}}}))
	f.Add([]byte("ARROW1\x00\x00ARROW1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		readAll(data, Packets)
		readAll(data, Matches)
		readAll(data, Campaigns)
		readAll(data, Alerts)
	})
}

func readAll[T any](data []byte, table *Table[T]) {
	limit := &budget{Allocator: memory.DefaultAllocator, most: 16 << 20}
	r, err := table.newReader(bytes.NewReader(data), int64(len(data)), "fuzz.arrow", limit)
	if err != nil {
		return
	}
	defer r.Close()
	for _, err := range r.All() {
		if err != nil {
			return
		}
	}
}

func BenchmarkWritePackets(b *testing.B) {
	rows := somePackets(Packets.batch)
	w := Packets.NewWriter(&discard{})
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if err := w.Write(&rows[n%len(rows)]); err != nil {
			b.Fatal(err)
		}
		n++
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkReadPackets(b *testing.B) {
	data := encode(b, Packets, somePackets(8*Packets.batch))
	n := 0
	for b.Loop() {
		r, err := Packets.NewReader(bytes.NewReader(data), int64(len(data)), "bench.arrow")
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range r.All() {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		r.Close()
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(len(data))/float64(8*Packets.batch), "bytes/row")
}

type discard struct{}

func (*discard) Write(p []byte) (int, error) { return len(p), nil }
