package dialogue

import "strings"

// negotiate agrees on SMB 3.1.1 (MS-SMB2 §2.2.3, §2.2.4).
func (m *smb) negotiate() {
	mark := m.open()
	m.put16le(36, 5, 1, 0)
	m.put32le(0x7f)
	m.random(16)
	m.put32le(112)
	m.put16le(2, 0, 0x0202, 0x0210, 0x0300, 0x0302, smbDialect)
	m.align(mark, 8)
	m.contexts(mark, true)
	m.ask(mark, m.r.Duration(0, 3e6), smbNegotiate, 0, 0)

	mark = m.open()
	m.put16le(65, 1, smbDialect, 2)
	t := trait("smb guid", m.q.Server.Name)
	m.put64le(t.Uint64(), t.Uint64())
	m.put32le(0x2f, 8<<20, 8<<20, 8<<20)
	m.put64le(fileTime(m.time), 0)
	token := len(m.buf) + 8
	m.put16le(128, 0)
	m.put32le(0)
	m.buf = spnegoInit(m.buf, token, nil)
	le.PutUint16(m.buf[token-6:], uint16(len(m.buf)-token))
	m.align(mark, 8)
	le.PutUint32(m.buf[token-4:], uint32(len(m.buf)-mark-4))
	m.contexts(mark, false)
	m.reply(mark, serving(m.r)/2, smbNegotiate, statusOK, 0)
}

// contexts writes the preauthentication and encryption contexts (MS-SMB2 §2.2.3.1).
func (m *smb) contexts(mark int, offer bool) {
	m.put16le(1, 38, 0, 0, 1, 32, 1)
	m.random(32)
	m.align(mark, 8)
	if offer {
		m.put16le(2, 6, 0, 0, 2, 2, 1)
		return
	}
	m.put16le(2, 4, 0, 0, 1, 2)
}

// logOn authenticates by NTLM; ok tells whether the server believes it.
func (m *smb) logOn(user, workstation string, ok bool) {
	domain := strings.ToUpper(firstLabel(m.q.Domain))
	host := strings.ToUpper(firstLabel(m.q.Server.Name))
	mark := m.open()
	token := m.setup()
	m.buf = spnegoInit(m.buf, token, ntlmNegotiate[:])
	m.sized(token, inRequest)
	m.ask(mark, m.r.Duration(2e5, 4e6), smbSessionSetup, 0, 0)

	m.session = m.r.Uint64()&0xffff_ffff_0000 | 0x0400_0000_0001
	mark = m.open()
	m.put16le(9, 0, 72, 0)
	token = len(m.buf)
	m.challenge(domain, host)
	m.buf = spnegoReply(m.buf, token, 1, true)
	m.sized(token, inResponse)
	m.reply(mark, serving(m.r)/2, smbSessionSetup, statusMoreProcessing, 0)

	mark = m.open()
	token = m.setup()
	m.authenticate(domain, user, workstation, host)
	m.buf = spnegoReply(m.buf, token, -1, false)
	m.sized(token, inRequest)
	m.ask(mark, m.r.Duration(3e5, 4e6), smbSessionSetup, 0, 0)
	if !ok {
		m.refuse(m.r.Duration(2e6, 30e6), smbSessionSetup, statusLogonFailure)
		m.session = 0
		return
	}
	m.signed = true
	mark = m.open()
	m.put16le(9, 0, 72, 0)
	token = len(m.buf)
	m.buf = spnegoReply(m.buf, token, 0, false)
	m.sized(token, inResponse)
	m.reply(mark, serving(m.r), smbSessionSetup, statusOK, 0)
}

// A token's length stands this far before it: in a request the previous session id is between.
const (
	inRequest  = 10
	inResponse = 2
)

// setup starts the body of a session setup request and returns where its token begins.
func (m *smb) setup() int {
	m.put16le(25, 0x0100)
	m.put32le(1, 0)
	m.put16le(88, 0)
	m.put64le(0)
	return len(m.buf)
}

// sized fills in the length of the token that ends the message.
func (m *smb) sized(token, before int) {
	le.PutUint16(m.buf[token-before:], uint16(len(m.buf)-token))
}

// connectTree asks for a share; status decides the answer.
func (m *smb) connectTree(share string, status uint32) {
	mark := m.open()
	m.put16le(9, 0, 72, 0)
	at := len(m.buf)
	m.buf = appendUTF16(m.buf, `\\`, m.q.Server.Name, `\`, share)
	le.PutUint16(m.buf[at-2:], uint16(len(m.buf)-at))
	m.tree = 0
	m.ask(mark, m.r.Duration(1e5, 3e6), smbTreeConnect, 0, 0)
	if status != statusOK {
		m.refuse(serving(m.r)/2, smbTreeConnect, status)
		return
	}
	m.tree = uint32(m.r.Between(1, 64)) << 2
	kind := byte(1)
	if share == "IPC$" {
		kind = 2
	}
	mark = m.open()
	m.put16le(16, uint16(kind))
	m.put32le(0x30, 0, 0x001f01ff)
	m.reply(mark, serving(m.r)/2, smbTreeConnect, statusOK, 0)
}

// finish ends a tree or the session: a structure of four bytes both ways.
func (m *smb) finish(command uint16) {
	mark := m.open()
	m.put16le(4, 0)
	m.ask(mark, m.r.Duration(1e5, 5e6), command, 0, 0)
	mark = m.open()
	m.put16le(4, 0)
	m.reply(mark, serving(m.r)/4, command, statusOK, 0)
}
