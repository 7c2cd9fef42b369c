package score

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/labels"
)

// SweepPoint is what is left of a detector when only some of its alerts are read. Points of a rule engine are detectors of their
// own: nothing lies between them, so that they are never joined to a curve and have no area under it.
type SweepPoint struct {
	Knob      string `json:"knob"`    // severity: alerts that are at least that severe; category: of that category alone
	Setting   string `json:"setting"` // e.g. "1 to 2"
	Alerts    int64  `json:"alerts"`  // true or false
	False     int64  `json:"false"`
	Campaigns Ratio  `json:"campaigns"`
	Strict    Ratio  `json:"campaigns_strict"`
	Recall    Ratio  `json:"flow_recall"`
	FPR       Ratio  `json:"flow_fpr"`
	Precision Ratio  `json:"flow_precision"`
	PPV       []PPV  `json:"ppv"`
}

// mark is an alarm on a flow.
type mark struct {
	flow     int64
	category int32
	severity int32 // 1 is the highest; 0 = none given
}

// tally is what alerts with one setting said.
type tally struct {
	alerts, lies      int64
	campaigns, strict int64
}

// sweepLedger holds a mark for every flow and category, and a tally for every category and severity.
type sweepLedger struct {
	marks      folded[mark]
	number     map[string]int32 // of a category
	names      []string
	categories []tally
	severities map[int32]*tally
}

func newSweepLedger() *sweepLedger {
	return &sweepLedger{number: map[string]int32{}, severities: map[int32]*tally{}, marks: folded[mark]{
		compare: func(a, b mark) int {
			return cmp.Or(cmp.Compare(a.flow, b.flow), cmp.Compare(a.category, b.category), cmp.Compare(rank(a.severity), rank(b.severity)))
		},
		merge: func(into *mark, next mark) bool { return into.flow == next.flow && into.category == next.category },
	}}
}

// rank puts alerts without a severity last.
func rank(severity int32) uint32 { return uint32(severity) - 1 }

// hear books a decided alert, true where it is about a campaign, and returns the number of its category.
func (l *sweepLedger) hear(a *labels.Alert, c *campaignLedger, strict bool) int32 {
	i, known := l.number[a.Category]
	if !known {
		i = int32(len(l.names))
		l.number[a.Category] = i
		l.names = append(l.names, a.Category)
		l.categories = append(l.categories, tally{})
	}
	s := l.severities[a.Severity]
	if s == nil {
		s = &tally{}
		l.severities[a.Severity] = s
	}
	s.alerts++
	l.categories[i].alerts++
	if c == nil {
		s.lies++
		l.categories[i].lies++
		return i
	}
	if c.categories == nil {
		c.categories = map[int32]bool{}
	}
	c.categories[i] = c.categories[i] || strict
	if rank(a.Severity) < rank(c.severity[0]) {
		c.severity[0] = a.Severity
	}
	if strict && rank(a.Severity) < rank(c.severity[1]) {
		c.severity[1] = a.Severity
	}
	return i
}

func (l *sweepLedger) mark(flow int64, category, severity int32) {
	l.marks.add(mark{flow, category, severity})
}

// settings are what a sweep visits: those alone that some alert has.
func (l *sweepLedger) settings() []setting {
	var out []setting
	var severities []int32
	for s := range l.severities {
		if s > 0 {
			severities = append(severities, s)
		}
	}
	slices.Sort(severities)
	var t tally
	for _, s := range severities {
		t.alerts += l.severities[s].alerts
		t.lies += l.severities[s].lies
		text := fmt.Sprintf("%d to %d", severities[0], s)
		if s == severities[0] {
			text = fmt.Sprint(s)
		}
		out = append(out, setting{knob: "severity", text: text, severity: s, tally: t})
	}
	names := slices.Clone(l.names)
	slices.Sort(names)
	for _, name := range names {
		if name != "" {
			out = append(out, setting{knob: "category", text: name, category: l.number[name], tally: l.categories[l.number[name]]})
		}
	}
	return out
}

// setting is a choice of alerts.
type setting struct {
	tally
	knob, text string
	severity   int32 // the lowest that is read; 0 = any
	category   int32 // read alone, unless severity is set
}

func (s *setting) reads(m mark) bool {
	if s.severity > 0 {
		return m.severity > 0 && m.severity <= s.severity
	}
	return m.category == s.category
}

// points measures every setting. Flow intervals are over clusters while that is less work than mostSwept.
func (h *hearing) points(o Options, s sampler) []SweepPoint {
	settings := h.sweep.settings()
	marks := h.sweep.marks.fold()
	out := make([]SweepPoint, 0, len(settings))
	for i := range settings {
		out = append(out, h.point(&settings[i], marks, o, s, len(settings)))
	}
	return out
}

// mostSwept bounds the work of all bootstraps of a sweep, in clusters times draws.
const mostSwept = 1 << 29

func (h *hearing) point(set *setting, marks []mark, o Options, s sampler, settings int) SweepPoint {
	set.catch(h.campaigns)
	n := int64(len(h.campaigns))
	p := SweepPoint{
		Knob: set.knob, Setting: set.text, Alerts: set.alerts, False: set.lies,
		Campaigns: unitRatio(unitCampaign, set.campaigns, n, "no campaign in the corpus"),
		Strict:    unitRatio(unitCampaign, set.strict, n, "no campaign in the corpus"),
	}
	tp, fp := make([]float64, len(h.campaigns)), make([]float64, len(h.flows.hosts.list))
	var f Flows
	for i, m := range marks {
		// Marks of a flow stand together: one that was already counted is not counted again.
		if !set.reads(m) || set.severity > 0 && i > 0 && slices.ContainsFunc(before(marks, i), set.reads) {
			continue
		}
		owner := h.flows.owner[m.flow-1]
		if h.flows.states[m.flow-1]&positive != 0 {
			f.TP++
			tp[h.flows.stages.list[owner].campaign]++
		} else {
			f.FP++
			fp[owner]++
		}
	}
	c := h.flows.total
	p.Recall = unitRatio("flow", f.TP, c.TP+c.FN, "no malicious flow in the corpus")
	p.FPR = unitRatio("flow", f.FP, c.FP+c.TN, "no benign flow in the corpus")
	p.Precision = unitRatio("flow", f.TP, f.TP+f.FP, "no flow was alarmed")
	campaigns, hosts := h.flows.split(tp, fp)
	if (len(campaigns)+len(hosts))*settings*s.draws <= mostSwept {
		s.ratio(&p.Recall, "recall", overCampaigns, campaigns)
		s.ratio(&p.FPR, "fpr", overHosts, hosts)
	}
	p.PPV = ppvs(o, p.Recall, p.FPR)
	return p
}

// before are the marks of the same flow that stand before mark i.
func before(marks []mark, i int) []mark {
	from := i
	for from > 0 && marks[from-1].flow == marks[i].flow {
		from--
	}
	return marks[from:i]
}

// catch counts the campaigns that the setting's alerts detect.
func (s *setting) catch(campaigns []*campaignLedger) {
	for _, c := range campaigns {
		strict, caught := c.categories[s.category]
		if s.severity > 0 {
			caught = c.severity[0] > 0 && c.severity[0] <= s.severity
			strict = c.severity[1] > 0 && c.severity[1] <= s.severity
		}
		if caught {
			s.campaigns++
		}
		if strict {
			s.strict++
		}
	}
}

// split makes rows of k and n from what was counted by campaign and by host.
func (l *flowLedger) split(tp, fp []float64) (campaigns, hosts [][]float64) {
	for i, c := range l.stages.campaigns() {
		if c.flows > 0 {
			campaigns = append(campaigns, []float64{tp[i], float64(c.flows)})
		}
	}
	for i := range l.hosts.list {
		if n := l.hosts.list[i].negatives; n > 0 {
			hosts = append(hosts, []float64{fp[i], float64(n)})
		}
	}
	return campaigns, hosts
}
