package words

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ulikunitz/xz"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/model"
)

func shared(t testing.TB, parts ...string) string {
	t.Helper()
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = "../../../shared/data"
	}
	path := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skip("no recorded data here; set EVILBENCH_DATA: ", err)
	}
	return path
}

func TestLetters(t *testing.T) {
	for _, name := range []string{"S_>", "SA_<", "A_>", "PA_>_P", "FPA_<_P", "RA_>", ">", "<", "SEC_>"} {
		l, ok := automaton.ParseLetter(name)
		if !ok || l.String() != name {
			t.Errorf("%s: read as %+v (%v), written %s", name, l, ok, l)
		}
	}
	for _, name := range []string{"", "_", "SS_>", "Q_>", "S_", "S>", "S_>_", "login"} {
		if l, ok := automaton.ParseLetter(name); ok {
			t.Errorf("%q: read as %+v", name, l)
		}
	}
}

func TestLevels(t *testing.T) {
	for x, want := range map[float64]float64{0: 0, 0.3: 0, 1: 0, 10: 10, 1e6: 60, 1460: 32, 24: 14} {
		if got := Level(x); got != want {
			t.Errorf("level of %v is %v, want %v", x, got, want)
		}
	}
}

// recorded is a word of the shared table, which other tools made of the same captures.
type recorded struct {
	Service, Proto, State, Capture string
	T                              float64
	Word                           [][3]any
}

func recordedWords(t *testing.T) map[string][]recorded {
	f, err := os.Open(shared(t, "baselines", "tadam", "words", "all.jsonl.xz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := xz.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]recorded{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var w recorded
		if err := json.Unmarshal(lines.Bytes(), &w); err != nil {
			t.Fatal(err)
		}
		out[w.Capture] = append(out[w.Capture], w)
	}
	return out
}

// text is what a word says, whoever made it.
func (w *recorded) text() string {
	var b bytes.Buffer
	for _, s := range w.Word {
		fmt.Fprintf(&b, "%v:%v:%v ", s[0], s[1], s[2])
	}
	return b.String()
}

// Words of the same captures, made by other tools, are the same but where flows are told apart differently: those tools end a connection
// at its last FIN and drop what has more than 200 packets.
func TestWordsAreThoseOfOtherTools(t *testing.T) {
	all := recordedWords(t)
	same, wanted := 0, 0
	for _, capture := range []string{"workstations/smb.pcap", "workstations/http-browsing.pcap", "workstations/windows-2023.pcap", "iot/captures_IoT-Sentinel__HueBridge__Setup-A-1-STA.pcap"} {
		set, err := Read(context.Background(), Options{Service: model.ServiceAt}, shared(t, "captures", capture))
		if err != nil {
			t.Fatal(err)
		}
		ws := set.Words(set.Keys()...)
		have := map[string]int{}
		for i := range ws.Words {
			w := &ws.Words[i]
			var b bytes.Buffer
			for k, s := range w.Symbols {
				fmt.Fprintf(&b, "%s:%v:%v ", ws.Symbols[s].Name, w.Values[2*k], w.Values[2*k+1])
			}
			have[b.String()]++
		}
		for _, r := range all[capture] {
			wanted++
			if text := r.text(); have[text] > 0 {
				have[text]--
				same++
			}
		}
		total := set.Flows
		for _, n := range set.Left {
			total -= n
		}
		if int(total) != len(ws.Words) {
			t.Errorf("%s: %d flows, %v left out, %d words", capture, set.Flows, set.Left, len(ws.Words))
		}
	}
	t.Logf("%d of %d words are the same", same, wanted)
	if same*20 < wanted*19 {
		t.Errorf("only %d of %d words are the same", same, wanted)
	}
}

func TestLongFlowsAreKept(t *testing.T) {
	set, err := Read(context.Background(), Options{Service: model.ServiceAt}, shared(t, "captures", "workstations", "windows-2023.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	ws := set.Words(set.Keys()...)
	longest := 0
	for i := range ws.Words {
		longest = max(longest, len(ws.Words[i].Symbols))
	}
	if longest <= 200 {
		t.Errorf("the longest of %d words has %d symbols", len(ws.Words), longest)
	}
	cut, err := Read(context.Background(), Options{Service: model.ServiceAt, Most: 200}, shared(t, "captures", "workstations", "windows-2023.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	if cut.Left[TooLong] == 0 || cut.Flows != set.Flows {
		t.Errorf("of %d flows %v were left out", cut.Flows, cut.Left)
	}
}

// Words that are written and read again are the same.
func TestWordsAreWrittenAndRead(t *testing.T) {
	set, err := Read(context.Background(), Options{Service: model.ServiceAt}, shared(t, "captures", "workstations", "http-browsing.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	ws := set.Words(set.Keys()...)
	var b bytes.Buffer
	if err := ws.Write(&b); err != nil {
		t.Fatal(err)
	}
	again, err := automaton.ReadWords(&b, "words")
	if err != nil {
		t.Fatal(err)
	}
	if len(again.Words) != len(ws.Words) || !slices.Equal(again.Symbols, ws.Symbols) {
		t.Fatalf("%d words of %d symbols, had %d of %d", len(again.Words), len(again.Symbols), len(ws.Words), len(ws.Symbols))
	}
	for i := range ws.Words {
		a, b := &ws.Words[i], &again.Words[i]
		if !slices.Equal(a.Symbols, b.Symbols) || !slices.Equal(a.Values, b.Values) || a.Service != b.Service || a.State != b.State {
			t.Fatalf("word %d is another", i)
		}
	}
}

func TestWhatIsNoCapture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pcap")
	if err := os.WriteFile(path, []byte("this is no capture at all, whatever its name is"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(context.Background(), Options{Service: model.ServiceAt}, path); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("error %v", err)
	}
}
