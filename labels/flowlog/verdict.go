package flowlog

import (
	"strings"

	"github.com/evilbench/evilbench/labels"
)

// classOf reads a label: that of the Stratosphere logs (Benign, Malicious, Background), of CIC-IDS (BENIGN or an
// attack's name) and of its corrected edition, which adds "- Attempted" where nothing got through.
func classOf(label string) labels.Class {
	switch word := strings.ToLower(label); {
	case word == "" || word == "-" || word == "(empty)" || word == "unknown" || word == "needmanuallabel":
		return ""
	case word == "benign" || word == "normal" || word == "background" || word == "legitimate":
		return labels.Benign
	case strings.HasSuffix(word, "attempted"):
		return labels.Attempted
	default:
		return labels.Malicious
	}
}
