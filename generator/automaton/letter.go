package automaton

import "strings"

// Letter is what a symbol of packet headers says: TCP flags, who sends, and whether it carries payload. It is written FLAGS_DIR or
// FLAGS_DIR_P, such as SA_< or PA_>_P; of datagrams, which have no flags, DIR alone.
type Letter struct {
	Flags   uint8 // as in the TCP header (RFC 9293, section 3.1); 0 = a datagram
	From    Direction
	Payload bool // of TCP; datagrams always carry some
}

// flagLetters are the flags in the order in which they are written, and their bits.
var flagLetters = []struct {
	letter byte
	bit    uint8
}{{'S', 2}, {'F', 1}, {'R', 4}, {'P', 8}, {'A', 16}, {'U', 32}, {'E', 64}, {'C', 128}}

// String writes the letter.
func (l Letter) String() string {
	var b strings.Builder
	for _, f := range flagLetters {
		if l.Flags&f.bit != 0 {
			b.WriteByte(f.letter)
		}
	}
	if b.Len() > 0 {
		b.WriteByte('_')
	}
	if l.From == Backward {
		b.WriteByte('<')
	} else {
		b.WriteByte('>')
	}
	if l.Payload {
		b.WriteString("_P")
	}
	return b.String()
}

// ParseLetter reads a letter; false if it is none.
func ParseLetter(name string) (Letter, bool) {
	var l Letter
	rest := name
	if flags, after, found := strings.Cut(name, "_"); found && flags != ">" && flags != "<" {
		rest = after
		for i := range len(flags) {
			bit := flagOf(flags[i])
			if bit == 0 || l.Flags&bit != 0 {
				return l, false
			}
			l.Flags |= bit
		}
	}
	rest, l.Payload = strings.CutSuffix(rest, "_P")
	switch rest {
	case ">":
		l.From = Forward
	case "<":
		l.From = Backward
	default:
		return l, false
	}
	return l, true
}

func flagOf(letter byte) uint8 {
	for _, f := range flagLetters {
		if f.letter == letter {
			return f.bit
		}
	}
	return 0
}
