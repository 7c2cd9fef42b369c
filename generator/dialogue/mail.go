package dialogue

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/evilbench/evilbench/generator/draw"
)

// attachment is a kind of file that people send.
type attachment struct{ kind, ext, magic string }

var attachments = []attachment{
	{"application/pdf", ".pdf", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"},
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx", "PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00\x21\x00"},
	{"image/jpeg", ".jpg", magicJPEG},
	{"image/png", ".png", magicPNG},
}

// sendLetter writes the message (RFC 5322) and its final dot so that the client's bytes come near out: prose alone, or with an
// attachment in base64 (RFC 2045 §6.8) where more is to be sent than people type. No line begins with a dot, none is long.
func (s *script) sendLetter(l letter, out int64) {
	const mostProse, foot = 6000, 5
	mark := len(s.buf)
	s.appendHeader(l)
	room := out - s.sent[client] - int64(len(s.buf)-mark) - foot
	if room <= mostProse {
		s.put("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n")
		s.say(client, serving(s.r)/2, s.cut(mark))
		s.say(client, 0, window(s.r, proseSlab(), mailLine, lines(room-98, mailLine)))
		s.say(client, 0, lastDot)
		return
	}
	boundary := "----=_Part_" + s.r.Hex(16)
	file := draw.Pick(s.r, attachments)
	name := draw.Pick(s.r, words) + "-" + draw.Pick(s.r, words) + file.ext
	s.put("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"", boundary, "\"\r\n\r\nThis is a message in several parts.\r\n\r\n--", boundary,
		"\r\nContent-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n")
	text := window(s.r, proseSlab(), mailLine, s.r.Between(2, 12))
	s.buf = append(s.buf, text...)
	s.put("\r\n--", boundary, "\r\nContent-Type: ", file.kind, "; name=\"", name, "\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"", name, "\"\r\n\r\n")
	s.firstLine(file.magic)
	s.say(client, serving(s.r)/2, s.cut(mark))

	end := "\r\n--" + boundary + "--\r\n"
	for n := lines(out-s.sent[client]-int64(len(end))-foot, mailLine); n > 0; {
		part := min(n, mailLines/2)
		s.say(client, 0, window(s.r, base64Slab(), mailLine, part))
		n -= part
	}
	s.line(client, 0, end, ".\r\n")
}

var lastDot = []byte("\r\n.\r\n")

// lines is how many lines come nearest to n bytes, at least one.
func lines(n int64, line int64) int { return int(max(1, (n+line/2)/line)) }

func (s *script) put(parts ...string) {
	for _, p := range parts {
		s.buf = append(s.buf, p...)
	}
}

// appendHeader writes the header fields that do not depend on the body.
func (s *script) appendHeader(l letter) {
	t := time.Unix(0, s.time).UTC()
	_, domain, _ := strings.Cut(l.from, "@")
	s.put("Received: from [10.", s.r.Letters("123456789", 2), ".0.", s.r.Letters("123456789", 2), "] by ", fullName(s.q.Client, s.q.Domain), " with ESMTPSA id ", queueID(s.r), ";\r\n\t")
	s.buf = t.Add(-2*time.Second).AppendFormat(s.buf, time.RFC1123Z)
	s.put("\r\nMessage-ID: <", s.r.Hex(8), "-", s.r.Hex(12), "@", domain, ">\r\nDate: ")
	s.buf = t.Add(-3*time.Second).AppendFormat(s.buf, time.RFC1123Z)
	s.put("\r\nFrom: ", l.fromName, " <", l.from, ">\r\nTo: <", l.to, ">\r\nSubject: ", l.subject, "\r\n")
}

// firstLine is the first line of an attachment: what tells its type, then opaque bytes.
func (s *script) firstLine(magic string) {
	var raw [57]byte
	s.r.Fill(raw[copy(raw[:], magic):])
	s.buf = append(base64.StdEncoding.AppendEncode(s.buf, raw[:]), '\r', '\n')
}
