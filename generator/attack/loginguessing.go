package attack

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// LoginGuessing tries passwords on a web form; none is right.
type LoginGuessing struct {
	Web         `yaml:",inline"`
	Path        string `yaml:"path" json:"path"`
	Status      int    `yaml:"status" json:"status"`             // what a wrong password gives: 401, 403 or 200 with the form again
	Spray       bool   `yaml:"spray" json:"spray"`               // one password for many users, then the next; else one user
	BannedAfter int    `yaml:"banned_after" json:"banned_after"` // connections after which a target no longer answers; 0 = never
}

func newLoginGuessing() Attack {
	return &LoginGuessing{Web: Web{Rate: 3, PerConn: 4, Port: 80}, Path: "/login", Status: 401}
}

// Validate checks the parameters.
func (a *LoginGuessing) Validate() error {
	if !strings.HasPrefix(a.Path, "/") || strings.ContainsAny(a.Path, " #") {
		return errors.New("path: begins with a slash and holds no blank or hash sign, e.g. /login")
	}
	if !slices.Contains([]int{200, 401, 403}, a.Status) {
		return errors.New("status: 200, 401 or 403")
	}
	return cmp.Or(a.Web.Validate(), inLine("path", a.Path), within("banned_after", a.BannedAfter, 0, 1_000_000))
}

var (
	users     = []string{"admin", "root", "administrator", "test", "user", "webmaster", "info", "backup", "guest", "support"}
	passwords = []string{"123456", "password", "admin123", "qwerty", "letmein", "welcome1", "Summer2023", "changeme", "iloveyou", "P4ssw0rd", "000000", "toor"}
	wrong     = []byte("<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Invalid user name or password.</p></body></html>")
)

// guess is the i-th pair of the campaign. Behind the end of the list passwords get numbers.
func (a *LoginGuessing) guess(s *Site, i int) (user, password string) {
	n := i
	user = users[s.nth("user", 0, len(users))]
	if a.Spray {
		user, n = users[i%len(users)], i/len(users)
	}
	password = passwords[n%len(passwords)]
	if round := n / len(passwords); round > 0 {
		password += strconv.Itoa(round)
	}
	return user, password
}

// Step is one connection with a few attempts.
func (a *LoginGuessing) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	if a.BannedAfter > 0 && s.visit(k) >= a.BannedAfter {
		return unanswered(s.talk(stageGuess, packet.TCP, s.target(k), a.Port))
	}
	return a.talk(stageGuess, k, s, r, func(i int) dialogue.HTTPExchange {
		user, password := a.guess(s, i)
		return dialogue.HTTPExchange{
			Method: "POST", Target: a.Path, BodyType: "application/x-www-form-urlencoded",
			Body:   []byte("username=" + url.QueryEscape(user) + "&password=" + url.QueryEscape(password)),
			Status: a.Status, ReplyType: html, Reply: wrong, Serve: r.Duration(15e6, 70e6),
		}
	})
}
