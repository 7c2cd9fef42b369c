package attack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/generator/attack"
	"github.com/evilbench/evilbench/generator/draw"
)

const listing = `
tcp-syn-scan T1046 discovery internet>server
udp-scan T1046 discovery local>server
host-sweep T1018 discovery local>subnet
ssh-guessing T1110.001 credential-access internet>server
http-login-guessing T1110.001 credential-access internet>server
web-scanner T1595.003 reconnaissance internet>server
sql-injection T1190 initial-access internet>server
path-traversal T1190 initial-access internet>server
log4shell-probe T1190 initial-access internet>server
dns-tunnel T1071.004 command-and-control local>internet
http-beacon T1071.001 command-and-control local>internet
icmp-tunnel T1095 command-and-control local>internet
syn-flood T1498.001 impact internet>server
exfiltration-https T1048.002 exfiltration local>internet
smb-lateral T1021.002 lateral-movement local>server
`

func TestListing(t *testing.T) {
	var b strings.Builder
	b.WriteByte('\n')
	for _, k := range attack.Kinds() {
		fmt.Fprintln(&b, k.Name, k.Technique, k.Tactic, k.SourceRole+">"+k.TargetRole)
	}
	if d := cmp.Diff(listing, b.String()); d != "" {
		t.Error(d)
	}
}

func TestUnknownKind(t *testing.T) {
	if k, ok := attack.ByName("kerberoast"); ok {
		t.Errorf("found %+v", k)
	}
}

// TestSeedsDecide: the same seed gives the same steps, another seed other ones.
func TestSeedsDecide(t *testing.T) {
	for _, kind := range attack.Kinds() {
		steps := func(seed uint64) string {
			a, s := kind.New(), site(seed)
			var b strings.Builder
			for k := range min(30, a.Plan(5*minute).Steps) {
				r := draw.NewSeed(seed).Number(uint64(k)).Stream()
				for _, c := range a.Step(k, s, &r) {
					fmt.Fprint(&b, c.Start, c.Server.Addr, c.Sport, c.Dport, c.ICMPID, c.Ending, c.Turns, ";")
				}
			}
			return b.String()
		}
		if first := steps(4); first != steps(4) {
			t.Errorf("%s: one seed, two campaigns", kind.Name)
		} else if first == steps(5) {
			t.Errorf("%s: two seeds, one campaign", kind.Name)
		}
	}
}

func TestValidatorsNameTheParameter(t *testing.T) {
	nan := func() float64 { z := 0.0; return z / z }()
	for _, c := range []struct {
		a    attack.Validator
		name string
	}{
		{&attack.SYNScan{Rate: nan}, "rate"},
		{&attack.SYNScan{Rate: 1, Filtered: -0.1}, "filtered"},
		{&attack.UDPScan{Rate: 1, ReplyRate: nan}, "reply_rate"},
		{&attack.HostSweep{Rate: 1, Echo: "none"}, "port"},
		{&attack.HostSweep{Rate: 1, Echo: "loud"}, "echo"},
		{&attack.SSHGuessing{Rate: 1, Attempts: 7, Port: 22}, "attempts"},
		{&attack.SSHGuessing{Rate: 1, Attempts: 1}, "port"},
		{&attack.SSHGuessing{Rate: 1, Attempts: 1, Port: 22, BannedAfter: -1}, "banned_after"},
		{&attack.LoginGuessing{Web: attack.Web{Rate: 1, PerConn: 1, Port: 80}, Path: "login", Status: 200}, "path"},
		{&attack.LoginGuessing{Web: attack.Web{Rate: 1, PerConn: 1, Port: 80}, Path: "/a b", Status: 200}, "path"},
		{&attack.LoginGuessing{Web: attack.Web{Rate: 1, PerConn: 1, Port: 80}, Path: "/a\r\n", Status: 200}, "path"},
		{&attack.LoginGuessing{Web: attack.Web{Rate: 1, PerConn: 1, Port: 80}, Path: "/", Status: 302}, "status"},
		{&attack.Web{Rate: 1, PerConn: 1, Port: 80, Agent: "x\r\nInjected: 1"}, "agent"},
		{&attack.Web{Rate: 1, PerConn: 101, Port: 80}, "per_conn"},
		{&attack.SQLInjection{Web: attack.Web{Rate: 1, PerConn: 1, Port: 80}, Evasion: "magic"}, "evasion"},
		{&attack.PathTraversal{Web: attack.Web{Rate: 1, PerConn: 1, Port: 80}}, "evasion"},
		{&attack.DNSTunnel{Rate: 1, Bytes: 10, Record: "a", PerSocket: 1}, "record"},
		{&attack.DNSTunnel{Rate: 1, Bytes: 10, Record: "txt"}, "per_socket"},
		{&attack.Beacon{Interval: 1, Method: "PUT"}, "method"},
		{&attack.Beacon{Interval: 1, Method: "GET", Jitter: 2}, "jitter"},
		{&attack.ICMPTunnel{Rate: 1, Bytes: 3}, "bytes"},
		{&attack.SYNFlood{Rate: 1, Port: 80, Answered: 2}, "answered"},
		{&attack.Exfiltration{Uploads: 1, Megabytes: nan}, "megabytes"},
		{&attack.SMBLateral{Rate: 1, Rounds: 1, User: `corp\admin`}, "user"},
		{&attack.SMBLateral{Rate: 1, Rounds: 1, User: "a", Opens: 3}, "opens"},
	} {
		if err := c.a.Validate(); err == nil {
			t.Errorf("%+v was accepted", c.a)
		} else if text := err.Error(); !strings.HasPrefix(text, c.name+": ") || strings.HasSuffix(text, ".") || strings.Contains(text, "\n") {
			t.Errorf("%+v: want a sentence about %s, got %q", c.a, c.name, text)
		}
	}
}

// TestDisguisesAreNamed: what the truth says about an evasion is the parameter's word, and nothing where there is none.
func TestDisguisesAreNamed(t *testing.T) {
	var named []string
	for _, k := range attack.Kinds() {
		if e, ok := k.New().(attack.Evader); ok {
			named = append(named, k.Name)
			if e.Evades() != "" {
				t.Errorf("%s hides by default: %q", k.Name, e.Evades())
			}
		}
	}
	if want := []string{"sql-injection", "path-traversal", "log4shell-probe"}; !slices.Equal(named, want) {
		t.Errorf("disguises for %v, want %v", named, want)
	}
	if got := (&attack.Log4Shell{Evasion: "env"}).Evades(); got != "env" {
		t.Errorf("evasion %q", got)
	}
}
