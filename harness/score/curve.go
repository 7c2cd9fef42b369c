package score

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/stats"
)

// Curve is what a detector with scores would do at every threshold, in the unit of flows: a flow's score is the highest of the
// alerts that were matched to it alone. Flows without one lie below every threshold, all alike.
type Curve struct {
	Positives int64 `json:"positives"`
	Negatives int64 `json:"negatives"`
	Scored    int64 `json:"scored"`          // flows with a score
	Unscored  int64 `json:"unscored_alerts"` // alerts on a flow that have none; they are no part of the curve
	// AUC is the area under the ROC, ties counted half (J. A. Hanley and B. J. McNeil, Radiology 143, 1982). From the lowest score
	// the curve runs straight to (1, 1): flows without a score cannot be told apart.
	AUC Number `json:"auc"`
	// AP is the average precision Σ (R_n − R_{n−1})·P_n over the thresholds that exist; recall that no threshold gives adds nothing.
	AP     Number       `json:"average_precision"`
	Chance float64      `json:"chance_precision"` // the precision of alarms at random: the baseline of the PR curve
	Points []CurvePoint `json:"points"`           // from the highest threshold down, MostPoints of them at most
	Of     int          `json:"thresholds"`       // how many there are
}

// CurvePoint is what alarms at or above a score do: a point of the ROC (FPR, Recall) and of the PR curve (Recall, Precision).
type CurvePoint struct {
	Score     float64 `json:"score"`
	Recall    float64 `json:"recall"`
	FPR       float64 `json:"fpr"`
	Precision float64 `json:"precision"`
}

// MostPoints bounds the points of a curve that are kept, evenly spaced among all; areas are made of all.
const MostPoints = 1000

// mostScores bounds the bootstrap of a curve's areas, in scores times draws.
const mostScores = 1 << 29

// scored is a flow's score.
type scored struct {
	flow  int64
	score float64
}

type scoreLedger struct {
	flows    folded[scored]
	unscored int64
}

func newScoreLedger() *scoreLedger {
	return &scoreLedger{flows: folded[scored]{
		compare: func(a, b scored) int { return cmp.Or(cmp.Compare(a.flow, b.flow), cmp.Compare(b.score, a.score)) },
		merge:   func(into *scored, next scored) bool { return into.flow == next.flow },
	}}
}

func (l *scoreLedger) hear(flow int64, score float64) {
	if math.IsNaN(score) {
		l.unscored++
		return
	}
	// JSON has no infinity.
	l.flows.add(scored{flow, max(-math.MaxFloat64, min(math.MaxFloat64, score))})
}

// level is what one score has: flows of one cluster, campaign or host, malicious or benign.
type level struct {
	score     float64
	cluster   int
	malicious bool
	flows     float64
	lowest    bool // the last of its score
}

// curve is nil where no alert has a score.
func (h *hearing) curve(s sampler) *Curve {
	l := h.scores
	rows := l.flows.fold()
	if len(rows) == 0 {
		return nil
	}
	total := h.flows.total
	c := &Curve{Positives: total.TP + total.FN, Negatives: total.FP + total.TN, Scored: int64(len(rows)), Unscored: l.unscored}
	if c.Positives == 0 || c.Negatives == 0 {
		none := Number{Missing: "a curve takes malicious and benign flows"}
		c.AUC, c.AP, c.Points = none, none, []CurvePoint{}
		return c
	}
	c.Chance = float64(c.Positives) / float64(c.Positives+c.Negatives)
	levels, size := h.levels(rows)
	c.Points, c.Of = points(levels, float64(c.Positives), float64(c.Negatives))
	for _, x := range []struct {
		at   *Number
		name string
		of   func(levels []level, size [][2]float64, weight []int) float64
	}{{&c.AUC, "auc", areaUnderROC}, {&c.AP, "average precision", averagePrecision}} {
		*x.at = Number{Value: x.of(levels, size, nil), N: c.Positives + c.Negatives, Cluster: Cluster{Unit: "flow"}}
		if len(levels)*s.draws > mostScores {
			x.at.Note = fmt.Sprintf("no interval over %s: %d scores are too many to draw from", overBoth, len(levels))
			continue
		}
		i, err := stats.BCa(len(size), s.draws, draw.NewSeed(0).Word("score").Word(x.name), func(weight []int) float64 {
			return x.of(levels, size, weight)
		})
		if err != nil {
			x.at.Note = fmt.Sprintf("no interval over %s: %v", overBoth, err)
			continue
		}
		x.at.Low, x.at.High, x.at.Bounded = max(0, i.Low), min(1, i.High), true
		x.at.Over, x.at.Clusters = overBoth, int64(len(size))
	}
	return c
}

// levels are the scores from the highest down, and the flows of every cluster, malicious and benign: campaigns first, then hosts.
func (h *hearing) levels(rows []scored) ([]level, [][2]float64) {
	var size [][2]float64
	campaignAt, hostAt := make([]int, len(h.campaigns)), make([]int, len(h.flows.hosts.list))
	for i, c := range h.flows.stages.campaigns() {
		if c.flows > 0 {
			campaignAt[i] = len(size)
			size = append(size, [2]float64{float64(c.flows), 0})
		}
	}
	for i := range h.flows.hosts.list {
		if n := h.flows.hosts.list[i].negatives; n > 0 {
			hostAt[i] = len(size)
			size = append(size, [2]float64{0, float64(n)})
		}
	}
	levels := make([]level, 0, len(rows))
	for _, r := range rows {
		owner, malicious := h.flows.owner[r.flow-1], h.flows.states[r.flow-1]&positive != 0
		cluster := 0
		if malicious {
			cluster = campaignAt[h.flows.stages.list[owner].campaign]
		} else {
			cluster = hostAt[owner]
		}
		levels = append(levels, level{score: r.score, cluster: cluster, malicious: malicious, flows: 1})
	}
	slices.SortFunc(levels, func(a, b level) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.cluster, b.cluster)) })
	kept := levels[:0]
	for _, l := range levels {
		if last := len(kept) - 1; last >= 0 && kept[last].score == l.score && kept[last].cluster == l.cluster {
			kept[last].flows++
			continue
		}
		kept = append(kept, l)
	}
	for i := range kept {
		kept[i].lowest = i == len(kept)-1 || kept[i+1].score != kept[i].score
	}
	return kept, size
}

// sizes are the flows of the clusters drawn. No weight is one of each.
func sizes(size [][2]float64, weight []int) (positives, negatives float64) {
	for i, s := range size {
		w := 1.0
		if weight != nil {
			w = float64(weight[i])
		}
		positives += w * s[0]
		negatives += w * s[1]
	}
	return positives, negatives
}

// thresholds visits what lies at or above every score.
func thresholds(levels []level, weight []int, visit func(l *level, tp, fp float64)) {
	var tp, fp float64
	for i := range levels {
		l := &levels[i]
		n := l.flows
		if weight != nil {
			n *= float64(weight[l.cluster])
		}
		if l.malicious {
			tp += n
		} else {
			fp += n
		}
		if l.lowest {
			visit(l, tp, fp)
		}
	}
}

func areaUnderROC(levels []level, size [][2]float64, weight []int) float64 {
	positives, negatives := sizes(size, weight)
	var area, lastTP, lastFP float64
	step := func(tp, fp float64) {
		area += (fp - lastFP) * (tp + lastTP) / 2
		lastTP, lastFP = tp, fp
	}
	thresholds(levels, weight, func(_ *level, tp, fp float64) { step(tp, fp) })
	step(positives, negatives)
	return area / (positives * negatives)
}

func averagePrecision(levels []level, size [][2]float64, weight []int) float64 {
	positives, _ := sizes(size, weight)
	var sum, last float64
	thresholds(levels, weight, func(_ *level, tp, fp float64) {
		if tp > last {
			sum += (tp - last) * tp / (tp + fp)
			last = tp
		}
	})
	return sum / positives
}

func points(levels []level, positives, negatives float64) (kept []CurvePoint, of int) {
	var all []CurvePoint
	thresholds(levels, nil, func(l *level, tp, fp float64) {
		all = append(all, CurvePoint{Score: l.score, Recall: tp / positives, FPR: fp / negatives, Precision: tp / (tp + fp)})
	})
	if len(all) <= MostPoints {
		return all, len(all)
	}
	kept = make([]CurvePoint, MostPoints)
	for i := range kept {
		kept[i] = all[i*(len(all)-1)/(MostPoints-1)]
	}
	return kept, len(all)
}
