package attack_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/evilbench/evilbench/generator/attack"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
)

// TestConversationsAreConsistent: truth, ends, ports and endings fit together in every conversation.
func TestConversationsAreConsistent(t *testing.T) {
	for _, kind := range attack.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			for seed := range uint64(12) {
				a, s := kind.New(), site(seed)
				for k := range min(40, a.Plan(5*minute).Steps) {
					for _, c := range step(a, s, k) {
						consistent(t, s, &c, kind.Name)
					}
				}
			}
		})
	}
}

func consistent(t *testing.T, s *attack.Site, c *packet.Conversation, kind string) {
	t.Helper()
	if c.Client == nil || c.Server == nil || c.Start < 0 || c.Campaign != s.Campaign {
		t.Fatalf("unfinished: %+v", c)
	}
	switch c.Class {
	case labels.VictimReply:
		if c.Proto != packet.ICMP || c.ICMPType != 3 || c.Server != s.Source || c.Start == 0 {
			t.Fatalf("no victim's reply: %+v", c)
		}
		return
	case labels.Malicious:
	case labels.Attempted:
		if len(c.Turns) != 0 {
			t.Fatalf("only attempted, and %d turns", len(c.Turns))
		}
	default:
		t.Fatalf("class %q", c.Class)
	}
	if c.Client != s.Source && kind != "syn-flood" {
		t.Fatalf("%s comes from %s", kind, c.Client.Name)
	}
	if stack := c.Client.Stack; c.Sport != 0 && (c.Sport < stack.PortLow || c.Sport > stack.PortHigh) {
		t.Fatalf("source port %d is none of %s", c.Sport, stack.Name)
	}
	if c.Proto != packet.TCP {
		if len(c.Turns) == 0 || c.Turns[0].From != packet.Client {
			t.Fatalf("a datagram conversation that the client does not begin: %+v", c)
		}
		return
	}
	silent := false
	switch c.Ending {
	case packet.Unanswered, packet.Refused, packet.HalfOpen, packet.NeverAcknowledged:
		silent = true
	}
	if silent != (len(c.Turns) == 0) {
		t.Fatalf("ending %d with %d turns", c.Ending, len(c.Turns))
	}
	if c.Server.Absent && c.Ending != packet.Unanswered {
		t.Fatalf("an absent host ends a conversation: %d", c.Ending)
	}
}

// TestNothingComesOfAnAbsentTarget: nobody answers, and exploitation was only attempted.
func TestNothingComesOfAnAbsentTarget(t *testing.T) {
	scans := map[string]bool{"tcp-syn-scan": true, "udp-scan": true, "host-sweep": true, "syn-flood": true}
	for _, kind := range attack.Kinds() {
		if kind.TargetRole == "internet" {
			continue
		}
		s := site(2)
		gone := *s.Targets[0]
		gone.Absent = true
		s.Targets = []*packet.Host{&gone}
		for k := range 20 {
			for _, c := range step(kind.New(), s, k) {
				for _, turn := range c.Turns {
					if turn.From == packet.Server {
						t.Fatalf("%s: an absent host speaks", kind.Name)
					}
				}
				want := labels.Attempted
				if scans[kind.Name] {
					want = labels.Malicious
				}
				if c.Class != want || c.Proto == packet.TCP && c.Ending != packet.Unanswered {
					t.Fatalf("%s: class %s, ending %d", kind.Name, c.Class, c.Ending)
				}
			}
		}
	}
}

func TestBannedGuessersGetNoAnswer(t *testing.T) {
	guessers := []attack.Attack{
		&attack.SSHGuessing{Rate: 1, Attempts: 2, Port: 22, BannedAfter: 3},
		&attack.LoginGuessing{Web: attack.Web{Rate: 1, PerConn: 2, Port: 80}, Path: "/", Status: 200, BannedAfter: 3},
	}
	for _, a := range guessers {
		s := site(1)
		for k := range 10 * len(s.Targets) {
			c := step(a, s, k)[0]
			banned := k/len(s.Targets) >= 3
			if got := c.Class == labels.Attempted && c.Ending == packet.Unanswered; got != banned {
				t.Errorf("%T: step %d: class %s, ending %d", a, k, c.Class, c.Ending)
			}
		}
	}
}

// TestAnswersCarryTheStepsTime: a server's Date is that of the step, not of the campaign's start.
func TestAnswersCarryTheStepsTime(t *testing.T) {
	for _, name := range []string{"web-scanner", "http-beacon"} {
		kind, _ := attack.ByName(name)
		s := site(1)
		s.Now = s.Time + 7*minute
		cs := step(kind.New(), s, 0)
		c := cs[len(cs)-1]
		_, rest, _ := bytes.Cut(c.Turns[1].Data, []byte("\r\nDate: "))
		text, _, _ := strings.Cut(string(rest), "\r\n")
		date, err := http.ParseTime(text)
		if err != nil {
			t.Fatal(err)
		}
		if off := date.Sub(time.Unix(0, s.Now+c.Start)); off < -time.Second || off > 3*time.Second {
			t.Errorf("%s: Date is %s off", name, off)
		}
	}
}

// TestNamesAreAskedForFirst: the connection begins after the answer can be there, however far the resolver.
func TestNamesAreAskedForFirst(t *testing.T) {
	for _, name := range []string{"http-beacon", "exfiltration-https"} {
		kind, _ := attack.ByName(name)
		for seed := range uint64(40) {
			s := site(seed)
			s.Resolver = host("ns1.norsol.net", "93.18.4.2", false)
			s.Resolver.Delay = 90_000_000
			cs := step(kind.New(), s, 0)
			if len(cs) != 2 || cs[0].Dport != 53 {
				t.Fatalf("%s: %d conversations, the first to port %d", name, len(cs), cs[0].Dport)
			}
			cs[0].Sport = 40000
			stream, err := packet.NewStream(&cs[0])
			if err != nil {
				t.Fatal(err)
			}
			var last int64
			for at, more := stream.Time(); more; at, more = stream.Time() {
				last = at
				stream.Append(nil)
			}
			if cs[1].Start <= last {
				t.Fatalf("%s, seed %d: connects at %d ns, is told at %d ns", name, seed, cs[1].Start, last)
			}
		}
	}
}

// TestARequestOfAFloodIsCheap: the flood makes thousands a second.
func TestARequestOfAFloodIsCheap(t *testing.T) {
	kind, _ := attack.ByName("syn-flood")
	a, s := kind.New(), site(1)
	s.Source = host("www.norsol.net", "93.18.4.2", false)
	k := 0
	if n := testing.AllocsPerRun(200, func() { step(a, s, k); k++ }); n > 3 {
		t.Errorf("%v allocations", n)
	}
}
