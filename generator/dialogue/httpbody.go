package dialogue

import (
	"encoding/binary"
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
)

// content is a body in parts: literal bytes to copy behind the header, shared bytes, opaque bytes.
type content struct {
	kind    string // Content-Type
	literal string
	shared  []byte
	fill    int64
}

func (c *content) size() int64 { return int64(len(c.literal)+len(c.shared)) + c.fill }

// Beginnings of binary formats.
const (
	magicPNG  = "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x01\x00\x00\x00\x01\x00\x08\x06\x00\x00\x00\x5c\x72\xa8\x66" // 256 x 256, RGBA
	magicJPEG = "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
	magicFont = "wOF2"
	magicDeb  = "!<arch>\ndebian-binary   "
	magicCAB  = "MSCF\x00\x00\x00\x00"
)

// leastImage is the size below which an image's own structure would not fit.
const leastImage = 64

const spaces = "                                                                "

// document makes a body of exactly n bytes for a path: text where the path says text and it fits a slab, opaque data otherwise.
func document(r *draw.Stream, path, host string, n int64) content {
	switch {
	case strings.HasSuffix(path, ".png") && n > leastImage:
		const chunk = 12 // length, type, check value
		data := uint32(n - int64(len(magicPNG)) - chunk)
		head := binary.BigEndian.AppendUint32([]byte(magicPNG), data)
		return opening("image/png", string(append(head, "IDAT"...)), n, r)
	case strings.HasSuffix(path, ".webp") && n > leastImage: // RIFF, one VP8 chunk; both lengths count what is behind them
		head := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(n-8))
		head = binary.LittleEndian.AppendUint32(append(head, "WEBPVP8 "...), uint32(n-20))
		return opening("image/webp", string(head), n, r)
	case strings.HasSuffix(path, ".woff2"):
		return opening("font/woff2", magicFont, n, r)
	case strings.HasSuffix(path, ".cab"):
		return opening("application/vnd.ms-cab-compressed", magicCAB, n, r)
	case strings.HasSuffix(path, ".deb"):
		return opening("application/vnd.debian.binary-package", magicDeb, n, r)
	case strings.HasSuffix(path, ".bin") || n > slabSize:
		return content{kind: "application/octet-stream", fill: n}
	case strings.HasSuffix(path, ".css"):
		return lined(r, "text/css", "/* "+host+" */", "", cssSlab(), n)
	case strings.HasSuffix(path, ".js"):
		return lined(r, "application/javascript", "var t=[],n=0;", "", scriptSlab(), n)
	case strings.HasPrefix(path, "/api/"):
		c := lined(r, "application/json", `{"host":"`+host+`","items":[`, "]}", jsonSlab(), n)
		if len(c.shared) > 0 { // the end of the slab closes the list
			slab := jsonSlab()
			c.shared = slab[len(slab)-len(c.shared):]
		}
		return c
	case strings.HasSuffix(path, ".txt"):
		return plain(r, n)
	}
	head := "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + host + "</title>\n<link rel=\"stylesheet\" href=\"/static/main.css\"></head><body>\n"
	return lined(r, "text/html; charset=utf-8", head, "", htmlSlab(), n)
}

// lined is head, blanks and whole lines of a slab; end closes it where no line fits. What is too small for the head is plain text.
func lined(r *draw.Stream, kind, head, end string, slab []byte, n int64) content {
	rest := n - int64(len(head))
	if rest < int64(len(end)) || n > slabSize {
		return plain(r, n)
	}
	lines := int(rest / slabLine)
	blanks := rest % slabLine
	if lines == 0 {
		blanks = rest - int64(len(end))
		return content{kind: kind, literal: head + spaces[:blanks] + end}
	}
	return content{kind: kind, literal: head + spaces[:blanks], shared: window(r, slab, slabLine, lines)}
}

func plain(r *draw.Stream, n int64) content {
	slab := plainSlab()
	if n > int64(len(slab)) {
		return content{kind: "application/octet-stream", fill: n}
	}
	at := int64(r.IntN(len(slab) - int(n) + 1))
	return content{kind: "text/plain", shared: slab[at : at+n : at+n]}
}

func opening(kind, magic string, n int64, r *draw.Stream) content {
	if n < int64(len(magic)) {
		return plain(r, n)
	}
	return content{kind: kind, literal: magic, fill: n - int64(len(magic))}
}
