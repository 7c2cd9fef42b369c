package attack_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/generator/attack"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
)

func host(name, addr string, local bool) *packet.Host {
	stack, _ := packet.StackByName("linux")
	return &packet.Host{Name: name, Addr: netip.MustParseAddr(addr), Stack: stack, Local: local, Delay: 100_000}
}

func site(seed uint64) *attack.Site {
	ghost := host("ghost", "192.168.1.99", true)
	ghost.Absent = true
	windows := host("srv-b", "192.168.1.21", true)
	windows.Stack, _ = packet.StackByName("windows-2022")
	return &attack.Site{
		Source: host("pc-01", "192.168.1.10", true), Targets: []*packet.Host{host("srv-a", "192.168.1.20", true), windows},
		Resolver: host("dc", "192.168.1.2", true), C2: host("www.example.net", "203.0.113.9", false), C2Name: "www.example.net",
		Domain: "corp.example", Unused: []netip.Addr{ghost.Addr}, Ghost: func(netip.Addr) *packet.Host { return ghost },
		Time: 1_700_000_000e9, Seed: draw.NewSeed(seed), Campaign: "c1",
	}
}

const minute = int64(60e9)

// step makes step k alone, as the pipeline does.
func step(a attack.Attack, s *attack.Site, k int) []packet.Conversation {
	r := s.Seed.Word("step").Number(uint64(k)).Stream()
	return a.Step(k, s, &r)
}

func TestKindsAreWhole(t *testing.T) {
	technique := regexp.MustCompile(`^T\d{4}(\.\d{3})?$`)
	seen := map[string]bool{}
	for _, k := range attack.Kinds() {
		if seen[k.Name] {
			t.Errorf("%s is listed twice", k.Name)
		}
		seen[k.Name] = true
		if !technique.MatchString(k.Technique) || k.Tactic == "" || k.Summary == "" || len(k.Expects) == 0 {
			t.Errorf("%s: incomplete: %+v", k.Name, k)
		}
		for _, e := range k.Expects {
			if !slices.Contains(labels.Kinds(), e) {
				t.Errorf("%s expects %q, which is no kind of alert", k.Name, e)
			}
		}
		v, ok := k.New().(attack.Validator)
		if !ok {
			t.Errorf("%s does not check its parameters", k.Name)
		} else if err := v.Validate(); err != nil {
			t.Errorf("%s refuses its own defaults: %v", k.Name, err)
		}
	}
	if len(seen) < 10 {
		t.Errorf("%d kinds", len(seen))
	}
}

func TestStepsMakeConversationsThatCanBeSent(t *testing.T) {
	for _, kind := range attack.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			for seed := range uint64(20) {
				a, s := kind.New(), site(seed)
				plan := a.Plan(5 * minute)
				if plan.Steps < 1 || plan.Steps > 1 && plan.Gap <= 0 {
					t.Fatalf("plan %+v", plan)
				}
				if end := int64(plan.Steps-1) * plan.Gap; end > 5*minute {
					t.Fatalf("plan %+v goes on for %d s of 300", plan, end/1e9)
				}
				for _, k := range []int{0, 1, plan.Steps / 2, plan.Steps - 1} {
					conversations := step(a, s, k)
					if len(conversations) == 0 {
						t.Fatalf("step %d is empty", k)
					}
					for i := range conversations {
						check(t, &conversations[i])
					}
				}
			}
		})
	}
}

func check(t *testing.T, c *packet.Conversation) {
	t.Helper()
	if c.Start < 0 || c.Class == "" || c.Class == labels.Benign {
		t.Fatalf("start %d, class %q", c.Start, c.Class)
	}
	if c.Stage == "" || c.Stage != strings.ToLower(c.Stage) {
		t.Fatalf("stage %q is no word in lower case", c.Stage)
	}
	if c.Sport == 0 {
		c.Sport = 40000
	}
	s, err := packet.NewStream(c)
	if err != nil {
		t.Fatal(err)
	}
	for range 10_000 {
		if _, ok := s.Time(); !ok {
			return
		}
		s.Append(nil)
	}
}

func TestAStepAloneIsTheStepInSequence(t *testing.T) {
	for _, kind := range attack.Kinds() {
		a := kind.New()
		last := a.Plan(5*minute).Steps - 1
		alone := step(a, site(7), last)
		s := site(7)
		for k := range min(last, 50) {
			step(a, s, k)
		}
		if d := cmp.Diff(alone, step(a, s, last), cmp.Exporter(func(reflect.Type) bool { return true })); d != "" {
			t.Errorf("%s: step %d depends on earlier ones: %s", kind.Name, last, d)
		}
	}
}

// clientBytes is everything the source says in the first steps.
func clientBytes(t *testing.T, name string, steps int) string {
	t.Helper()
	kind, ok := attack.ByName(name)
	if !ok {
		t.Fatalf("no kind %s", name)
	}
	var b bytes.Buffer
	a, s := kind.New(), site(3)
	for k := range steps {
		for _, c := range step(a, s, k) {
			for _, turn := range c.Turns {
				if turn.From == packet.Client {
					b.Write(turn.Data)
				}
			}
		}
	}
	return b.String()
}

func TestPayloadsAreWhatADetectorKnows(t *testing.T) {
	for name, want := range map[string][]string{
		"sql-injection":       {"UNION+SELECT", "information_schema", "OR+1%3D1"},
		"path-traversal":      {"../../../", "etc/passwd"},
		"log4shell-probe":     {"${jndi:", "X-Api-Version: "},
		"web-scanner":         {"/.git/config", "Nikto"},
		"http-login-guessing": {"POST /login", "username=", "password="},
		"http-beacon":         {"POST /", ".php?id="},
		"ssh-guessing":        {"SSH-2.0-"},
		"smb-lateral":         {"\xfeSMB"},
	} {
		got := clientBytes(t, name, 30)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s never says %q", name, w)
			}
		}
	}
}

func TestRequestsParse(t *testing.T) {
	for _, name := range []string{"http-login-guessing", "web-scanner", "sql-injection", "path-traversal", "log4shell-probe"} {
		r := bufio.NewReader(strings.NewReader(clientBytes(t, name, 20)))
		n := 0
		for {
			q, err := http.ReadRequest(r)
			if err != nil {
				break
			}
			n++
			if q.Host != "srv-a.corp.example" && q.Host != "srv-b.corp.example" {
				t.Errorf("%s: request %d is for host %q", name, n, q.Host)
			}
			if body, err := io.ReadAll(q.Body); err != nil || int64(len(body)) != max(0, q.ContentLength) {
				t.Errorf("%s: request %d: %d bytes of body, error %v", name, n, len(body), err)
			}
		}
		if r.Buffered() > 0 || n < 20 {
			t.Errorf("%s: %d requests, %d bytes that are none", name, n, r.Buffered())
		}
	}
}

func TestNestedLookupsHideTheWord(t *testing.T) {
	kind, _ := attack.ByName("log4shell-probe")
	a := kind.New().(*attack.Log4Shell)
	a.Evasion = "nested"
	c := step(a, site(1), 0)
	if text := string(c[0].Turns[0].Data); strings.Contains(text, "jndi") || !strings.Contains(text, "${lower:j}") {
		t.Errorf("request %q", text)
	}
}

func TestUDPScanIsAnsweredByUnreachables(t *testing.T) {
	kind, _ := attack.ByName("udp-scan")
	a, s := kind.New(), site(1)
	answers := 0
	for k := range 200 {
		cs := step(a, s, k)
		if len(cs) == 1 {
			continue
		}
		answers++
		probe, reply := cs[0], cs[1]
		body := reply.Turns[0].Data
		if reply.Class != labels.VictimReply || reply.ICMPType != 3 || reply.ICMPCode != 3 || reply.Client != probe.Server {
			t.Fatalf("answer %+v", reply)
		}
		src, dst := probe.Client.Addr.As4(), probe.Server.Addr.As4()
		if !bytes.Equal(body[16:20], src[:]) || !bytes.Equal(body[20:24], dst[:]) || body[13] != packet.UDP {
			t.Fatalf("embedded header % x", body)
		}
		if got := uint16(body[24])<<8 | uint16(body[25]); got != probe.Sport {
			t.Fatalf("embedded source port %d, probe %d", got, probe.Sport)
		}
	}
	if answers < 80 || answers > 160 { // 120 expected of 200; six standard deviations are 42
		t.Errorf("%d answers to 200 probes", answers)
	}
}

func TestWrongParametersAreRefused(t *testing.T) {
	for name, a := range map[string]attack.Validator{
		"rate 0":      &attack.SYNScan{},
		"share 2":     &attack.UDPScan{Rate: 1, Closed: 2},
		"attempts 9":  &attack.SSHGuessing{Rate: 1, Attempts: 9},
		"status 302":  &attack.LoginGuessing{Web: attack.Web{Rate: 1, PerConn: 1, Port: 80}, Path: "/", Status: 302},
		"bytes 5000":  &attack.ICMPTunnel{Rate: 1, Bytes: 5000},
		"name 300":    &attack.DNSTunnel{Rate: 1, Bytes: 300},
		"evasion":     &attack.Log4Shell{Web: attack.Web{Rate: 1, PerConn: 1}, Evasion: "magic"},
		"no port":     &attack.SYNFlood{Rate: 1},
		"no upload":   &attack.Exfiltration{},
		"no user":     &attack.SMBLateral{Rounds: 1},
		"interval 0":  &attack.Beacon{},
		"sweep":       &attack.HostSweep{},
		"connections": &attack.Web{Rate: 1},
	} {
		if err := a.Validate(); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func BenchmarkSYNFlood(b *testing.B) {
	kind, _ := attack.ByName("syn-flood")
	a, s := kind.New(), site(1)
	k := 0
	for b.Loop() {
		step(a, s, k)
		k++
	}
}
