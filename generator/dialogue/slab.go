package dialogue

import (
	"encoding/base64"
	"fmt"
	"strings"
	"sync"

	"github.com/evilbench/evilbench/generator/draw"
)

// Text bodies are windows into long texts made once: a turn may share its bytes, so a page costs no copy. Every line of a slab has
// the same length, so that a window of whole lines is well formed.
const (
	slabLine  = 64
	slabLines = 1024
	slabSize  = slabLine * slabLines
	mailLine  = 78 // base64 and prose in mail: 76 characters and CRLF (RFC 2045 §6.8)
	mailLines = 4096
)

var words = strings.Fields("about account after agenda annual approve archive assign audit available basis before board brief budget " +
	"cable carrier change channel clear client close collect complete confirm contact copy cost cover current customer data date deliver " +
	"demand depart detail draft during early edit effect entry estimate event example expect extend field figure final finish first floor " +
	"follow forecast format forward general group handle health hours include inform install issue item join keep label launch later " +
	"leave letter level limit list local main manage margin market matter meeting member method month move network notes number offer " +
	"office open order other paper part people period phone place plan point policy present price print process product project provide " +
	"public quality quarter question rate reach reader ready reason record region report request result return review rooms route sample " +
	"schedule season section select service session share short signal simple site size staff stage start state status stock store street " +
	"supply support system table target team term text thank theme time title total trade train travel update value vendor view visit " +
	"volume water week weight window work write yearly")

// prose appends words until at most n bytes, and pads with the last word's letters.
func prose(b []byte, r *draw.Stream, n int) []byte {
	end := len(b) + n
	for len(b) < end {
		w := draw.Pick(r, words)
		b = append(append(b, w[:min(len(w), end-len(b))]...), ' ')
	}
	b = b[:end]
	if b[end-1] == ' ' {
		b[end-1] = '.'
	}
	return b
}

func slabOf(kind string, line func(b []byte, r *draw.Stream, i int) []byte, lines int) func() []byte {
	return sync.OnceValue(func() []byte {
		r := trait("slab", kind)
		var b []byte
		for i := range lines {
			b = line(b, &r, i)
		}
		return b
	})
}

var (
	htmlSlab = slabOf("html", func(b []byte, r *draw.Stream, _ int) []byte {
		b = prose(append(b, "<p>"...), r, slabLine-8)
		return append(b, "</p>\n"...)
	}, slabLines)
	cssSlab = slabOf("css", func(b []byte, r *draw.Stream, i int) []byte {
		return fmt.Appendf(b, ".c%04d{margin:%02dpx %02dpx;padding:%02dpx;color:#%s;width:%03dpx}\n",
			i, r.IntN(40), r.IntN(40), r.IntN(40), r.Hex(6), r.Between(100, 999))
	}, slabLines)
	scriptSlab = slabOf("js", func(b []byte, r *draw.Stream, i int) []byte {
		b = fmt.Appendf(b, "t[%04d]=%q;n+=%06d;", i, r.Letters("abcdefghijklmnopqrstuvwxyz", 12), r.IntN(1e6))
		b = prose(append(b, "/*"...), r, slabLine-38)
		return append(b, "*/\n"...)
	}, slabLines)
	jsonSlab = slabOf("json", func(b []byte, r *draw.Stream, i int) []byte {
		b = fmt.Appendf(b, `{"id":%d,"n":%d,"t":"`, r.Between(100000, 999999), r.Between(1000, 9999))
		b = prose(b, r, slabLine-32)
		if i == slabLines-1 {
			return append(b, "\"}]}\n"...)
		}
		return append(b, "\"} ,\n"...)
	}, slabLines)
	plainSlab = slabOf("plain", func(b []byte, r *draw.Stream, _ int) []byte {
		return append(prose(b, r, slabLine-1), '\n')
	}, slabLines)
	proseSlab = slabOf("mail", func(b []byte, r *draw.Stream, _ int) []byte {
		return append(prose(b, r, mailLine-2), '\r', '\n')
	}, slabLines)
	base64Slab = slabOf("base64", func(b []byte, r *draw.Stream, _ int) []byte {
		var raw [57]byte
		r.Fill(raw[:])
		return append(base64.StdEncoding.AppendEncode(b, raw[:]), '\r', '\n')
	}, mailLines)
)

// window takes n whole lines from anywhere in a slab, which must hold more.
func window(r *draw.Stream, slab []byte, line, n int) []byte {
	at := r.IntN(len(slab)/line-n+1) * line
	return slab[at : at+n*line : at+n*line]
}
