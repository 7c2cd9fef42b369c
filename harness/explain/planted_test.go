package explain_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/explain"
	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/images"
	"github.com/evilbench/evilbench/ids/rules"
	"github.com/evilbench/evilbench/ids/runner"
	"github.com/evilbench/evilbench/ids/suricata"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/wire"
)

// engine opens a real Suricata, or skips where the machine lacks it; where EVILBENCH_REQUIRE names it, that is a failure.
func engine(t *testing.T) *runner.Container {
	t.Helper()
	image, err := images.Ensure(t.Context(), "suricata:8", func(s string) { t.Log(s) })
	var missing *ids.Missing
	if errors.As(err, &missing) {
		required := strings.Split(os.Getenv("EVILBENCH_REQUIRE"), ",")
		if slices.Contains(required, "docker") || slices.Contains(required, "suricata") {
			t.Fatalf("EVILBENCH_REQUIRE is %q: %v: %s", os.Getenv("EVILBENCH_REQUIRE"), missing, missing.Hint)
		}
		t.Skipf("%v: %s", missing, missing.Hint)
	}
	if err != nil {
		t.Fatal(err)
	}
	c, err := runner.NewContainer(t.Context(), "suricata", image, runner.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// lossy is a sensor that loses the packets of a port.
type lossy struct {
	ids.Runner
	port uint16
}

func (l lossy) Run(ctx context.Context, inv ids.Invocation, in ids.Input) (ids.Outcome, error) {
	if in.Capture != "" {
		path := filepath.Join(filepath.Dir(in.Output), "lossy.pcap")
		if err := l.copy(in.Capture, path); err != nil {
			return ids.Outcome{}, err
		}
		defer os.Remove(path)
		in.Capture = path
	}
	return l.Runner.Run(ctx, inv, in)
}

func (l lossy) copy(from, to string) (err error) {
	r, err := wire.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w, err := wire.NewWriter(f, r.LinkType(), r.Nanosecond())
	if err != nil {
		return err
	}
	var h wire.Headers
	for {
		p, err := r.Next()
		if errors.Is(err, io.EOF) {
			return w.Flush()
		}
		if err != nil {
			return err
		}
		if wire.Decode(p, &h) == nil && (h.Dport == l.port || h.Sport == l.port) {
			continue
		}
		if err := w.Write(p.Time, p.Data, p.Length); err != nil {
			return err
		}
	}
}

// open of shared runners must not end them.
type shared struct{ ids.Runner }

func (shared) Close() error { return nil }

// plant is a campaign that is missed for one reason.
type plant struct {
	campaign labels.Campaign
	want     explain.Cause
	rules    string
	traffic  func(w *town, id string)
}

const outside, client, server = "198.51.100.7", "10.0.0.5", "10.0.0.6"

// content is a rule that looks for a word in what a client says.
func content(sid int, kind, word, more string) string {
	return rule("alert tcp any any -> any any", sid, kind, fmt.Sprintf(`flow:established,to_server; content:"%s"; %s`, word, more))
}

func rule(head string, sid int, kind, body string) string {
	return fmt.Sprintf("%s (msg:\"PLANT %d\"; %s sid:%d; rev:1; metadata:evilbench_kind %s;)\n", head, sid, body, sid, kind)
}

func plain(port uint16, word string) func(*town, string) {
	return func(w *town, id string) {
		w.open(id, "", 6, outside, 40000+port, server, port).shake().say([]byte("say " + word + "\r\n")).close()
	}
}

func query(name string) []byte {
	q := []byte{0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	for label := range strings.SplitSeq(name, ".") {
		q = append(append(q, byte(len(label))), label...)
	}
	return append(q, 0, 0, 1, 0, 1)
}

var plants = []plant{
	{labels.Campaign{Campaign: "checksums", Expects: []string{"web-attack"}}, explain.CauseChecksum,
		content(101, "web-attack", "WRONGSUM", ""),
		func(w *town, id string) {
			c := w.open(id, "", 6, outside, 40001, server, 8001)
			c.badChecksums = true
			c.shake().say([]byte("say WRONGSUM\r\n")).close()
		}},
	{labels.Campaign{Campaign: "home", Expects: []string{"lateral"}}, explain.CauseAddress,
		rule("alert tcp $EXTERNAL_NET any -> $HOME_NET any", 102, "lateral", `flow:established,to_server; content:"INSIDER";`),
		func(w *town, id string) {
			w.open(id, "", 6, client, 40002, server, 8002).shake().say([]byte("say INSIDER\r\n")).close()
		}},
	{labels.Campaign{Campaign: "disabled", Expects: []string{"exploit"}}, explain.CauseDisabled,
		"#" + content(103, "exploit", "ASLEEP", ""), plain(8003, "ASLEEP")},
	{labels.Campaign{Campaign: "limited", Expects: []string{"c2"}}, explain.CauseThreshold,
		content(104, "c2", "ONCEONLY", "threshold:type limit, track by_src, count 1, seconds 3600;"),
		func(w *town, id string) {
			w.open("", "", 6, outside, 40004, server, 8004).shake().say([]byte("say ONCEONLY\r\n")).close()
			w.open(id, "", 6, outside, 40104, server, 8004).shake().say([]byte("say ONCEONLY\r\n")).close()
		}},
	{labels.Campaign{Campaign: "passed", Expects: []string{"exploit"}}, explain.CauseSuppressed,
		content(105, "exploit", "LETPASS", "") + rule("pass tcp any any -> any 8005", 195, "policy", `flow:established,to_server; content:"say";`), plain(8005, "LETPASS")},
	{labels.Campaign{Campaign: "noalert", Expects: []string{"scan"}}, explain.CauseSuppressed,
		content(106, "scan", "HUSHHUSH", "noalert;"), plain(8006, "HUSHHUSH")},
	{labels.Campaign{Campaign: "depth", Expects: []string{"exfiltration"}}, explain.CauseDepth,
		content(107, "exfiltration", "DEEPDOWN", ""),
		func(w *town, id string) {
			// Behind the depth packets are still looked at one by one: the word lies across two of them.
			c := w.open(id, "", 6, client, 40007, outside, 8007).shake().say(bytes.Repeat([]byte("x"), 1<<20+3000))
			c.say([]byte("say DEEP")).say([]byte("DOWN\r\n")).close()
		}},
	{labels.Campaign{Campaign: "midstream", Expects: []string{"web-attack"}}, explain.CauseMidstream,
		content(108, "web-attack", "HALFWAY", ""),
		func(w *town, id string) {
			w.open(id, "", 6, outside, 40008, server, 8008).say([]byte("say HALFWAY\r\n")).answer([]byte("ok\r\n")).say([]byte("bye\r\n")).close()
		}},
	{labels.Campaign{Campaign: "unrecognised", Expects: []string{"tunnel"}}, explain.CauseProtocol,
		rule("alert dns any any -> any any", 109, "tunnel", `dns.query; content:"burrow";`),
		func(w *town, id string) {
			w.open(id, "dns", 17, client, 40009, outside, 5399).udp(true, query("burrow.example"))
		}},
	{labels.Campaign{Campaign: "unloaded", Expects: []string{"bruteforce"}}, explain.CauseFailed,
		content(110, "bruteforce", "NOTLOADED", "frobnicate:1;"), plain(8010, "NOTLOADED")},
	{labels.Campaign{Campaign: "overflow", Expects: []string{"exfiltration"}}, explain.CauseOverflow,
		crowd(111, 20) + content(199, "exfiltration", "CROWDED", "priority:200;"), plain(8011, "CROWDED")},
	{labels.Campaign{Campaign: "slow", Expects: []string{"bruteforce"}, Intensity: "5 per minute"}, explain.CauseIntensity,
		content(131, "bruteforce", "GUESSING", "threshold:type threshold, track by_src, count 20, seconds 60;"),
		func(w *town, id string) {
			for i := range uint16(5) {
				w.open(id, "", 6, outside, 40020+i, server, 8012).shake().say([]byte("say GUESSING\r\n")).close()
			}
		}},
	{labels.Campaign{Campaign: "plain", Attack: "shout", Expects: []string{"web-attack"}}, "",
		content(132, "web-attack", "SHOUTING", ""), plain(8013, "SHOUTING")},
	{labels.Campaign{Campaign: "evading", Attack: "shout", Expects: []string{"web-attack"}, Evasion: "lower case", TwinOf: "plain"}, explain.CauseEvasion,
		"", plain(8014, "shouting")},
	{labels.Campaign{Campaign: "ports", Expects: []string{"policy"}}, explain.CausePort,
		rule("alert tcp any any -> any 8080", 133, "policy", `content:"ELSEWHERE";`), plain(8015, "ELSEWHERE")},
	{labels.Campaign{Campaign: "nextdoor", Expects: []string{"c2"}}, explain.CausePort, // other rules of the kind fit
		rule("alert tcp any any -> any 4444", 136, "c2", `content:"NEXTDOOR";`), plain(8020, "NEXTDOOR")},
	{labels.Campaign{Campaign: "nothing", Expects: []string{"dos"}}, explain.CauseNoRule, "", plain(8016, "NOTHING")},
	{labels.Campaign{Campaign: "unsaid", Expects: []string{"protocol-anomaly"}}, explain.CauseCoverage,
		rule("alert tcp any any -> any any", 134, "protocol-anomaly", `content:"NEVERSAID";`), plain(8018, "SOMETHING")},
	// Lost packets shift the numbers of those that follow: this comes last.
	{labels.Campaign{Campaign: "lost", Expects: []string{"c2"}}, explain.CausePackets,
		content(135, "c2", "GONEAWAY", ""), plain(lostPort, "GONEAWAY")},
}

const lostPort = 8099

// crowd is so many rules of another kind that match what a rule of low priority matches too.
func crowd(sid, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(content(sid+i, "scan", "CROWDED", "priority:1;"))
	}
	return b.String()
}

// planted runs a real engine on all plants at once.
func planted(t *testing.T, r ids.Runner) bench.Places {
	t.Helper()
	w := &town{now: t0}
	var text strings.Builder
	for _, p := range plants {
		text.WriteString(p.rules)
		w.attack(p.campaign)
		p.traffic(w, p.campaign.Campaign)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "planted.rules")
	if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	set, err := rules.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	source := w.write(t)
	result, err := bench.Plan{
		Store: filepath.Join(dir, "store"), Corpora: []bench.CorpusSource{{Dir: source}}, Detectors: []string{"suricata:8"},
		Rules: []*rules.Set{set}, Version: "test",
		Open: func(context.Context, string) (ids.Detector, ids.Runner, error) {
			return suricata.New(suricata.Options{Checksums: true}), lossy{shared{r}, lostPort}, nil
		},
	}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result.Cells[0].Places
}

// TestPlantedCauses: whatever hides a campaign from a real engine is named first.
func TestPlantedCauses(t *testing.T) {
	c := engine(t)
	in := explain.Input{
		Places: planted(t, c), Engine: suricata.New(suricata.Options{}), Require: true,
		Open: func(context.Context, *bench.RunRecord) (ids.Runner, error) { return shared{c}, nil },
	}
	for _, p := range plants {
		t.Run(p.campaign.Campaign, func(t *testing.T) {
			t.Parallel()
			e, err := explain.Explain(t.Context(), in, p.campaign.Campaign)
			if err != nil {
				t.Fatal(err)
			}
			got := e.Campaign
			if p.want == "" {
				if got.Outcome != explain.Detected || len(got.Findings) != 0 {
					t.Errorf("outcome %s with %d findings; want it detected without any", got.Outcome, len(got.Findings))
				}
				return
			}
			first, ok := got.Named()
			if !ok || first.Cause != p.want {
				t.Errorf("named %q (%v), want %q\n%s", first.Cause, ok, p.want, ladderText(got))
			}
		})
	}
}

func ladderText(c *explain.Campaign) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, fired %v\n", c.Outcome, c.Fired)
	for _, f := range c.Findings {
		fmt.Fprintf(&b, "%-8s %-30s %s\n", f.Verdict, f.Cause, f.Evidence)
	}
	for _, r := range c.Trials {
		fmt.Fprintf(&b, "trial %q: %d rules, %d alerts, %d expected\n", r.Changed, r.Rules, r.Alerts, r.Expected)
	}
	return b.String()
}
