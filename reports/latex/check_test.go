package latex

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	command  = regexp.MustCompile(`^\\(?:[a-zA-Z]+|.)`)
	group    = regexp.MustCompile(`^\{([^{}]*)\}`)
	accepted = strings.Fields(`\begin \end \centering \caption \label \toprule \midrule \bottomrule \endfirsthead \endhead \endfoot \par \smallskip
		\footnotesize \raggedright \linewidth \textbf \textsuperscript \texttt \textbackslash \textasciicircum \textasciitilde \textless \textgreater
		\textbar \char \textasciigrave \ldots \textperiodcentered \pm \times \div \to \gets \le \ge \approx \mu \beta \alpha \infty \S \circ \frac
		\resizebox \ifdim \width \else \fi \setlength \tabcolsep \noindent \\ \{ \} \# \$ \% \& \_`)
)

// check is a strict reader of what this package writes: only known commands, every brace and environment closed in its turn, no
// special sign bare, the same number of cells in every row, no letter that pdfTeX lacks.
func check(text string) error {
	c := checker{columns: -1}
	for n, line := range strings.Split(text, "\n") {
		if err := c.line(line); err != nil {
			return fmt.Errorf("line %d: %w: %s", n+1, err, line)
		}
	}
	if len(c.open) > 0 || c.braces != 0 {
		return fmt.Errorf("open at the end: %v, %d braces", c.open, c.braces)
	}
	return nil
}

type checker struct {
	open    []string // environments
	columns int      // of the table being read, -1 = in none
	cells   int      // separators in the row
	braces  int
	outer   int // braces around the table being read
	math    bool
}

func (c *checker) line(s string) error {
	if strings.HasPrefix(s, "%") {
		return nil
	}
	if line, scaled := strings.CutSuffix(s, "{%"); scaled { // a box whose content begins on the next line
		s = line + "{"
	}
	for s != "" {
		switch s[0] {
		case '\\':
			word := command.FindString(s)
			s = s[len(word):]
			if !known(word) {
				return fmt.Errorf("command %s", word)
			}
			var err error
			if s, err = c.command(word, s); err != nil {
				return err
			}
			continue
		case '{':
			c.braces++
		case '}':
			if c.braces--; c.braces < 0 {
				return fmt.Errorf("a brace too many")
			}
		case '$':
			c.math = !c.math
		case '^':
			if !c.math {
				return fmt.Errorf("^ outside of a formula")
			}
		case '&':
			if c.columns < 0 || c.braces != c.outer {
				return fmt.Errorf("& where no cell ends")
			}
			c.cells++
		case '#', '%', '_', '~', '"':
			return fmt.Errorf("bare %c", s[0])
		}
		r := []rune(s)[0]
		if r > 0x7f && (r < 'À' || r > 'ÿ') || r < ' ' {
			return fmt.Errorf("sign %U", r)
		}
		s = s[len(string(r)):]
	}
	if c.math {
		return fmt.Errorf("formula is open")
	}
	return nil
}

func known(word string) bool {
	for _, a := range accepted {
		if a == word {
			return true
		}
	}
	return false
}

func (c *checker) command(word, rest string) (string, error) {
	switch word {
	case `\begin`, `\end`:
		name := group.FindStringSubmatch(rest)
		if name == nil {
			return rest, fmt.Errorf("%s of nothing", word)
		}
		rest = rest[len(name[0]):]
		if word == `\end` {
			if len(c.open) == 0 || c.open[len(c.open)-1] != name[1] {
				return rest, fmt.Errorf("end of %s in %v", name[1], c.open)
			}
			c.open = c.open[:len(c.open)-1]
			if strings.HasSuffix(name[1], "tabular") || name[1] == "longtable" {
				c.columns = -1
			}
			return rest, nil
		}
		c.open = append(c.open, name[1])
		if name[1] == "tabular" || name[1] == "longtable" {
			spec := regexp.MustCompile(`^\{(?:[lr]|p\{[0-9.]+\\linewidth\})+\}`).FindString(rest)
			if spec == "" {
				return rest, fmt.Errorf("no columns")
			}
			c.outer = c.braces
			c.columns, c.cells = len(regexp.MustCompile(`[lr]|p\{[^}]*\}`).FindAllString(spec, -1)), 0
			return rest[len(spec):], nil
		}
		return strings.TrimPrefix(rest, "[htbp]"), nil
	case `\\`:
		if strings.HasPrefix(strings.TrimSpace(rest), "[") || strings.HasPrefix(rest, "*") {
			return rest, fmt.Errorf("an option behind the end of a row")
		}
		// The caption of a long table ends as a row does.
		if c.columns >= 0 && c.cells != c.columns-1 && !(c.cells == 0 && c.open[len(c.open)-1] == "longtable") {
			return rest, fmt.Errorf("%d cells in %d columns", c.cells+1, c.columns)
		}
		c.cells = 0
	}
	return rest, nil
}
