package latex

import (
	"fmt"
	"strings"
)

// special are the characters that LaTeX takes for more than text, and those beyond ASCII that tables have. Brackets are fenced, for
// they would be taken for options behind a line's end.
var special = map[rune]string{
	'\\': `\textbackslash{}`, '{': `\{`, '}': `\}`, '#': `\#`, '$': `\$`, '%': `\%`, '&': `\&`, '_': `\_`,
	'^': `\textasciicircum{}`, '~': `\textasciitilde{}`, '<': `\textless{}`, '>': `\textgreater{}`, '|': `\textbar{}`, '"': `\char34{}`,
	'`': `\textasciigrave{}`, '[': `{[}`, ']': `{]}`, '*': `{*}`,
	'–': `--`, '—': `---`, '…': `\ldots{}`, '·': `\textperiodcentered{}`, '’': `'`, '‘': `{}'`, '“': "``", '”': `''`,
	'±': `$\pm$`, '×': `$\times$`, '÷': `$\div$`, '→': `$\to$`, '←': `$\gets$`, '≤': `$\le$`, '≥': `$\ge$`, '−': `$-$`, '≈': `$\approx$`,
	'²': `$^2$`, '³': `$^3$`, '¹': `$^1$`, 'µ': `$\mu$`, 'μ': `$\mu$`, 'β': `$\beta$`, 'α': `$\alpha$`, '∞': `$\infty$`, '§': `\S{}`, '°': `$^\circ$`,
	'½': `$\frac12$`,
}

// escape makes text of anything. What pdfTeX has no letter for is written as its code point, since it would stop there.
func escape(s string) string {
	var b strings.Builder
	var last rune
	for _, r := range s {
		text, known := special[r]
		switch {
		case known:
			b.WriteString(text)
		case r < ' ' || r == 0x7f:
			b.WriteByte(' ')
		case r == last && strings.ContainsRune("-',!?", r):
			b.WriteString("{}" + string(r)) // two of them would be drawn as one sign
		case r < 0x7f || r >= 'À' && r <= 'ÿ':
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\texttt{U+%04X}`, r)
		}
		last = r
	}
	return b.String()
}
