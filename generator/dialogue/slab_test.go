package dialogue

import (
	"bytes"
	"testing"
)

// Windows of whole lines are well formed only if every line of a slab has the same length.
func TestSlabLines(t *testing.T) {
	for name, x := range map[string]struct {
		slab []byte
		line int
	}{
		"html": {htmlSlab(), slabLine}, "css": {cssSlab(), slabLine}, "js": {scriptSlab(), slabLine}, "json": {jsonSlab(), slabLine},
		"plain": {plainSlab(), slabLine}, "mail": {proseSlab(), mailLine}, "base64": {base64Slab(), mailLine},
	} {
		for at := 0; at < len(x.slab); at += x.line {
			line := x.slab[at:min(at+x.line, len(x.slab))]
			if len(line) != x.line || bytes.IndexByte(line, '\n') != x.line-1 || name == "mail" && line[0] == '.' {
				t.Fatalf("%s: line at %d is %q", name, at, line)
			}
		}
	}
}

// A slab is shared by every conversation, so a turn must never have room to grow into what follows.
func TestWindowHasNoRoom(t *testing.T) {
	r := trait("test", "window")
	if w := window(&r, htmlSlab(), slabLine, 3); len(w) != cap(w) || len(w) != 3*slabLine {
		t.Errorf("window has length %d, capacity %d", len(w), cap(w))
	}
}
