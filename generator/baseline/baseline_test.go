package baseline

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/stat"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// training is a table of two hosts that alternate between a lookup and a visit whose bytes follow its packets.
func training(t testing.TB, rows int) *flowlog.Table {
	t.Helper()
	r := draw.NewSeed(3).Stream()
	times := flowlog.Column{Name: flowlog.FirstSeen, Kind: flowlog.Time}
	proto := flowlog.Column{Name: flowlog.Proto, Kind: flowlog.Categorical, Words: []string{"TCP", "UDP"}}
	src := flowlog.Column{Name: flowlog.SrcIP, Kind: flowlog.Categorical, Words: []string{"10.0.0.1", "10.0.0.2"}}
	port := flowlog.Column{Name: flowlog.DstPort, Kind: flowlog.Categorical, Words: []string{"443.0", "53.0"}}
	packets := flowlog.Column{Name: flowlog.OutPackets, Kind: flowlog.Count}
	bytes := flowlog.Column{Name: flowlog.OutBytes, Kind: flowlog.Bytes}
	at := int64(1_709_510_400_000_000_000)
	for i := range rows {
		at += int64(r.Exp(20) * 1e9)
		times.Times = append(times.Times, at)
		visit := int32(i / 2 % 2)
		src.Codes = append(src.Codes, int32(i%2))
		proto.Codes = append(proto.Codes, visit)
		port.Codes = append(port.Codes, visit)
		n := 1.0
		if visit == 0 {
			n = float64(3 + r.IntN(40))
		}
		packets.Numbers = append(packets.Numbers, n)
		bytes.Numbers = append(bytes.Numbers, math.Round(n*(60+40*r.Float64())))
	}
	table, err := flowlog.NewTable("train.csv", times, proto, src, port, packets, bytes)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func generate(t testing.TB, name string, train *flowlog.Table, seed uint64, rows int) *flowlog.Table {
	t.Helper()
	r, err := Learn(name, train, Options{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := r.Generate(draw.NewSeed(seed), rows)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func column(t testing.TB, table *flowlog.Table, name string) *flowlog.Column {
	t.Helper()
	c, ok := table.Column(name)
	if !ok {
		t.Fatalf("no column %s", name)
	}
	return c
}

// Every rival makes as many rows as asked for, in order of time, with the training table's columns and no value that never was.
func TestEveryRivalMakesATable(t *testing.T) {
	train := training(t, 400)
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			got := generate(t, name, train, 1, 333)
			if got.Rows() != 333 || got.Name != name {
				t.Errorf("%d rows of %s", got.Rows(), got.Name)
			}
			if !slices.IsSorted(column(t, got, flowlog.FirstSeen).Times) {
				t.Error("not in order of time")
			}
			for i := range train.Columns {
				if got.Columns[i].Name != train.Columns[i].Name {
					t.Errorf("column %d is %s", i, got.Columns[i].Name)
				}
			}
			packets := column(t, got, flowlog.OutPackets).Numbers
			if low, high := slices.Min(packets), slices.Max(packets); low < 1 || high > 42 {
				t.Errorf("%g to %g packets, there were 1 to 42", low, high)
			}
			if diff := cmp.Diff(got, generate(t, name, train, 1, 333), cmp.AllowUnexported(flowlog.Table{})); diff != "" {
				t.Errorf("the same seed makes another table: %s", diff)
			}
			if cmp.Equal(got, generate(t, name, train, 2, 333), cmp.AllowUnexported(flowlog.Table{})) {
				t.Error("another seed makes the same table")
			}
		})
	}
}

func TestShuffleKeepsEveryColumn(t *testing.T) {
	train := training(t, 200)
	got := generate(t, "shuffle", train, 1, 200)
	for _, name := range []string{flowlog.OutBytes, flowlog.OutPackets} {
		if !slices.Equal(slices.Sorted(slices.Values(column(t, train, name).Numbers)), slices.Sorted(slices.Values(column(t, got, name).Numbers))) {
			t.Errorf("%s holds other numbers", name)
		}
	}
	if x := stat.Correlation(column(t, got, flowlog.OutBytes).Numbers, column(t, got, flowlog.OutPackets).Numbers, nil); math.Abs(x) > 0.2 {
		t.Errorf("bytes and packets still correlate by %.2f", x)
	}
}

func TestBootstrapDrawsWholeRows(t *testing.T) {
	train := training(t, 100)
	known := map[string]bool{}
	for i := range train.Rows() {
		known[line(train, i)] = true
	}
	got := generate(t, "bootstrap", train, 1, 300)
	for i := range got.Rows() {
		if !known[line(got, i)] {
			t.Fatalf("row %s was not there", line(got, i))
		}
	}
}

func line(t *flowlog.Table, row int) string {
	var out []string
	for i := range t.Columns {
		switch c := &t.Columns[i]; c.Kind {
		case flowlog.Time:
			out = append(out, fmt.Sprint(c.Times[row]))
		case flowlog.Categorical:
			out = append(out, c.Word(row))
		default:
			out = append(out, fmt.Sprint(c.Numbers[row]))
		}
	}
	return strings.Join(out, ",")
}

// Half of the packets are 1: ties cost a normal copula some of the correlation.
func TestCopulaKeepsRankCorrelations(t *testing.T) {
	train := training(t, 2000)
	got := generate(t, "copula", train, 1, 2000)
	spearman := func(x *flowlog.Table) float64 {
		return stat.Correlation(ranks(column(t, x, flowlog.OutBytes).Numbers), ranks(column(t, x, flowlog.OutPackets).Numbers), nil)
	}
	if a, b := spearman(train), spearman(got); math.Abs(a-b) > 0.12 {
		t.Errorf("rank correlation of bytes and packets %.3f, was %.3f", b, a)
	}
}

// A walk takes only steps that its source took: each host alternates lookups and visits.
func TestMarkovTakesOnlyStepsThatWere(t *testing.T) {
	got := generate(t, "markov", training(t, 400), 1, 400)
	src, port := column(t, got, flowlog.SrcIP), column(t, got, flowlog.DstPort)
	last := map[int32]int32{0: -1, 1: -1}
	same := 0
	for i := range got.Rows() {
		if last[src.Codes[i]] == port.Codes[i] {
			same++
		}
		last[src.Codes[i]] = port.Codes[i]
	}
	if same > 0 {
		t.Errorf("%d flows follow one of their kind, none ever did", same)
	}
}

// Proto and port go together always; networks learn that, and a shuffled table does not have it.
func TestNetworksKeepWhatBelongsTogether(t *testing.T) {
	train := training(t, 1000)
	apart := func(name string) float64 {
		got := generate(t, name, train, 1, 1000)
		proto, port := column(t, got, flowlog.Proto), column(t, got, flowlog.DstPort)
		n := 0.0
		for i := range got.Rows() {
			if proto.Codes[i] != port.Codes[i] {
				n++
			}
		}
		return n / float64(got.Rows())
	}
	for _, name := range []string{"independent-bn", "sequence-bn"} {
		if x := apart(name); x > 0.02 {
			t.Errorf("%s: %.3f of its flows have the port of another protocol", name, x)
		}
	}
	if x := apart("shuffle"); x < 0.3 {
		t.Errorf("shuffle: %.3f", x)
	}
}

func TestFaults(t *testing.T) {
	train := training(t, 50)
	for _, name := range Names() {
		if _, err := Learn(name, train.Take([]int{0}), Options{}); err == nil || !strings.Contains(err.Error(), "train.csv: 1 rows") {
			t.Errorf("%s of one row: %v", name, err)
		}
		if _, err := Learn(name, train.Take(nil), Options{}); err == nil {
			t.Errorf("%s learns from nothing", name)
		}
		same := generate(t, name, train.Take(make([]int, 40)), 1, 20)
		for i := range same.Rows() {
			if column(t, same, flowlog.DstPort).Word(i) != column(t, train, flowlog.DstPort).Word(0) {
				t.Errorf("%s makes another port of rows that are all the same", name)
				break
			}
		}
	}
	if _, err := Learn("bootstrab", train, Options{}); err == nil || !strings.Contains(err.Error(), "bootstrap") {
		t.Errorf("error %v", err)
	}
}
