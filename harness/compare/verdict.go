package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// conclude gives every measure its verdict and says in sentences what they come to.
func (v *Versus) conclude(a, b *Side) {
	for i := range v.Measures {
		v.Measures[i].judge()
	}
	sides := fmt.Sprintf("%s (%s)", b.Letter, b.Label)
	against := fmt.Sprintf("%s (%s)", a.Letter, a.Label)
	for _, verdict := range []string{Worse, Better} {
		var said []string
		for i := range v.Measures {
			if m := &v.Measures[i]; m.Verdict == verdict {
				said = append(said, fmt.Sprintf("%s: %s", m.Name, m.change()))
			}
		}
		if len(said) > 0 {
			v.Headlines = append(v.Headlines, fmt.Sprintf("%s is %s than %s in %s.", sides, verdict, against, strings.Join(said, "; ")))
		}
	}
	var open []string
	for i := range v.Measures {
		if v.Measures[i].Verdict == Even {
			open = append(open, v.Measures[i].Name)
		}
	}
	if len(open) > 0 {
		v.Headlines = append(v.Headlines, fmt.Sprintf("~ Nothing can be said of %s.", strings.Join(open, ", ")))
	}
	if i := slices.IndexFunc(v.Measures, func(m Measure) bool { return m.Name == lenientName && m.Verdict == Even && m.Detectable != nil }); i >= 0 {
		v.Headlines = append(v.Headlines, v.Measures[i].resolution())
	}
	v.headlineChanges()
}

// headlineChanges names what was lost, whatever the verdict: a campaign that is lost is lost, even where it may be chance.
func (v *Versus) headlineChanges() {
	whole := func(all []CampaignChange) (names []string) {
		for i := range all {
			if all[i].A == outcomeMissed || all[i].B == outcomeMissed {
				names = append(names, all[i].Campaign)
			}
		}
		return names
	}
	for _, k := range []struct {
		word string
		of   []CampaignChange
	}{{"Lost", v.Lost}, {"Gained", v.Gained}} {
		if names := whole(k.of); len(names) > 0 {
			v.Headlines = append(v.Headlines, fmt.Sprintf("%s by %s: %s.", k.word, v.B, few(names)))
		}
	}
	if v.Rules == nil {
		return
	}
	for _, k := range []struct {
		has, lacks string
		of         func(*Category) (int64, int64)
	}{
		{v.A, v.B, func(c *Category) (int64, int64) { return c.A, c.B }},
		{v.B, v.A, func(c *Category) (int64, int64) { return c.B, c.A }},
	} {
		var names []string
		for i := range v.Rules.Categories {
			c := &v.Rules.Categories[i]
			if has, lacks := k.of(c); has > 0 && lacks == 0 {
				names = append(names, fmt.Sprintf("%s (%d)", c.Name, has))
			}
		}
		if len(names) > 0 {
			v.Headlines = append(v.Headlines, fmt.Sprintf("Categories of rules, with their sizes, that %s has and %s lacks: %s.", k.has, k.lacks, few(names)))
		}
	}
}

// mostListed bounds the names in a sentence; the tables have them all.
const mostListed = 8

func few(names []string) string {
	if len(names) > mostListed {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostListed], ", "), len(names)-mostListed)
	}
	return strings.Join(names, ", ")
}

// judge says better or worse only where the test does: its probability, after Holm where there are several pairs, is below alpha, or
// an interval that can be relied on excludes no difference.
func (m *Measure) judge() {
	m.Verdict = Even
	p := m.P
	if m.Adjusted != nil {
		p = *m.Adjusted
	}
	switch {
	case m.Difference.Missing != "" && p.Missing != "":
		m.explain(m.Difference.Missing)
		return
	case m.Why != "" && (p.Missing != "" || p.Value >= alpha):
		m.explain(m.Why)
		return
	case m.Paired != nil && m.Paired.OnlyA+m.Paired.OnlyB == 0:
		m.explain(fmt.Sprintf("there is no %s on which the two disagree", m.Unit))
		return
	case p.Missing == "" && p.Value >= alpha:
		m.explain(fmt.Sprintf("as much could be chance (p = %s)", Probability(p.Value)))
		return
	case p.Missing != "" && !m.excludes():
		m.explain("no difference is within the interval")
		return
	}
	up := m.sign() > 0
	if m.sign() == 0 {
		m.explain("the two figures are the same")
		return
	}
	// More detections are good; more alarms, and more time, are not.
	if m.Verdict = Worse; up == m.Share {
		m.Verdict = Better
	}
	m.Why = m.change()
}

func (m *Measure) excludes() bool {
	even := 1.0
	if m.Share {
		even = 0
	}
	return m.Difference.Bounded && (m.Difference.Low > even || m.Difference.High < even)
}

// sign tells which side has more.
func (m *Measure) sign() float64 {
	switch {
	case m.Name == delayName:
		return float64(m.Paired.OnlyA - m.Paired.OnlyB) // campaigns that B detected later
	case m.Share:
		return m.Difference.Value
	default:
		return m.NumberB.Value - m.NumberA.Value
	}
}

// explain says why there is no verdict, and what could have been shown.
func (m *Measure) explain(why string) {
	m.Why = why
	if m.Detectable != nil {
		m.Why += ". " + m.resolution()
	}
}

// resolution says what the campaigns at hand can show.
func (m *Measure) resolution() string {
	n := m.A.N
	switch {
	case m.Detectable.Missing != "":
		return upper(m.Detectable.Missing) + "."
	case m.Paired == nil:
		return fmt.Sprintf("%s and %s can tell a difference of at least %.0f points from chance.",
			plural(n, "campaign"), plural(m.B.N, "campaign"), math.Ceil(100*m.Detectable.Value))
	default:
		return fmt.Sprintf("%s can show a difference of at least %.0f points with power %.0f %%.", plural(n, "campaign"), math.Ceil(100*m.Detectable.Value), 100*power)
	}
}

// change writes the difference with its interval and test.
func (m *Measure) change() string {
	var s string
	d := m.Difference
	switch {
	case m.Share:
		s = fmt.Sprintf("%d of %d against %d of %d, %+.1f points", m.B.K, m.B.N, m.A.K, m.A.N, 100*d.Value)
		if d.Bounded {
			s += fmt.Sprintf(" [%+.1f to %+.1f]", 100*d.Low, 100*d.High)
		}
	default:
		s = fmt.Sprintf("%.3g against %.3g", m.NumberB.Value, m.NumberA.Value)
		if d.Missing == "" {
			s += fmt.Sprintf(", %.3g times", d.Value)
		}
		if d.Bounded {
			s += fmt.Sprintf(" [%.3g to %.3g]", d.Low, d.High)
		}
	}
	switch {
	case m.Adjusted != nil && m.P.Missing == "":
		s += ", p = " + Probability(m.Adjusted.Value) + " after Holm"
	case m.P.Missing == "":
		s += ", p = " + Probability(m.P.Value)
	}
	return s
}

// plural writes a count with its noun.
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Probability writes a p with the digits that mean something.
func Probability(p float64) string {
	switch {
	case p < 0.001:
		return "<0.001"
	case p < 0.1:
		return fmt.Sprintf("%.3f", p)
	default:
		return fmt.Sprintf("%.2f", p)
	}
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
