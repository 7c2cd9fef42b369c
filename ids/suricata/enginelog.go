package suricata

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/evilbench/evilbench/ids"
)

const (
	maxMessages = 50  // of one kind that a report keeps
	maxMessage  = 400 // bytes of one message
)

var (
	versionLine = regexp.MustCompile(`This is Suricata version (\S+)`)
	loadedLine  = regexp.MustCompile(`(\d+) rules successfully loaded, (\d+) rules failed(?:, (\d+))?`)
	failedLine  = regexp.MustCompile(`(?s)^error parsing signature "(.*)" from file .* at line (\d+)$`)
	systemLine  = regexp.MustCompile(`running in SYSTEM mode`) // with -r it is USER mode
)

// engineMessage is one line of suricata.log.
type engineMessage struct {
	Level  string `json:"log_level"`
	Engine struct {
		Message string `json:"message"`
	} `json:"engine"`
}

// readEngineLog takes version, rule counts, rule errors and warnings from suricata.log. checked says that the engine only tested
// its configuration.
func readEngineLog(path string, r *ids.Report) (checked bool, err error) {
	var reasons []string // errors said so far about the next failed rule
	failed, warned := 0, 0
	for line, err := range logLines(path) {
		if err != nil && line.text == nil {
			return checked, err
		}
		var m engineMessage
		if err != nil || json.Unmarshal(line.text, &m, tolerant) != nil {
			continue // a torn log costs messages, not results
		}
		text := m.Engine.Message
		switch m.Level {
		case "Error":
			rule := failedLine.FindStringSubmatch(text)
			if rule == nil {
				reasons = append(reasons, text)
				continue
			}
			if failed++; failed <= maxMessages {
				r.RuleErrors = append(r.RuleErrors, shorten(fmt.Sprintf("line %s: %s: %s", rule[2], strings.Join(reasons, "; "), rule[1])))
			}
			reasons = nil
		case "Warning":
			if warned++; warned <= maxMessages {
				r.Warnings = append(r.Warnings, shorten(text))
			}
		default:
			checked = checked || systemLine.MatchString(text)
			readNotice(text, r)
		}
	}
	for _, e := range reasons {
		r.Warnings = append(r.Warnings, shorten(e))
	}
	if warned > maxMessages {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d more warnings in suricata.log", warned-maxMessages))
	}
	return checked, nil
}

func readNotice(text string, r *ids.Report) {
	if v := versionLine.FindStringSubmatch(text); v != nil {
		r.Version = v[1]
	}
	if n := loadedLine.FindStringSubmatch(text); n != nil {
		r.RulesLoaded, r.RulesFailed, r.RulesSkipped = number(n[1]), number(n[2]), number(n[3])
	}
}

// number reads digits a pattern has matched; an absent group is 0.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func shorten(s string) string {
	if len(s) <= maxMessage {
		return s
	}
	return strings.ToValidUTF8(s[:maxMessage], "") + " ..."
}
