package dialogue_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/packet"
)

// wire is a connection that reads from one side's bytes and swallows what is written.
type wire struct{ io.Reader }

func (wire) Write(p []byte) (int, error)      { return len(p), nil }
func (wire) Close() error                     { return nil }
func (wire) LocalAddr() net.Addr              { return nil }
func (wire) RemoteAddr() net.Addr             { return nil }
func (wire) SetDeadline(time.Time) error      { return nil }
func (wire) SetReadDeadline(time.Time) error  { return nil }
func (wire) SetWriteDeadline(time.Time) error { return nil }

// fataler is what helpers need of a test.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// hello lets crypto/tls parse the ClientHello.
func hello(t fataler, stream []byte) *tls.ClientHelloInfo {
	t.Helper()
	var got *tls.ClientHelloInfo
	seen := errors.New("seen")
	err := tls.Server(wire{bytes.NewReader(stream)}, &tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		got = h
		return nil, seen
	}}).Handshake()
	if !errors.Is(err, seen) {
		t.Fatalf("crypto/tls: %v", err)
	}
	return got
}

type record struct {
	kind byte
	body []byte
}

// recordsOf cuts a stream into TLS records; nothing may be left.
func recordsOf(t fataler, stream []byte) []record {
	t.Helper()
	var list []record
	for len(stream) > 0 {
		if len(stream) < 5 || stream[1] != 3 {
			t.Fatalf("record %d begins with %x", len(list), stream[:min(5, len(stream))])
		}
		n := int(binary.BigEndian.Uint16(stream[3:]))
		if n == 0 || n > 16384+256 || len(stream) < 5+n {
			t.Fatalf("record %d of type %d has length %d, %d bytes follow", len(list), stream[0], n, len(stream)-5)
		}
		list = append(list, record{stream[0], stream[5 : 5+n]})
		stream = stream[5+n:]
	}
	return list
}

func TestClientHelloIsRead(t *testing.T) {
	versions := map[uint16]int{}
	for i := range uint64(300) {
		q := request(packet.Stacks[i%uint64(len(packet.Stacks))].Name, "linux-server")
		c := write(dialogue.TLS, i, q)
		h := hello(t, bytesOf(c, packet.Client))
		if h.ServerName != q.Name {
			t.Fatalf("SNI %q", h.ServerName)
		}
		if !slices.Contains(h.SupportedProtos, "http/1.1") || !slices.Contains(h.SupportedCurves, tls.X25519) || len(h.SignatureSchemes) == 0 {
			t.Errorf("hello offers %v, curves %v, signatures %v", h.SupportedProtos, h.SupportedCurves, h.SignatureSchemes)
		}
		versions[h.SupportedVersions[0]&0x0fff]++
	}
	if len(versions) < 2 {
		t.Errorf("all hellos offer the same: %v", versions)
	}
	q := request("linux", "linux-server")
	q.Name = ""
	if h := hello(t, bytesOf(write(dialogue.IMAPS, 1, q), packet.Client)); h.ServerName != "" || len(h.SupportedProtos) != 0 {
		t.Errorf("a connection without a name says %q, %v", h.ServerName, h.SupportedProtos)
	}
}

func TestTLSRecords(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, _ := dialogue.ByService(rapid.SampledFrom([]string{"tls", "imaps"}).Draw(rt, "service"))
		c := write(w, rapid.Uint64().Draw(rt, "seed"), drawRequest(rt))
		for side := range packet.Side(2) {
			list := recordsOf(t, bytesOf(c, side))
			kinds := map[byte]int{}
			for _, r := range list {
				kinds[r.kind]++
			}
			if kinds[20] != 1 || kinds[23] == 0 {
				rt.Errorf("side %d: records by type %v", side, kinds)
			}
			if last := list[len(list)-1]; last.kind != 21 && len(last.body) != 19 {
				rt.Errorf("side %d ends with a record of type %d and %d bytes", side, last.kind, len(last.body))
			}
		}
	})
}

// certificatesOf parses the chain of a TLS 1.2 conversation; empty under 1.3, where it is sealed.
func certificatesOf(t testing.TB, c *packet.Conversation) []*x509.Certificate {
	t.Helper()
	var list []*x509.Certificate
	for _, r := range recordsOf(t, bytesOf(c, packet.Server)) {
		if r.kind != 22 || r.body[0] != 11 {
			continue
		}
		chain := r.body[7:]
		for len(chain) > 0 {
			n := int(chain[0])<<16 | int(chain[1])<<8 | int(chain[2])
			x, err := x509.ParseCertificate(chain[3 : 3+n])
			if err != nil {
				t.Fatalf("certificate: %v", err)
			}
			list = append(list, x)
			chain = chain[3+n:]
		}
	}
	return list
}

func TestCertificates(t *testing.T) {
	found := 0
	for i, name := range []string{"www.norsol.net", "a.b.c.example.org", "www.mirta.com", "intra.corp.example", "x.io", "mail.corp.example", "cdn.quinro.de", "img.alborta.fr", "shop.vori-na.com", "static.lumgra.eu"} {
		q := request("windows-10", "windows-2022")
		q.Name = name
		c := write(dialogue.TLS, uint64(i), q)
		chain := certificatesOf(t, c)
		if len(chain) == 0 {
			continue
		}
		found++
		leaf := chain[0]
		now := time.Unix(0, noon)
		if len(chain) != 2 || leaf.Subject.CommonName != name || leaf.VerifyHostname(name) != nil {
			t.Errorf("%s: chain of %d for %v", name, len(chain), leaf.DNSNames)
		}
		if now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) || !chain[1].IsCA || leaf.IsCA {
			t.Errorf("%s: valid from %s to %s", name, leaf.NotBefore, leaf.NotAfter)
		}
		if leaf.Issuer.String() != chain[1].Subject.String() || leaf.PublicKey.(*rsa.PublicKey).Size() != 256 {
			t.Errorf("%s: issued by %s, chain goes on with %s", name, leaf.Issuer, chain[1].Subject)
		}
		q.Time += 3600e9
		again := certificatesOf(t, write(dialogue.TLS, uint64(i)+1000, q))
		if len(again) == 0 || !leaf.Equal(again[0]) {
			t.Errorf("%s: the same server shows two certificates within an hour", name)
		}
	}
	if found == 0 {
		t.Error("no conversation under TLS 1.2 among ten names")
	}
}
