package dialogue

import (
	"encoding/binary"

	"github.com/evilbench/evilbench/generator/packet"
)

// SMB2 commands (MS-SMB2 §2.2.1.2).
const (
	smbNegotiate      = 0
	smbSessionSetup   = 1
	smbLogoff         = 2
	smbTreeConnect    = 3
	smbTreeDisconnect = 4
	smbCreate         = 5
	smbClose          = 6
	smbRead           = 8
	smbWrite          = 9
	smbQueryDirectory = 14
)

// Status codes (MS-ERREF §2.3.1).
const (
	statusOK             = 0
	statusMoreProcessing = 0xc0000016
	statusNoMoreFiles    = 0x80000006
	statusAccessDenied   = 0xc0000022
	statusNameNotFound   = 0xc0000034
	statusLogonFailure   = 0xc000006d
)

const (
	smbHeader  = 4 + 64 // session service header (RFC 1002 §4.3.1) and SMB2 header
	smbGrant   = 33     // credits that a server grants at a time
	smbReply   = 1      // flags
	smbSigned  = 8
	smbBlock   = 65536 // bytes one credit pays for (MS-SMB2 §3.1.5.2)
	smbMostOp  = 1 << 20
	smbDialect = 0x0311
)

var le = binary.LittleEndian

// smb is one SMB2 connection: its running numbers.
type smb struct {
	*script
	id      uint64 // of the next request
	charge  uint16 // of the request under way
	session uint64
	tree    uint32
	file    [16]byte
	signed  bool // from the end of the session setup on
}

// open starts a message behind an empty header.
func (m *smb) open() int {
	mark := len(m.buf)
	m.buf = append(m.buf, make([]byte, smbHeader)...)
	return mark
}

// ask closes a request and adds its turn; fill opaque bytes belong to it. A large transfer costs more credits.
func (m *smb) ask(mark int, wait int64, command uint16, moved, fill int64) {
	m.charge = uint16(max(1, (moved+smbBlock-1)/smbBlock))
	h := m.header(mark, command, fill)
	le.PutUint16(h[14:], smbGrant)
	le.PutUint32(h[32:], 0xfeff)
	m.add(packet.Turn{From: client, Wait: wait, Data: m.cut(mark), Fill: fill})
}

// reply closes the response to the last request and adds its turn.
func (m *smb) reply(mark int, wait int64, command uint16, status uint32, fill int64) {
	h := m.header(mark, command, fill)
	le.PutUint32(h[8:], status)
	le.PutUint16(h[14:], max(smbGrant, m.charge))
	h[16] |= smbReply
	m.add(packet.Turn{From: server, Wait: wait, Data: m.cut(mark), Fill: fill})
	m.id += uint64(m.charge)
}

// header fills in what both directions share and returns the SMB2 header.
func (m *smb) header(mark int, command uint16, fill int64) []byte {
	n := int64(len(m.buf)-mark-4) + fill
	binary.BigEndian.PutUint32(m.buf[mark:], uint32(n))
	h := m.buf[mark+4:]
	copy(h, "\xfeSMB\x40")
	if command != smbNegotiate {
		le.PutUint16(h[6:], m.charge)
	}
	le.PutUint16(h[12:], command)
	le.PutUint64(h[24:], m.id)
	le.PutUint32(h[36:], m.tree)
	le.PutUint64(h[40:], m.session)
	if m.signed {
		h[16] = smbSigned
		m.r.Fill(h[48:64])
	}
	return h
}

// refuse answers the last request with an error (MS-SMB2 §2.2.2).
func (m *smb) refuse(wait int64, command uint16, status uint32) {
	mark := m.open()
	m.buf = append(m.buf, 9, 0, 0, 0, 0, 0, 0, 0, 0)
	m.reply(mark, wait, command, status, 0)
}

// put16le, put32le and put64le append little-endian numbers.
func (m *smb) put16le(values ...uint16) {
	for _, v := range values {
		m.buf = le.AppendUint16(m.buf, v)
	}
}

func (m *smb) put32le(values ...uint32) {
	for _, v := range values {
		m.buf = le.AppendUint32(m.buf, v)
	}
}

func (m *smb) put64le(values ...uint64) {
	for _, v := range values {
		m.buf = le.AppendUint64(m.buf, v)
	}
}

// align pads the message under way to a multiple of n bytes behind the session service header.
func (m *smb) align(mark, n int) {
	for (len(m.buf)-mark-4)%n != 0 {
		m.buf = append(m.buf, 0)
	}
}

// appendUTF16 writes a name in UTF-16LE; names here are ASCII.
func appendUTF16(b []byte, parts ...string) []byte {
	for _, p := range parts {
		for i := range len(p) {
			b = append(b, p[i], 0)
		}
	}
	return b
}

// fileTime is ns since the Unix epoch in 100 ns since 1601 (MS-DTYP §2.3.3).
func fileTime(t int64) uint64 { return uint64(t/100) + 116_444_736_000_000_000 }
