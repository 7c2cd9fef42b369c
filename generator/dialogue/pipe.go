package dialogue

// Interfaces behind named pipes, encoded with their versions (C706 §12.6, MS-SCMR, MS-SRVS, MS-SAMR, MS-LSAT).
var pipeInterfaces = []struct{ pipe, id string }{
	{"svcctl", "\x81\xbb\x7a\x36\x44\x98\xf1\x35\xad\x32\x98\xf0\x38\x00\x10\x03\x02\x00\x00\x00"},
	{"srvsvc", "\xc8\x4f\x32\x4b\x70\x16\xd3\x01\x12\x78\x5a\x47\xbf\x6e\xe1\x88\x03\x00\x00\x00"},
	{"samr", "\x78\x57\x34\x12\x34\x12\xcd\xab\xef\x00\x01\x23\x45\x67\x89\xac\x01\x00\x00\x00"},
	{"lsarpc", "\x78\x57\x34\x12\x34\x12\xcd\xab\xef\x00\x01\x23\x45\x67\x89\xab\x00\x00\x00\x00"},
}

// ndr is the transfer syntax that every interface here uses.
const ndr = "\x04\x5d\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\x00\x2b\x10\x48\x60\x02\x00\x00\x00"

const (
	rpcBind    = 11
	rpcBindAck = 12
)

// bindPipe opens a named pipe and, where the server lets it, binds to the interface behind it (C706 §12.6.4). A pipe whose
// interface is not listed is opened and closed.
func (m *smb) bindPipe(pipe string, granted bool) {
	if !granted {
		m.create(pipe, accessPipe, openExisting, isFile, 0, statusAccessDenied)
		return
	}
	m.create(pipe, accessPipe, openExisting, isFile, 0, statusOK)
	for _, x := range pipeInterfaces {
		if x.pipe == pipe {
			m.write(0, 0, m.rpcBind(x.id))
			m.read(0, 1024, m.rpcAck(pipe))
		}
	}
	m.closeFile()
}

// rpcBind asks for one presentation context.
func (m *smb) rpcBind(id string) []byte {
	b := rpcHeader(make([]byte, 0, 72), rpcBind)
	b = append(b, 1, 0, 0, 0, 0, 0, 1, 0)
	b = append(append(b, id...), ndr...)
	le.PutUint16(b[8:], uint16(len(b)))
	return b
}

// rpcAck accepts it.
func (m *smb) rpcAck(pipe string) []byte {
	b := rpcHeader(make([]byte, 0, 80), rpcBindAck)
	le.PutUint32(b[20:], uint32(m.r.Between(0x1000, 0xffff)))
	path := `\PIPE\` + pipe + "\x00"
	b = le.AppendUint16(b, uint16(len(path)))
	b = append(b, path...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	b = append(append(b, 1, 0, 0, 0, 0, 0, 0, 0), ndr...)
	le.PutUint16(b[8:], uint16(len(b)))
	return b
}

// rpcHeader is the common header, the fragment sizes and an association group of zero.
func rpcHeader(b []byte, kind byte) []byte {
	return append(b, 5, 0, kind, 3, 0x10, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0xb8, 0x10, 0xb8, 0x10, 0, 0, 0, 0)
}
