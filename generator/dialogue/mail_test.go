package dialogue_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/packet"
)

// TestSMTPDelivers reads the session as a server would: commands and replies are lines, and the message parses.
func TestSMTPDelivers(t *testing.T) {
	clear, sealed, attached := 0, 0, 0
	for i := range uint64(300) {
		q := sample(i, "mx1.norsol.net", "mx.alborta.fr", "mail.lumgra.eu", "mx1.quinro.de")
		c := write(dialogue.SMTP, i, q)
		out := bytesOf(c, packet.Client)
		if i := bytes.Index(out, []byte("STARTTLS\r\n")); i > 0 {
			sealed++
			recordsOf(t, out[i+10:])
			hello(t, out[i+10:])
			continue
		}
		clear++
		linesEnd(t, out)
		linesEnd(t, bytesOf(c, packet.Server))
		_, data, ok := strings.Cut(string(out), "DATA\r\n")
		body, quit, end := strings.Cut(data, "\r\n.\r\n")
		if !ok || !end || quit != "QUIT\r\n" {
			t.Fatalf("DATA %v, dot %v, then %q", ok, end, quit)
		}
		m, err := mail.ReadMessage(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"From", "To"} {
			if list, err := m.Header.AddressList(field); err != nil || len(list) != 1 || !strings.Contains(string(out), "<"+list[0].Address+">") {
				t.Errorf("%s: %v, %v", field, list, err)
			}
		}
		if at, err := m.Header.Date(); err != nil || at.UnixNano() > noon || at.UnixNano() < noon-60e9 {
			t.Errorf("date %v: %v", at, err)
		}
		if readParts(t, m) {
			attached++
		}
	}
	if clear == 0 || sealed == 0 || attached == 0 {
		t.Errorf("%d in the clear, %d sealed, %d with attachment", clear, sealed, attached)
	}
}

// linesEnd wants CRLF and nothing else at the ends of lines, none longer than 998 bytes (RFC 5322 §2.1.1).
func linesEnd(t *testing.T, b []byte) {
	for _, line := range bytes.SplitAfter(b, []byte("\n")) {
		if len(line) > 0 && !bytes.HasSuffix(line, []byte("\r\n")) || bytes.IndexByte(line, '\r') < len(line)-2 || len(line) > 1000 {
			t.Fatalf("line of %d bytes: %q", len(line), line[:min(80, len(line))])
		}
	}
}

// readParts decodes an attachment to its last byte; false if there is none.
func readParts(t *testing.T, m *mail.Message) bool {
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if kind == "text/plain" {
		return false
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for i := 0; ; i++ {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			if i != 2 {
				t.Errorf("%d parts", i)
			}
			return true
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.Header.Get("Content-Transfer-Encoding") == "base64" {
			if n, err := io.Copy(io.Discard, base64.NewDecoder(base64.StdEncoding, p)); err != nil || n < 57 {
				t.Errorf("attachment of %d bytes: %v", n, err)
			}
		}
	}
}
