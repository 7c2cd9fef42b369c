package foreign

import (
	"strings"
	"unicode"
)

// attackName makes a campaign id of a log's words: lower-case letters, digits and single hyphens. Of two words that
// are both there the second is the narrower.
func attackName(label, detail string) string {
	word := label
	if detail != "" && detail != "-" {
		word = detail
	}
	return slug(word)
}

func slug(text string) string {
	var out strings.Builder
	gap := false
	for _, r := range strings.ToLower(text) {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = out.Len() > 0
			continue
		}
		if gap {
			out.WriteByte('-')
			gap = false
		}
		out.WriteRune(r)
	}
	if out.Len() == 0 {
		return "unnamed"
	}
	return out.String()
}

// hints are parts of attack names in public data sets, and the kinds of alert that would be right for them. The first
// that fits counts.
var hints = []struct {
	part  string
	kinds []string
}{
	{"scan", []string{"scan"}},
	{"sweep", []string{"scan"}},
	{"recon", []string{"scan"}},
	{"dos", []string{"dos"}},
	{"flood", []string{"dos"}},
	{"slowloris", []string{"dos"}},
	{"hulk", []string{"dos"}},
	{"heartbleed", []string{"exploit"}},
	{"sql", []string{"web-attack"}},
	{"xss", []string{"web-attack"}},
	{"web", []string{"web-attack"}},
	{"brute", []string{"bruteforce"}},
	{"patator", []string{"bruteforce"}},
	{"tunnel", []string{"tunnel"}},
	{"exfil", []string{"exfiltration"}},
	{"psexec", []string{"lateral", "exploit"}},
	{"lateral", []string{"lateral"}},
	{"infiltration", []string{"exploit", "lateral", "scan"}},
	{"exploit", []string{"exploit"}},
	{"c-c", []string{"c2"}},
	{"c2", []string{"c2"}},
	{"beacon", []string{"c2"}},
	{"bot", []string{"c2"}},
	{"malware", []string{"c2", "exploit"}},
	{"trojan", []string{"c2", "exploit"}},
}

// expects are the kinds of alert that a name suggests; none where it suggests nothing.
func expects(attack string) []string {
	for _, h := range hints {
		if strings.Contains(attack, h.part) {
			return h.kinds
		}
	}
	return nil
}
