package dialogue

import "github.com/evilbench/evilbench/generator/draw"

// Ways to open (MS-SMB2 §2.2.13).
const (
	accessRead   = 0x00120089
	accessWrite  = 0x00120196
	accessPipe   = 0x0012019f
	openExisting = 1
	overwriteIf  = 5
	isDirectory  = 1 // create option
	isFile       = 0x40
	attributeDir = 0x10
	attributeArc = 0x20
)

// create opens a name on the connected tree; size is the file's as the server has it.
func (m *smb) create(name string, access, disposition, option uint32, size int64, status uint32) {
	mark := m.open()
	m.put16le(57, 0)
	m.put32le(2)
	m.put64le(0, 0)
	m.put32le(access, 0, 7, disposition, option)
	m.put16le(120, uint16(2*len(name)))
	m.put32le(0, 0)
	if m.buf = appendUTF16(m.buf, name); name == "" {
		m.buf = append(m.buf, 0)
	}
	m.ask(mark, m.r.Duration(1e5, 4e6), smbCreate, 0, 0)
	if status != statusOK {
		m.refuse(serving(m.r)/2, smbCreate, status)
		return
	}
	m.r.Fill(m.file[:])
	action := uint32(1)
	if disposition == overwriteIf {
		action = 2
	}
	mark = m.open()
	m.put16le(89, 0)
	m.put32le(action)
	m.metadata(size, option)
	m.put32le(0)
	m.buf = append(m.buf, m.file[:]...)
	m.put32le(0, 0)
	m.reply(mark, serving(m.r), smbCreate, statusOK, 0)
}

// metadata is four times, two sizes and the attributes.
func (m *smb) metadata(size int64, option uint32) {
	changed := fileTime(m.q.Time - m.r.Duration(day/24, 90*day))
	m.put64le(changed-1e10, changed, changed, changed, uint64(size+4095)&^4095, uint64(size))
	if option == isDirectory {
		m.put32le(attributeDir)
		return
	}
	m.put32le(attributeArc)
}

func (m *smb) closeFile() {
	mark := m.open()
	m.put16le(24, 0)
	m.put32le(0)
	m.buf = append(m.buf, m.file[:]...)
	m.ask(mark, m.r.Duration(1e5, 6e6), smbClose, 0, 0)
	mark = m.open()
	m.put16le(60, 0)
	m.buf = append(m.buf, make([]byte, 56)...)
	m.reply(mark, serving(m.r)/3, smbClose, statusOK, 0)
}

// read fetches n bytes at an offset of the open file: data where it is known, opaque bytes otherwise.
func (m *smb) read(offset, n int64, data []byte) {
	mark := m.open()
	m.buf = append(m.buf, 49, 0, 80, 0)
	m.put32le(uint32(n))
	m.put64le(uint64(offset))
	m.buf = append(m.buf, m.file[:]...)
	m.put32le(0, 0, 0, 0)
	m.buf = append(m.buf, 0)
	m.ask(mark, m.r.Duration(1e5, 2e6), smbRead, n, 0)
	fill := n
	if data != nil {
		n, fill = int64(len(data)), 0
	}
	mark = m.open()
	m.put16le(17, 80)
	m.put32le(uint32(n), 0, 0)
	m.buf = append(m.buf, data...)
	m.reply(mark, serving(m.r)/2, smbRead, statusOK, fill)
}

// write stores n bytes at an offset of the open file, data or opaque bytes.
func (m *smb) write(offset, n int64, data []byte) {
	fill := n
	if data != nil {
		n, fill = int64(len(data)), 0
	}
	mark := m.open()
	m.put16le(49, 112)
	m.put32le(uint32(n))
	m.put64le(uint64(offset))
	m.buf = append(m.buf, m.file[:]...)
	m.put32le(0, 0, 0, 0)
	m.buf = append(m.buf, data...)
	m.ask(mark, m.r.Duration(1e5, 2e6), smbWrite, n, fill)
	mark = m.open()
	m.put16le(17, 0)
	m.put32le(uint32(n), 0, 0)
	m.reply(mark, serving(m.r)/2, smbWrite, statusOK, 0)
}

// move reads or writes a whole file of size bytes in blocks.
func (m *smb) move(block func(offset, n int64, data []byte), size int64) {
	for at := int64(0); at < size; at += smbMostOp {
		block(at, min(smbMostOp, size-at), nil)
	}
}

// list asks for the open directory's entries: files of them, then the word that there are no more.
func (m *smb) list(files int) {
	m.askList()
	mark := m.open()
	m.put16le(9, 72)
	m.put32le(0)
	from := len(m.buf)
	last := from
	for i := range files {
		m.align(mark, 8)
		if i > 0 {
			le.PutUint32(m.buf[last:], uint32(len(m.buf)-last))
		}
		last = len(m.buf)
		m.entry()
	}
	le.PutUint32(m.buf[from-4:], uint32(len(m.buf)-from))
	m.reply(mark, serving(m.r), smbQueryDirectory, statusOK, 0)
	m.askList()
	m.refuse(serving(m.r)/4, smbQueryDirectory, statusNoMoreFiles)
}

func (m *smb) askList() {
	mark := m.open()
	m.buf = append(m.buf, 33, 0, 37, 0)
	m.put32le(0)
	m.buf = append(m.buf, m.file[:]...)
	m.put16le(96, 2)
	m.put32le(smbBlock)
	m.buf = append(m.buf, '*', 0)
	m.ask(mark, m.r.Duration(1e5, 2e6), smbQueryDirectory, 0, 0)
}

// entry is one FileIdBothDirectoryInformation (MS-FSCC §2.4.17).
func (m *smb) entry() {
	m.put32le(0, 0)
	size := int64(m.r.LogNormal(40e3, 1.8))
	at := len(m.buf)
	m.metadata(size, isFile)
	// the directory's order has the end of file before the allocation
	allocated, end := le.Uint64(m.buf[at+32:]), le.Uint64(m.buf[at+40:])
	le.PutUint64(m.buf[at+32:], end)
	le.PutUint64(m.buf[at+40:], allocated)
	name := fileName(m.r)
	m.put32le(uint32(2*len(name)), 0)
	m.buf = append(m.buf, make([]byte, 28)...)
	m.put64le(m.r.Uint64() >> 16)
	m.buf = appendUTF16(m.buf, name)
}

// fileName invents one.
func fileName(r *draw.Stream) string {
	return draw.Pick(r, words) + " " + draw.Pick(r, words) + draw.Pick(r, []string{".docx", ".xlsx", ".pdf", ".pptx", ".txt", ".jpg"})
}
