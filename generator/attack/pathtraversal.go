package attack

import (
	"strings"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// PathTraversal asks for files outside the document root.
type PathTraversal struct {
	Web     `yaml:",inline"`
	Encoded bool `yaml:"encoded" json:"encoded"` // percent-encode the dots and slashes
}

func newPathTraversal() Attack { return &PathTraversal{Web: Web{Rate: 2, PerConn: 3, Agent: browser}} }

var outside = []string{"etc/passwd", "etc/hosts", "proc/self/environ", "windows/win.ini", "boot.ini", "etc/issue", "var/log/auth.log", "etc/nginx/nginx.conf"}

// Step is one connection.
func (a *PathTraversal) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	up := "../"
	if a.Encoded {
		up = "%2e%2e%2f"
	}
	return a.talk(k, s, r, func(i int, r *draw.Stream) dialogue.HTTPExchange {
		path := strings.Repeat(up, 3+i%6) + outside[i%len(outside)]
		x := dialogue.HTTPExchange{Target: draw.Pick(r, []string{"/download.php?file=", "/view?page=", "/static/"}) + path}
		if r.Chance(0.3) {
			x.Status, x.ReplyType, x.Reply = 400, "text/html", failed
		}
		return x
	})
}
