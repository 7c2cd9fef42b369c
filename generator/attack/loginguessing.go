package attack

import (
	"errors"
	"strconv"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// LoginGuessing tries passwords on a web form.
type LoginGuessing struct {
	Rate    float64 `yaml:"rate" json:"rate"`         // attempts a second
	PerConn int     `yaml:"per_conn" json:"per_conn"` // attempts on each connection
	Path    string  `yaml:"path" json:"path"`
	Status  int     `yaml:"status" json:"status"` // what a wrong password gives: 401, 403 or 200 with the form again
}

func newLoginGuessing() Attack {
	return &LoginGuessing{Rate: 3, PerConn: 4, Path: "/login", Status: 401}
}

// Validate checks the parameters.
func (a *LoginGuessing) Validate() error {
	if a.Rate <= 0 || a.Rate > 1000 {
		return errors.New("rate: between 0 and 1000 attempts a second")
	}
	if a.PerConn < 1 || a.PerConn > 100 {
		return errors.New("per_conn: 1 to 100 attempts")
	}
	if a.Path == "" || a.Path[0] != '/' {
		return errors.New("path: begins with a slash")
	}
	if a.Status != 200 && a.Status != 401 && a.Status != 403 {
		return errors.New("status: 200, 401 or 403")
	}
	return nil
}

// Plan implements Attack.
func (a *LoginGuessing) Plan(length int64) Plan {
	return paced(length, a.Rate/float64(a.PerConn), 0.5)
}

var (
	users     = []string{"admin", "root", "administrator", "test", "user", "webmaster", "info", "backup", "guest", "support"}
	passwords = []string{"123456", "password", "admin123", "qwerty", "letmein", "welcome1", "Summer2023", "changeme", "iloveyou", "P4ssw0rd", "000000", "toor"}
)

// Step is one connection with a few attempts.
func (a *LoginGuessing) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	c := s.tcp(s.target(k), 80)
	q := s.request(&c, s.nameOf(c.Server), 0)
	xs := make([]dialogue.HTTPExchange, a.PerConn)
	for i := range xs {
		form := "username=" + draw.Pick(r, users) + "&password=" + draw.Pick(r, passwords) + strconv.Itoa(r.IntN(100))
		xs[i] = dialogue.HTTPExchange{
			Method: "POST", Target: a.Path, Agent: browser, Body: []byte(form), BodyType: "application/x-www-form-urlencoded",
			Status: a.Status, ReplyType: "text/html", Reply: []byte(wrongPassword),
			Wait: r.Duration(20e6, 250e6), Serve: r.Duration(15e6, 90e6),
		}
	}
	dialogue.HTTPTalk(r, q, &c, xs)
	return []packet.Conversation{c}
}

const (
	browser       = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36"
	wrongPassword = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Invalid user name or password.</p></body></html>"
)
