package model

// lineWidth is how long a list or an object may be to stand on one line.
const lineWidth = 120

// compact rewrites indented JSON so that people can read it across: short lists and objects stand on one line, and lists of numbers whatever
// their length.
func compact(in []byte) []byte {
	out := make([]byte, 0, len(in))
	for i := 0; i < len(in); i++ {
		switch c := in[i]; c {
		case '"':
			end := i + quoted(in[i:])
			out = append(out, in[i:end]...)
			i = end - 1
		case '[', '{':
			if line, n := oneLine(in[i:]); n > 0 {
				out = append(out, line...)
				i += n - 1
				continue
			}
			out = append(out, c)
		default:
			out = append(out, c)
		}
	}
	return out
}

// quoted is the length of the string that the text begins with.
func quoted(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// oneLine writes the list or object that the text begins with on one line, and says how much of the text it is; 0 = it is too long for one.
func oneLine(text []byte) (line []byte, n int) {
	depth, words := 0, false
	for i := 0; i < len(text); i++ {
		if words && len(line) > lineWidth {
			return nil, 0
		}
		switch c := text[i]; c {
		case '"':
			words = true
			end := i + quoted(text[i:])
			line = append(line, text[i:end]...)
			i = end - 1
		case ' ', '\n':
		case ',', ':':
			line = append(line, c)
			if words {
				line = append(line, ' ')
			}
		case '[', '{':
			words = words || c == '{'
			depth++
			line = append(line, c)
		case ']', '}':
			line = append(line, c)
			if depth--; depth == 0 {
				return line, i + 1
			}
		default:
			line = append(line, c)
		}
	}
	return nil, 0
}
