package anomaly

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/automaton/peers"
	"github.com/evilbench/evilbench/generator/automaton/tadam"
	"github.com/evilbench/evilbench/generator/draw"
)

// learners are all peers, and last the mixture of those without states to merge.
func learners() []peers.Learner {
	single := []peers.Learner{
		peers.Markov{Order: 1, Add: 0.01}, peers.Markov{Order: 1}, peers.Markov{Order: 2}, peers.Markov{Order: 3},
		peers.ContextTree{Depth: 8}, peers.HMM{Seed: draw.NewSeed(1)}, peers.TAG{}, peers.RTI{},
	}
	return append(single, peers.Mixture{Of: single[1:6]})
}

func soak(t *testing.T) {
	t.Helper()
	if os.Getenv("EVILBENCH_SOAK") == "" {
		t.Skip("set EVILBENCH_SOAK=1 for the whole table")
	}
}

func logTable(t *testing.T, header []string, cells [][]string) {
	t.Helper()
	t.Log(strings.Join(header, " | "))
	for _, c := range cells {
		t.Log(strings.Join(c, " | "))
	}
}

func table(t *testing.T, task *Task, draws int) []Row {
	t.Helper()
	entries, err := task.Learn(learners(), 2)
	if err != nil {
		t.Fatal(err)
	}
	noisy, err := task.TADAM(tadam.Options{})
	if err != nil {
		t.Fatal(err)
	}
	entries = append(entries, noisy)
	rows, err := task.Measure(entries, Options{Draws: draws, Seed: draw.NewSeed(1), Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	header, cells := Cells(rows)
	logTable(t, header, cells)
	return rows
}

func readWords(t *testing.T, names ...string) []*automaton.Words {
	t.Helper()
	var files []*automaton.Words
	for _, name := range names {
		words, err := automaton.ReadWords(open(t, name), name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, words)
	}
	files, err := Merge(files...)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestSoakHDFS(t *testing.T) {
	soak(t)
	table(t, hdfs(t, 1000), 2000)
}

// TestSoakRecorded measures by the protocol of the recorded figures of TAG, RTI+ and the HMM.
func TestSoakRecorded(t *testing.T) {
	soak(t)
	for _, n := range []int{100, 300, 1000} {
		table(t, recorded(t, n), 0)
	}
}

func TestSoakForeign(t *testing.T) {
	soak(t)
	f := readWords(t, "tadam/foreign/train-http-sf.jsonl", "tadam/foreign/test-normal.jsonl", "tadam/foreign/test-foreign.jsonl")
	for _, task := range []Task{
		{Name: "foreign, symbols"}, {Name: "foreign, delays", Values: 1}, {Name: "foreign, delays and sizes", Values: 2},
	} {
		task.Train, task.Usual, task.Foreign = f[0], f[1].Words, f[2].Words
		table(t, &task, 2000)
	}
}

func TestSoakClassify(t *testing.T) {
	soak(t)
	train, test, left := Split(readWords(t, "tadam/words/all.jsonl.xz")[0], 40)
	t.Logf("%d words are of services with fewer than 40", left)
	for values := range 3 {
		rows, err := Classify(train, test, Teachers(learners(), peers.NewLetters(train, values, 4)), Options{Draws: 2000, Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d values", values)
		header, cells := ClassificationCells(rows)
		logTable(t, header, cells)
	}
}

func TestSoakChoose(t *testing.T) {
	soak(t)
	f := readWords(t, "tadam/foreign/train-http-sf.jsonl")
	for _, task := range []*Task{hdfs(t, 1000), {Name: "foreign, symbols", Train: f[0]}, {Name: "foreign, delays", Train: f[0], Values: 1}} {
		contenders, err := task.Choose(learners(), draw.NewSeed(1), 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range contenders {
			t.Logf("%s | %.4f | %s | %s", task.Name, c.AUROC, c.Learner.Name(), c.Ranking)
		}
	}
}

// TestSoakPlanted says how large the peers' models of planted automata become with noise, and what they pay for words without.
func TestSoakPlanted(t *testing.T) {
	soak(t)
	for _, name := range []string{"delay", "loop", "http"} {
		for _, set := range []string{"200-q0.jsonl", "200-q10.jsonl", "1000-q0.jsonl.xz", "1000-q10.jsonl.xz"} {
			f := readWords(t, "tadam/planted/"+name+"-"+set, "tadam/planted/"+name+"-test-clean.jsonl.xz")
			task := Task{Train: f[0], Values: 1}
			entries, err := task.Learn(learners(), 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				var bits float64
				refused := 0
				for i := range f[1].Words {
					w := &f[1].Words[i]
					bits += e.Scorer.Bits(w)
					if r, ok := e.Scorer.(Refuser); ok && r.Refuses(w) {
						refused++
					}
				}
				n := float64(len(f[1].Words))
				t.Logf("%s-%s | %s | %d | %d | %.3f bits a word | %.3f refused", name, set, e.Model, e.States, e.Edges, bits/n, float64(refused)/n)
			}
		}
	}
}

// TestSoakThousands learns from each of the four thousands of usual sessions, so that the figures are seen not to be of one sample.
func TestSoakThousands(t *testing.T) {
	soak(t)
	task := hdfs(t, 1000)
	usual := slices.Concat(task.Train.Words, task.Usual)
	for k := range 4 {
		part := *task
		part.Train = &automaton.Words{Symbols: task.Train.Symbols, Words: usual[k*1000 : (k+1)*1000]}
		part.Usual = slices.Concat(usual[:k*1000], usual[(k+1)*1000:])
		t.Logf("sessions %d to %d", k*1000+1, (k+1)*1000)
		table(t, &part, 0)
	}
}
