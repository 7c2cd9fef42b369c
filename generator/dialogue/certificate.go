package dialogue

import (
	"strings"
	"time"

	"github.com/evilbench/evilbench/generator/draw"
)

// Object identifiers and algorithm identifiers, encoded.
const (
	oidCommonName   = "\x06\x03\x55\x04\x03"
	oidCountry      = "\x06\x03\x55\x04\x06"
	oidOrganisation = "\x06\x03\x55\x04\x0a"
	sha256WithRSA   = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"
	rsaEncryption   = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"
	version3        = "\xa0\x03\x02\x01\x02"
	exponent        = "\x02\x03\x01\x00\x01"
)

// Extensions of which nothing varies: key usage, extended key usage, basic constraints (RFC 5280 §4.2.1).
const (
	usageLeaf      = "\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x05\xa0"
	usageAuthority = "\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x01\x86"
	usageServer    = "\x30\x13\x06\x03\x55\x1d\x25\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"
	notAuthority   = "\x30\x0c\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x02\x30\x00"
	isAuthority    = "\x30\x12\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x08\x30\x06\x01\x01\xff\x02\x01\x00"
	oidSubjectKey  = "\x06\x03\x55\x1d\x0e"
	oidAuthority   = "\x06\x03\x55\x1d\x23"
	oidNames       = "\x06\x03\x55\x1d\x11"
)

const (
	day         = 24 * 3600 * second
	modulusSize = 256 // RSA-2048
	mostCN      = 64  // RFC 5280, ub-common-name
)

// issuer is a certificate authority. All are invented.
type issuer struct{ country, organisation, name string }

var issuers = []issuer{
	{"US", "Northgate Trust Services", "Northgate DV TLS CA 2"},
	{"US", "Open Anchor Project", "R7"},
	{"US", "Open Anchor Project", "R9"},
	{"GB", "Bramley Certification Ltd", "Bramley RSA Domain Validation Secure Server CA"},
	{"DE", "Hanse Zertifikat GmbH", "Hanse TLS Issuing CA G4"},
}

var root = issuer{"US", "Meridian Root Programme", "Meridian Global Root X1"}

// issuerOf is who signed the name's certificate: the site's own authority inside its domain, a public one elsewhere.
func issuerOf(name, domain string) issuer {
	if inside(name, domain) {
		return issuer{"US", domain, "Issuing CA 1"}
	}
	t := trait("issuer", name)
	return draw.Pick(&t, issuers)
}

// appendCertificate writes the DER certificate (RFC 5280 §4.1) that the name presents at a time: the same one in every
// conversation until it is renewed. Key and signature are opaque bytes; nothing verifies.
func appendCertificate(buf []byte, name string, by issuer, now int64) []byte {
	t := trait("certificate", name)
	valid, renewed := 90*day, 60*day
	if by.organisation != "Open Anchor Project" {
		valid, renewed = 365*day, 330*day
	}
	phase := t.Duration(0, renewed)
	from := now - (now+phase)%renewed
	t = draw.NewSeed(uint64(from)).Word(name).Stream() // a new key with every renewal

	whole := len(buf)
	buf = appendSerial(append(buf, version3...), &t)
	buf = append(buf, sha256WithRSA...)
	buf = appendDN(buf, by)
	buf = appendValidity(buf, from, from+valid)
	buf = appendDN(buf, issuer{name: name[:min(len(name), mostCN)]})
	buf = appendKey(buf, &t)
	exts := len(buf)
	buf = append(buf, usageLeaf+usageServer+notAuthority...)
	buf = appendKeyIDs(buf, name, by.name)
	mark := len(buf)
	buf = append(buf, oidNames...)
	inner := len(buf)
	buf = element(buf, 0x82, name)
	if parent := parentDomain(name); parent != name && strings.HasPrefix(name, "www.") {
		buf = element(buf, 0x82, parent)
	}
	buf = wrap(wrap(wrap(buf, inner, derSequence), inner, derOctetString), mark, derSequence)
	return appendSigned(buf, whole, exts, &t)
}

// appendAuthority writes the certificate of an issuer, signed by the root.
func appendAuthority(buf []byte, a issuer) []byte {
	t := trait("authority", a.organisation+a.name)
	from := time.Date(2015+t.IntN(8), time.Month(1+t.IntN(12)), 1+t.IntN(28), 0, 0, 0, 0, time.UTC).UnixNano()
	whole := len(buf)
	buf = appendSerial(append(buf, version3...), &t)
	buf = append(buf, sha256WithRSA...)
	buf = appendDN(buf, root)
	buf = appendValidity(buf, from, from+20*365*day)
	buf = appendDN(buf, a)
	buf = appendKey(buf, &t)
	exts := len(buf)
	buf = append(buf, usageAuthority+isAuthority...)
	buf = appendKeyIDs(buf, a.name, root.name)
	return appendSigned(buf, whole, exts, &t)
}

func appendSerial(buf []byte, t *draw.Stream) []byte {
	var serial [16]byte
	t.Fill(serial[:])
	serial[0] = 1 + serial[0]&0x3f
	return element(buf, derInteger, serial[:])
}

// appendDN writes a distinguished name of the parts that are not empty.
func appendDN(buf []byte, n issuer) []byte {
	mark := len(buf)
	for _, part := range [...]struct {
		oid, value string
		tag        byte
	}{{oidCountry, n.country, 0x13}, {oidOrganisation, n.organisation, derUTF8}, {oidCommonName, n.name, derUTF8}} {
		if part.value != "" {
			rdn := len(buf)
			buf = element(append(buf, part.oid...), part.tag, part.value)
			buf = wrap(wrap(buf, rdn, derSequence), rdn, derSet)
		}
	}
	return wrap(buf, mark, derSequence)
}

func appendValidity(buf []byte, from, to int64) []byte {
	mark := len(buf)
	for _, t := range [...]int64{from, to} {
		inner := len(buf)
		buf = time.Unix(0, t).UTC().AppendFormat(buf, "060102150405Z")
		buf = wrap(buf, inner, derUTCTime)
	}
	return wrap(buf, mark, derSequence)
}

// appendKey writes an RSA public key whose modulus is odd and has its top bit set.
func appendKey(buf []byte, t *draw.Stream) []byte {
	var modulus [1 + modulusSize]byte
	t.Fill(modulus[1:])
	modulus[1] |= 0x80
	modulus[modulusSize] |= 1
	mark := len(buf)
	buf = append(buf, rsaEncryption...)
	bits := len(buf)
	buf = append(buf, 0)
	inner := len(buf)
	buf = append(element(buf, derInteger, modulus[:]), exponent...)
	return wrap(wrap(wrap(buf, inner, derSequence), bits, derBitString), mark, derSequence)
}

// appendKeyIDs writes the subject's and the issuer's key identifiers.
func appendKeyIDs(buf []byte, subject, issuer string) []byte {
	var id [20]byte
	t := trait("key", subject)
	t.Fill(id[:])
	mark := len(buf)
	buf = append(buf, oidSubjectKey...)
	inner := len(buf)
	buf = wrap(wrap(element(buf, derOctetString, id[:]), inner, derOctetString), mark, derSequence)

	t = trait("key", issuer)
	t.Fill(id[:])
	mark = len(buf)
	buf = append(buf, oidAuthority...)
	inner = len(buf)
	buf = wrap(wrap(element(buf, 0x80, id[:]), inner, derSequence), inner, derOctetString)
	return wrap(buf, mark, derSequence)
}

// appendSigned closes the extensions and the certificate and adds the signature.
func appendSigned(buf []byte, whole, exts int, t *draw.Stream) []byte {
	buf = wrap(wrap(buf, exts, derSequence), exts, 0xa3)
	buf = wrap(buf, whole, derSequence)
	buf = append(buf, sha256WithRSA...)
	var signature [1 + modulusSize]byte
	t.Fill(signature[1:])
	return wrap(element(buf, derBitString, signature[:]), whole, derSequence)
}
