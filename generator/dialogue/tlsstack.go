package dialogue

import "github.com/evilbench/evilbench/generator/draw"

// stackHello is how one TLS implementation says hello.
type stackHello struct {
	grease, shuffle bool
	legacySession   bool // a session id although TLS 1.3 needs none (RFC 8446 §D.4)
	ciphers         []uint16
	extensions      []uint16
	groups          []uint16
	signatures      []uint16
	versions        []uint16 // empty = TLS 1.2 at most
	shares          []uint16
	alpn            string // encoded list
}

const (
	alpnWeb = "\x02h2\x08http/1.1"
	alpnOld = "\x08http/1.1"
)

var (
	tls13 = []uint16{0x0304, 0x0303}

	chromium = stackHello{
		grease: true, shuffle: true, legacySession: true, alpn: alpnWeb, versions: tls13,
		ciphers:    []uint16{0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035},
		extensions: []uint16{extGreaseFirst, extServerName, extExtendedMaster, extRenegotiation, extGroups, extPointFormats, extTicket, extALPN, extStatusRequest, extSignatures, extSCT, extKeyShare, extPSKModes, extVersions, extCompress, extApplication, extGreaseLast},
		groups:     []uint16{groupHybrid, groupX25519, 23, 24},
		signatures: []uint16{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601},
		shares:     []uint16{groupHybrid, groupX25519},
	}
	gecko = stackHello{
		legacySession: true, alpn: alpnWeb, versions: tls13,
		ciphers:    []uint16{0x1301, 0x1303, 0x1302, 0xc02b, 0xc02f, 0xcca9, 0xcca8, 0xc02c, 0xc030, 0xc00a, 0xc009, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035},
		extensions: []uint16{extServerName, extExtendedMaster, extRenegotiation, extGroups, extPointFormats, extTicket, extALPN, extStatusRequest, extSCT, extKeyShare, extVersions, extSignatures, extPSKModes, extRecordLimit},
		groups:     []uint16{groupX25519, 23, 24, 25, 256, 257},
		signatures: []uint16{0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201},
		shares:     []uint16{groupX25519, 23},
	}
	safari = stackHello{
		grease: true, legacySession: true, alpn: alpnWeb, versions: tls13,
		ciphers:    []uint16{0x1301, 0x1302, 0x1303, 0xc02c, 0xc02b, 0xcca9, 0xc030, 0xc02f, 0xcca8, 0xc00a, 0xc009, 0xc014, 0xc013, 0x009d, 0x009c, 0x0035, 0x002f},
		extensions: []uint16{extGreaseFirst, extServerName, extExtendedMaster, extRenegotiation, extGroups, extPointFormats, extALPN, extStatusRequest, extSignatures, extSCT, extKeyShare, extPSKModes, extVersions, extCompress, extGreaseLast},
		groups:     []uint16{groupX25519, 23, 24, 25},
		signatures: []uint16{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201},
		shares:     []uint16{groupX25519},
	}
	schannel = stackHello{ // operating system services: updates, telemetry, certificate checks
		alpn:       alpnWeb,
		ciphers:    []uint16{0xc02c, 0xc02b, 0xc030, 0xc02f, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a, 0xc009, 0xc014, 0xc013, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f},
		extensions: []uint16{extServerName, extStatusRequest, extGroups, extPointFormats, extSignatures, extTicket, extALPN, extExtendedMaster, extRenegotiation},
		groups:     []uint16{groupX25519, 23, 24},
		signatures: []uint16{0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0201, 0x0403, 0x0503, 0x0203, 0x0202, 0x0601, 0x0603},
	}
	openssl = stackHello{ // command line tools and daemons
		legacySession: true, alpn: alpnOld, versions: tls13,
		ciphers:    []uint16{0x1302, 0x1303, 0x1301, 0xc02c, 0xc030, 0x009f, 0xcca9, 0xcca8, 0xccaa, 0xc02b, 0xc02f, 0x009e, 0xc024, 0xc028, 0x006b, 0xc023, 0xc027, 0x0067, 0xc00a, 0xc014, 0x0039, 0xc009, 0xc013, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0x00ff},
		extensions: []uint16{extServerName, extPointFormats, extGroups, extTicket, extALPN, 22, extExtendedMaster, extSignatures, extVersions, extPSKModes, extKeyShare},
		groups:     []uint16{groupX25519, 23, 30, 25, 24, 256, 257, 258, 259, 260},
		signatures: []uint16{0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0303, 0x0301, 0x0302, 0x0402, 0x0502, 0x0602},
		shares:     []uint16{groupX25519},
	}
)

// webHello is the implementation that a browser or a service on the client uses.
func webHello(r *draw.Stream, q *Request) *stackHello {
	switch familyOf(q.Client) {
	case windows:
		return draw.Pick(r, []*stackHello{&chromium, &chromium, &chromium, &gecko, &schannel})
	case mac:
		return draw.Pick(r, []*stackHello{&safari, &safari, &chromium, &gecko})
	case linuxDesktop:
		return draw.Pick(r, []*stackHello{&gecko, &gecko, &chromium, &openssl})
	default:
		return &openssl
	}
}

// mailHello is the implementation that a mail program or server uses.
func mailHello(q *Request) *stackHello {
	switch familyOf(q.Client) {
	case windows, linuxDesktop:
		return &gecko
	case mac:
		return &safari
	default:
		return &openssl
	}
}
