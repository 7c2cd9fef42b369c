package dialogue_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// parseHTTP reads both directions with net/http and hands every exchange over; nothing may be left behind the last.
func parseHTTP(t testing.TB, c *packet.Conversation, each func(*http.Request, *http.Response, []byte)) {
	t.Helper()
	requests := bufio.NewReader(bytes.NewReader(bytesOf(c, packet.Client)))
	responses := bufio.NewReader(bytes.NewReader(bytesOf(c, packet.Server)))
	for {
		req, err := http.ReadRequest(requests)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("request: %v", err)
		}
		if _, err := io.Copy(io.Discard, req.Body); err != nil {
			t.Fatalf("request body: %v", err)
		}
		res, err := http.ReadResponse(responses, req)
		if err != nil {
			t.Fatalf("response: %v", err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatalf("response body: %v", err)
		}
		each(req, res, body)
	}
	if rest, _ := io.ReadAll(responses); len(rest) > 0 {
		t.Errorf("%d bytes behind the last response: %q", len(rest), rest[:min(60, len(rest))])
	}
}

func TestHTTPParses(t *testing.T) {
	magic := map[string]string{"image/png": "\x89PNG\r\n", "image/webp": "RIFF", "font/woff2": "wOF2", "text/html; charset=utf-8": "<!DOCTYPE html>", "application/vnd.debian.binary-package": "!<arch>\n"}
	status := map[int]int{}
	chunked := 0
	for i := range uint64(500) {
		q := sample(i, "www.norsol.net", "fs1.corp.example")
		c := write(dialogue.HTTP, i, q)
		last := time.Unix(0, noon)
		parseHTTP(t, c, func(req *http.Request, res *http.Response, body []byte) {
			status[res.StatusCode]++
			if res.TransferEncoding != nil {
				chunked++
			}
			if req.Host != q.Name {
				t.Errorf("host %q", req.Host)
			}
			if res.Header.Get("Content-Encoding") != "" {
				t.Error("a content encoding is claimed")
			}
			at, err := http.ParseTime(res.Header.Get("Date"))
			if err != nil || at.Before(last.Truncate(time.Second)) || at.After(last.Add(10*time.Minute)) {
				t.Errorf("date %q after %s: %v", res.Header.Get("Date"), last, err)
			}
			last = at
			kind := res.Header.Get("Content-Type")
			if res.StatusCode == 200 && !strings.HasPrefix(string(body), magic[kind]) {
				t.Errorf("%s begins with %q", kind, body[:min(16, len(body))])
			}
			if kind == "image/webp" && int(binary.LittleEndian.Uint32(body[4:])) != len(body)-8 {
				t.Errorf("RIFF promises %d bytes, %d are there", binary.LittleEndian.Uint32(body[4:]), len(body)-8)
			}
			if kind == "application/json" && !json.Valid(body) {
				t.Errorf("invalid JSON of %d bytes: %q ... %q", len(body), body[:min(120, len(body))], body[max(0, len(body)-80):])
			}
		})
	}
	for _, want := range []int{200, 301, 304, 404} {
		if status[want] == 0 {
			t.Errorf("status %d never seen in %v", want, status)
		}
	}
	if chunked == 0 {
		t.Error("no chunked response")
	}
}

func TestHTTPTalk(t *testing.T) {
	q := request("linux", "linux-server")
	r := draw.NewSeed(1).Stream()
	c := &packet.Conversation{Dport: 8080}
	dialogue.HTTPTalk(&r, q, c, []dialogue.HTTPExchange{
		{Method: "POST", Target: "/login", Agent: dialogue.Agent(q), Header: "Accept: */*\r\n", Body: []byte("user=a&password=b"), BodyType: "application/x-www-form-urlencoded", Status: 401, Reply: []byte("no"), ReplyType: "text/plain"},
		{Method: "HEAD", Target: "/", Status: 200, ReplyType: "text/html", ReplyFill: 9000},
		{Method: "GET", Target: "/x", Status: 200, ReplyType: "application/octet-stream", ReplyFill: 70000, Chunked: true, Close: true},
		{Method: "GET", Target: "/never", Status: 200},
	})
	var seen []string
	parseHTTP(t, c, func(req *http.Request, res *http.Response, body []byte) {
		seen = append(seen, req.Method+" "+req.URL.Path)
		if req.Host != "www.norsol.net:8080" {
			t.Errorf("host %q", req.Host)
		}
		if req.URL.Path == "/x" && len(body) != 70000 {
			t.Errorf("chunked body has %d bytes", len(body))
		}
	})
	if got := strings.Join(seen, ", "); got != "POST /login, HEAD /, GET /x" {
		t.Errorf("said %s", got)
	}
	if c.Ending != packet.CloseByServer {
		t.Errorf("ending %d", c.Ending)
	}
}
