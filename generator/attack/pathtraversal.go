package attack

import (
	"cmp"
	"strings"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// PathTraversal asks for files outside the document root.
type PathTraversal struct {
	Web     `yaml:",inline"`
	Evasion string `yaml:"evasion" json:"evasion"` // none, encoded, double (percent-encoded twice), backslash
}

func newPathTraversal() Attack {
	return &PathTraversal{Web: Web{Rate: 2, PerConn: 3, Port: 80}, Evasion: plain}
}

// climbs are the ways to write one step up.
var climbs = map[string]string{plain: "../", "encoded": "%2e%2e%2f", "double": "%252e%252e%252f", "backslash": "..%5c"}

// Validate checks the parameters.
func (a *PathTraversal) Validate() error {
	return cmp.Or(a.Web.Validate(), among("evasion", a.Evasion, []string{plain, "encoded", "double", "backslash"}))
}

// Evades implements Evader.
func (a *PathTraversal) Evades() string { return disguise(a.Evasion) }

var (
	entrances = []string{"/download.php?file=", "/view?page=", "/static/"}
	outside   = []string{
		"etc/passwd", "etc/hosts", "proc/self/environ", "windows/win.ini", "boot.ini", "etc/issue", "var/log/auth.log", "etc/nginx/nginx.conf",
	}
)

// Step is one connection. No file is ever given out.
func (a *PathTraversal) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	up := climbs[a.Evasion]
	return a.talk(stageExploit, k, s, r, func(i int) dialogue.HTTPExchange {
		x := dialogue.HTTPExchange{Target: draw.Pick(r, entrances) + strings.Repeat(up, 3+i%6) + outside[i%len(outside)]}
		if r.Chance(0.3) {
			x.Status, x.ReplyType, x.Reply = 400, html, failed
		}
		return x
	})
}
