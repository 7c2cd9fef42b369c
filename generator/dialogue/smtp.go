package dialogue

import (
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// SMTP writes the delivery of one message from server to server (RFC 5321), for some servers over STARTTLS (RFC 3207).
func SMTP(r *draw.Stream, q Request, c *packet.Conversation) {
	s := begin(r, &q, c, "smtp", 32, 8<<10)
	secure := trait("starttls", q.Name+q.Server.Name)
	encrypted := secure.Chance(0.5)
	s.greet(encrypted, "25")
	if encrypted {
		s.sealMail(mailHello(&q), target(r, q.OutBytes, 9e3, 1.2, 15e6))
		return
	}
	l := s.letter()
	pipelined := r.Chance(0.5)
	s.envelope(l, pipelined)
	s.sendLetter(l, target(r, q.OutBytes, 9e3, 1.2, 15e6)-6) // QUIT comes behind it
	s.line(server, serving(r)*4, "250 2.0.0 Ok: queued as ", queueID(r), "\r\n")
	s.line(client, r.Duration(50*microsecond, 2*millisecond), "QUIT\r\n")
	s.line(server, serving(r)/4, "221 2.0.0 Bye\r\n")
	c.Ending = packet.CloseByServer
}

// Submission writes how a mail program hands a message to its server (RFC 6409): STARTTLS, then everything sealed.
func Submission(r *draw.Stream, q Request, c *packet.Conversation) {
	s := begin(r, &q, c, "submission", 24, 8<<10)
	s.greet(true, "587")
	s.sealMail(mailHello(&q), target(r, q.OutBytes, 7e3, 1.2, 15e6))
}

// greet is the welcome, EHLO with its capabilities and, where tls is set, STARTTLS.
func (s *script) greet(tls bool, port string) {
	name := s.q.Name
	if !named(name) {
		name = fullName(s.q.Server, s.q.Domain)
	}
	t := trait("mta", name)
	software := draw.Pick(&t, []string{" ESMTP Postfix (Debian/GNU)", " ESMTP Postfix", " ESMTP", " ESMTP Exim 4.96"})
	s.line(server, s.r.Duration(millisecond, 60*millisecond), "220 ", name, software, "\r\n")
	helo := fullName(s.q.Client, s.q.Domain)
	if helo == "" || port == "587" {
		helo = "[" + s.q.Client.Addr.String() + "]"
	}
	s.line(client, s.r.Duration(100*microsecond, 8*millisecond), "EHLO ", helo, "\r\n")
	offer := "250-STARTTLS\r\n"
	if !tls {
		offer = ""
	}
	s.line(server, serving(s.r)/2, "250-", name, "\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n", offer, "250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250 DSN\r\n")
	if tls {
		s.line(client, s.r.Duration(50*microsecond, 2*millisecond), "STARTTLS\r\n")
		s.line(server, serving(s.r)/4, "220 2.0.0 Ready to start TLS\r\n")
	}
}

// sealMail is the rest of a session under TLS: EHLO again, credentials or envelope, the message, the queue's answer, QUIT.
func (s *script) sealMail(h *stackHello, out int64) {
	s.handshake(h, false)
	for range s.r.Between(3, 4) {
		s.record(client, s.r.Duration(100*microsecond, 4*millisecond), 60+s.r.Duration(0, 40))
		s.record(server, serving(s.r), 50+s.r.Duration(0, 160))
	}
	const quit = 5 + 6 + sealed + 7
	s.record(client, s.r.Duration(100*microsecond, 4*millisecond), max(400, out-s.sent[client]-quit-s.alertSize()))
	s.record(server, serving(s.r)*4, 70)
	s.record(client, s.r.Duration(100*microsecond, 2*millisecond), quit)
	s.record(server, serving(s.r)/4, 40)
	s.closeNotify()
}

// letter is who writes to whom about what.
type letter struct{ from, to, fromName, subject string }

var people = strings.Fields("anna bernd carla david elena frank greta henry irene james karin laura martin nadia oscar paula rosa simon tina victor")

// letter invents one; the domains are those of the two sides.
func (s *script) letter() letter {
	r := s.r
	here, there := s.q.Domain, parentDomain(s.q.Name)
	if !s.q.Client.Local {
		here, there = parentDomain(s.q.Client.Name), s.q.Domain
	}
	if here == "" || there == "" {
		here, there = "example.com", "example.net"
	}
	a, b := draw.Pick(r, people), draw.Pick(r, people)
	last := draw.Pick(r, words)
	return letter{
		from: a + "." + last + "@" + here, to: b + "." + draw.Pick(r, words) + "@" + there,
		fromName: strings.ToUpper(a[:1]) + a[1:] + " " + strings.ToUpper(last[:1]) + last[1:],
		subject:  strings.ToUpper(draw.Pick(r, words)[:1]) + draw.Pick(r, words) + " " + draw.Pick(r, words) + " " + strconv.Itoa(r.Between(1, 400)),
	}
}

// envelope is MAIL, RCPT and DATA, in one go where both ends pipeline (RFC 2920).
func (s *script) envelope(l letter, pipelined bool) {
	mail, rcpt := "MAIL FROM:<"+l.from+"> SIZE="+strconv.Itoa(s.r.Between(3000, 90000))+"\r\n", "RCPT TO:<"+l.to+">\r\n"
	if pipelined {
		s.line(client, s.r.Duration(50*microsecond, 2*millisecond), mail, rcpt, "DATA\r\n")
		s.line(server, serving(s.r)*2, "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n")
		return
	}
	for _, x := range [...][2]string{{mail, "250 2.1.0 Ok\r\n"}, {rcpt, "250 2.1.5 Ok\r\n"}, {"DATA\r\n", "354 End data with <CR><LF>.<CR><LF>\r\n"}} {
		s.line(client, s.r.Duration(50*microsecond, 2*millisecond), x[0])
		s.line(server, serving(s.r), x[1])
	}
}

func queueID(r *draw.Stream) string { return r.Letters("0123456789ABCDEF", 10) }
