package gate

import (
	"fmt"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/evilbench/evilbench/generator/fault"
)

// ConfigFormat is the value of a gate file's first field.
const ConfigFormat = "evilbench.gate/1"

// Config is gate.yaml. A limit that is left out is not held.
type Config struct {
	// Independent says that baseline and result come from different corpora of one kind, such as other seeds. Else they must be of
	// the same corpus, so that campaigns are compared one by one.
	Independent bool

	Detection   *float64 // largest drop of the share of campaigns caught
	RightReason *float64 // the same for those caught by an alert of the right kind
	Recall      *float64 // the same for malicious flows alarmed
	FPR         *float64 // largest rise of the share of benign flows alarmed
	Alarms      *float64 // largest ratio of false alarms per host and day
	NewAlarms   *int64   // most false alarms by signatures that neither the baseline nor Allowed has
	Ambiguous   *float64 // largest share of alerts that are ambiguous
	Unmatchable *float64
	FailedRules *int64   // most rules that the engine cannot load
	Time        *float64 // largest ratio of the engine's time
	Memory      *float64 // largest ratio of the engine's peak memory

	MustCatch []Must
	Allowed   []Allowance
}

// Must is a campaign that must be caught: a name, or a pattern of names or attacks with * and ?.
type Must struct {
	Campaign string
	Line     int
}

// Allowance is a signature whose false alarms are known.
type Allowance struct {
	Signature string // gid:sid
	Most      int64  // alerts; 0 = any number
	Owner     string
	Reason    string
	Expires   time.Time // the last day on which it holds
	Line      int
}

// Default is what holds without a gate file.
func Default() *Config {
	number := func(x float64) *float64 { return &x }
	count := func(n int64) *int64 { return &n }
	return &Config{
		Detection: number(0), RightReason: number(0), FPR: number(0), Alarms: number(1.5), NewAlarms: count(0),
		Ambiguous: number(0.05), Unmatchable: number(0.01), FailedRules: count(0),
	}
}

var signatureForm = regexp.MustCompile(`^\d{1,10}:\d{1,10}$`)

// ParseConfig reads a gate file; name is for messages. What is wrong in it is *fault.Error, all at once.
func ParseConfig(name string, data []byte) (*Config, error) {
	p := &parser{config: &Config{}}
	if len(data) > 1<<20 {
		return nil, fmt.Errorf("%s: %d bytes: not a gate file", name, len(data))
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		p.faults = append(p.faults, fault.Fault{Message: err.Error(), Remedy: "write it as YAML: a mapping that begins with format: " + ConfigFormat})
		return nil, fault.New(name, data, p.faults)
	}
	if len(document.Content) != 1 {
		p.faults = append(p.faults, fault.Fault{Message: "the file is empty", Remedy: "begin with format: " + ConfigFormat})
		return nil, fault.New(name, data, p.faults)
	}
	p.document(document.Content[0])
	if err := fault.New(name, data, p.faults); err != nil {
		return nil, err
	}
	return p.config, nil
}

type parser struct {
	config *Config
	faults []fault.Fault
}

func (p *parser) fail(n *yaml.Node, remedy, format string, args ...any) {
	p.faults = append(p.faults, fault.Fault{Line: n.Line, Column: n.Column, Message: fmt.Sprintf(format, args...), Remedy: remedy})
}

// fields visits a mapping whose keys must be those of read.
func (p *parser) fields(n *yaml.Node, read map[string]func(*yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		p.fail(n, "", "a mapping belongs here")
		return
	}
	known := make([]string, 0, len(read))
	for k := range read {
		known = append(known, k)
	}
	slices.Sort(known)
	var seen []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case read[key.Value] == nil:
			p.fail(key, fault.Suggest(key.Value, known), "unknown key %q", key.Value)
		case slices.Contains(seen, key.Value):
			p.fail(key, "keep one of them", "%s is given twice", key.Value)
		default:
			seen = append(seen, key.Value)
			read[key.Value](n.Content[i+1])
		}
	}
}

func (p *parser) document(n *yaml.Node) {
	format := false
	c := p.config
	p.fields(n, map[string]func(*yaml.Node){
		"format": func(v *yaml.Node) {
			format = true
			if v.Value != ConfigFormat {
				p.fail(v, "this version reads "+ConfigFormat, "format is %q", v.Value)
			}
		},
		"samples": func(v *yaml.Node) {
			if v.Value != "same" && v.Value != "independent" {
				p.fail(v, fault.Suggest(v.Value, []string{"same", "independent"}), "samples is %q: same or independent", v.Value)
			}
			c.Independent = v.Value == "independent"
		},
		"limits": func(v *yaml.Node) {
			p.fields(v, map[string]func(*yaml.Node){
				"detection_drop": p.number(&c.Detection, 0, 1), "right_reason_drop": p.number(&c.RightReason, 0, 1),
				"flow_recall_drop": p.number(&c.Recall, 0, 1), "fpr_rise": p.number(&c.FPR, 0, 1),
				"false_alarm_ratio": p.number(&c.Alarms, 1, math.Inf(1)), "new_false_alarms": p.count(&c.NewAlarms),
				"ambiguous_share": p.number(&c.Ambiguous, 0, 1), "unmatchable_share": p.number(&c.Unmatchable, 0, 1),
				"failed_rules": p.count(&c.FailedRules), "engine_time_ratio": p.number(&c.Time, 0, math.Inf(1)),
				"engine_memory_ratio": p.number(&c.Memory, 0, math.Inf(1)),
			})
		},
		"must_catch":     func(v *yaml.Node) { p.list(v, p.must) },
		"allowed_alarms": func(v *yaml.Node) { p.list(v, p.allowance) },
	})
	if !format {
		p.fail(n, "begin with format: "+ConfigFormat, "the format is missing")
	}
}

func (p *parser) number(into **float64, low, high float64) func(*yaml.Node) {
	return func(v *yaml.Node) {
		x, err := strconv.ParseFloat(v.Value, 64)
		if v.Kind != yaml.ScalarNode || err != nil || !(x >= low && x <= high) {
			p.fail(v, "", "%q is not a number from %v to %v", v.Value, low, high)
			return
		}
		*into = &x
	}
}

func (p *parser) count(into **int64) func(*yaml.Node) {
	return func(v *yaml.Node) {
		n, err := strconv.ParseInt(v.Value, 10, 64)
		if v.Kind != yaml.ScalarNode || err != nil || n < 0 {
			p.fail(v, "", "%q is not a count", v.Value)
			return
		}
		*into = &n
	}
}

func (p *parser) list(n *yaml.Node, each func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode || len(n.Content) > 10_000 {
		p.fail(n, "", "a list of at most 10,000 items belongs here")
		return
	}
	for _, item := range n.Content {
		each(item)
	}
}

func (p *parser) must(n *yaml.Node) {
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		p.fail(n, "", "the name of a campaign belongs here, or a pattern with * and ?")
		return
	}
	if _, err := path.Match(n.Value, ""); err != nil {
		p.fail(n, "", "%q is no pattern", n.Value)
		return
	}
	p.config.MustCatch = append(p.config.MustCatch, Must{n.Value, n.Line})
}

func (p *parser) allowance(n *yaml.Node) {
	a := Allowance{Line: n.Line}
	text := func(into *string) func(*yaml.Node) {
		return func(v *yaml.Node) {
			if v.Kind == yaml.ScalarNode {
				*into = v.Value
			}
		}
	}
	var most *int64
	p.fields(n, map[string]func(*yaml.Node){
		"signature": text(&a.Signature), "owner": text(&a.Owner), "reason": text(&a.Reason), "most": p.count(&most),
		"expires": func(v *yaml.Node) {
			var err error
			if a.Expires, err = time.Parse(time.DateOnly, v.Value); err != nil {
				p.fail(v, "", "%q is not a day: write it like 2027-01-31", v.Value)
			}
		},
	})
	if most != nil {
		a.Most = *most
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	if !signatureForm.MatchString(a.Signature) {
		p.fail(n, "", "signature %q: write gid:sid, like 1:2010935", a.Signature)
	}
	if a.Owner == "" || a.Reason == "" || a.Expires.IsZero() {
		p.fail(n, "", "an allowance needs owner, reason and expires: nobody remembers why it is there otherwise")
	}
	p.config.Allowed = append(p.config.Allowed, a)
}
