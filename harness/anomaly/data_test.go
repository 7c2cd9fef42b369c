package anomaly

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/ulikunitz/xz"
)

// open opens a recorded file, or skips the test where there are no recorded files.
func open(t testing.TB, name string) io.Reader {
	t.Helper()
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = "../../../shared/data"
	}
	f, err := os.Open(filepath.Join(root, "baselines", name))
	if os.IsNotExist(err) {
		t.Skip("no recorded words here; set EVILBENCH_DATA:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if !strings.HasSuffix(name, ".xz") {
		return f
	}
	r, err := xz.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sessions(t testing.TB, s *Sessions, name string) []automaton.Word {
	t.Helper()
	words, err := s.Read(open(t, "hdfs/"+name), name)
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// hdfs is the task of the README: n sessions to learn from, tested on the usual ones after the first 1,000 and all anomalous ones.
func hdfs(t testing.TB, n int) *Task {
	t.Helper()
	var s Sessions
	usual, foreign := sessions(t, &s, "normal.txt.xz"), sessions(t, &s, "abnormal.txt.xz")
	return &Task{Name: "hdfs", Train: s.Words(usual[:n]), Usual: usual[1000:], Foreign: foreign, Share: HDFSShare}
}

// recorded is the other protocol: n sessions to learn from, tested on the first 1,000 usual ones of the two labelled files, nine in ten
// of which are copies of sessions in the training file, and the first 1,000 anomalous ones.
func recorded(t testing.TB, n int) *Task {
	t.Helper()
	var s Sessions
	train, foreign := sessions(t, &s, "normal.txt.xz"), sessions(t, &s, "abnormal.txt.xz")
	var usual []automaton.Word
	for _, name := range []string{"robust_log_train.csv.xz", "robust_log_valid.csv.xz"} {
		for _, w := range sessions(t, &s, name) {
			if w.Label == 0 && len(usual) < 1000 {
				usual = append(usual, w)
			}
		}
	}
	return &Task{Name: "hdfs, recorded protocol", Train: s.Words(train[:n]), Usual: usual, Foreign: foreign[:1000], Share: HDFSShare}
}
