package sequences

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/headers"
	"github.com/evilbench/evilbench/generator/learn"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/generator/words"
)

// captures are every second of the shared ones, in the order of their names.
func captures(t *testing.T, half int, folders ...string) (out []string) {
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = "../../../../shared/data"
	}
	for _, folder := range folders {
		all, err := filepath.Glob(filepath.Join(root, "captures", folder, "*.pcap*"))
		if err != nil || len(all) == 0 {
			t.Skip("no recorded captures here; set EVILBENCH_DATA")
		}
		for i, path := range all {
			if i%2 == half {
				out = append(out, path)
			}
		}
	}
	return out
}

func read(t *testing.T, paths []string) *words.Set {
	t.Helper()
	set, err := words.Read(context.Background(), words.Options{Service: model.ServiceAt}, paths...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// promise is what a flow record says of a word.
func promise(k words.Key, ws *automaton.Words, w *automaton.Word) *headers.Want {
	out := &headers.Want{Service: k.Service, State: k.State}
	micro := 0.0
	for i, s := range w.Symbols {
		side := 0
		if ws.Symbols[s].Direction == automaton.Backward {
			side = 1
		}
		out.Packets[side]++
		out.Bytes[side] += int64(words.Amount(w.Values[2*i+1]))
		micro += words.Amount(w.Values[2*i])
	}
	out.Duration = int64(1e3 * micro)
	return out
}

// spell is the word of drawn headers.
func spell(ws *automaton.Words, codes map[string]int32, list []packet.Header) {
	var w automaton.Word
	for _, h := range list {
		l := automaton.Letter{Flags: h.Flags, From: automaton.Forward, Payload: h.Size > 0 && h.Flags != 0}
		if h.From == packet.Server {
			l.From = automaton.Backward
		}
		code, known := codes[l.String()]
		if !known {
			code = int32(len(codes))
			codes[l.String()] = code
			ws.Symbols = append(ws.Symbols, automaton.Symbol{Name: l.String(), Direction: l.From})
		}
		w.Symbols = append(w.Symbols, code)
		w.Values = append(w.Values, words.Level(float64(h.Gap)/1e3), words.Level(float64(h.Size)))
	}
	ws.Words = append(ws.Words, w)
}

func conversation(proto string) *packet.Conversation {
	stack, _ := packet.StackByName("windows-10")
	c := &packet.Conversation{Proto: packet.TCP, Client: &packet.Host{Addr: netip.MustParseAddr("10.0.0.1"), Stack: stack},
		Server: &packet.Host{Addr: netip.MustParseAddr("10.0.0.2"), Stack: stack}}
	if proto == "udp" {
		c.Proto = packet.UDP
	}
	return c
}

// Headers drawn from automata of some captures are set beside the real ones of others: with the counts, bytes and times of those, and
// without any. The yardstick is how far the captures learnt from are themselves.
func TestDrawnHeadersAgainstOtherCaptures(t *testing.T) {
	folders := []string{"iot"}
	if os.Getenv("EVILBENCH_SOAK") != "" {
		folders = append(folders, "workstations") // half a minute
	}
	train, held := read(t, captures(t, 0, folders...)), read(t, captures(t, 1, folders...))
	list, _, err := learn.Headers(train, learn.HeaderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []headers.Kind
	for _, h := range list {
		kinds = append(kinds, headers.Kind{Service: h.Service, Proto: h.Proto, State: h.State, Automaton: h.Automaton})
	}
	set, err := headers.New(kinds)
	if err != nil {
		t.Fatal(err)
	}
	var sum [2]float64 // of distances, with promises and without
	compared := 0
	for _, h := range list {
		k := words.Key{Service: h.Service, Proto: h.Proto, State: h.State}
		if held.Count(k) < fewest || train.Count(k) < fewest {
			continue
		}
		real := held.Words(k)
		exact, free := &automaton.Words{Dims: 2}, &automaton.Words{Dims: 2}
		exactCodes, freeCodes := map[string]int32{}, map[string]int32{}
		outcomes := map[headers.Outcome]int{}
		for i := range real.Words {
			r := draw.NewSeed(1).Number(uint64(i)).Stream()
			drawn, outcome := set.Draw(&r, conversation(k.Proto), promise(k, real, &real.Words[i]))
			outcomes[outcome]++
			if drawn != nil {
				spell(exact, exactCodes, drawn)
			}
			if drawn, _ := set.Draw(&r, conversation(k.Proto), &headers.Want{Service: k.Service, State: k.State, Bytes: [2]int64{-1, -1}}); drawn != nil {
				spell(free, freeCodes, drawn)
			}
		}
		for _, other := range []struct {
			name  string
			words *automaton.Words
		}{{"learnt from", train.Words(k)}, {"exact", exact}, {"free", free}} {
			c, err := Compare(real, other.words, Options{Draws: 200, Seed: draw.NewSeed(1)})
			if err != nil {
				t.Logf("%v %s: %v", k, other.name, err)
				continue
			}
			if compared++; other.words == exact {
				sum[0] += c.JSD.Value + c.Gap.Value + c.Size.Value
			} else if other.words == free {
				sum[1] += c.JSD.Value + c.Gap.Value + c.Size.Value
			}
			t.Logf("%-20v %-12s %4d %4d  JSD %v  gap %v  size %v  C2ST %v %v", k, other.name, c.Real, c.Other, c.JSD, c.Gap, c.Size, c.C2ST, outcomes)
		}
	}
	if compared == 0 || sum[0] >= sum[1] {
		t.Errorf("%d comparisons: distances sum to %.3f with what flows were promised, to %.3f without", compared, sum[0], sum[1])
	}
}
