package score

import "math"

// confusion is one unit's four cells.
type confusion struct{ TP, FP, FN, TN int64 }

// unit makes a row of the table of units.
func (c confusion) unit(name, rule string) Unit {
	u := Unit{Unit: name, Rule: rule, Positives: c.TP + c.FN, Negatives: c.FP + c.TN}
	u.Recall = unitRatio(name, c.TP, u.Positives, "no malicious "+name+" in the corpus")
	u.FPR = unitRatio(name, c.FP, u.Negatives, "no benign "+name+" in the corpus")
	u.Precision = unitRatio(name, c.TP, c.TP+c.FP, "no "+name+" was alarmed")
	u.Strict = unjudged(name)
	return u
}

func unitRatio(unit string, k, n int64, missing string) Ratio {
	r := NewRatio(k, n, missing)
	r.Unit = unit
	return r
}

// Measures are what else can be made of the four cells in the unit of flows, all at the corpus's own base rate: those that hold
// for this mix of benign and malicious flows alone are not comparable between corpora.
type Measures struct {
	BaseRate         Ratio   `json:"base_rate"` // malicious of all flows that are either
	Specificity      Ratio   `json:"specificity"`
	NPV              Ratio   `json:"npv"`
	BalancedAccuracy Number  `json:"balanced_accuracy"`
	F1               Number  `json:"f1"`
	Beta             float64 `json:"beta"`
	FBeta            Number  `json:"f_beta"`
	MCC              Number  `json:"mcc"`
	CID              Number  `json:"c_id"`
}

// FMeasure is (1+β²)·P·R / (β²·P + R) for precision and recall (C. J. van Rijsbergen, Information Retrieval, 2nd ed. 1979); NaN
// where both are 0 or one has no value.
func FMeasure(beta, precision, recall float64) float64 {
	b := beta * beta
	return (1 + b) * precision * recall / (b*precision + recall)
}

// MCC is Matthews' correlation coefficient (B. W. Matthews, BBA Protein Structure 405, 1975) of counts or shares: from -1 to 1, NaN
// where a row or a column of the table is empty.
func MCC(tp, fp, fn, tn float64) float64 {
	// Roots one by one: the product of four large counts would lose digits.
	below := math.Sqrt(tp+fp) * math.Sqrt(tp+fn) * math.Sqrt(tn+fp) * math.Sqrt(tn+fn)
	return (tp*tn - fp*fn) / below
}

// cells are columns of a bootstrap's rows.
const (
	cellTP = iota
	cellFP
	cellFN
	cellTN
	cellCount
)

func balanced(s []float64) float64 {
	return (s[cellTP]/(s[cellTP]+s[cellFN]) + s[cellTN]/(s[cellTN]+s[cellFP])) / 2
}

func fMeasure(beta float64) func(s []float64) float64 {
	return func(s []float64) float64 {
		return FMeasure(beta, s[cellTP]/(s[cellTP]+s[cellFP]), s[cellTP]/(s[cellTP]+s[cellFN]))
	}
}

func mcc(s []float64) float64 { return MCC(s[cellTP], s[cellFP], s[cellFN], s[cellTN]) }

func capability(s []float64) float64 {
	positives, negatives := s[cellTP]+s[cellFN], s[cellTN]+s[cellFP]
	return Capability(positives/(positives+negatives), s[cellTP]/positives, s[cellFP]/negatives)
}

func (c confusion) measures(o Options, s sampler, f Flows, rows [][]float64) *Measures {
	const flow = "flow"
	m := &Measures{
		BaseRate:    unitRatio(flow, c.TP+c.FN, c.TP+c.FN+c.FP+c.TN, "no flow in the corpus that is malicious or benign"),
		Specificity: unitRatio(flow, c.TN, c.TN+c.FP, "no benign flow in the corpus"),
		NPV:         unitRatio(flow, c.TN, c.TN+c.FN, "no flow without an alarm"),
		Beta:        o.Beta,
	}
	if m.Specificity.Missing == "" { // the other side of the FPR
		m.Specificity.Low, m.Specificity.High = 1-f.FPR.High, 1-f.FPR.Low
		m.Specificity.Over, m.Specificity.Clusters, m.Specificity.Note = f.FPR.Over, f.FPR.Clusters, f.FPR.Note
	}
	s.ratio(&m.NPV, "npv", overBoth, columns(rows, func(r []float64) []float64 {
		return []float64{r[cellTN], r[cellTN] + r[cellFN]}
	}))
	whole := []float64{float64(c.TP), float64(c.FP), float64(c.FN), float64(c.TN)}
	for _, x := range []struct {
		at        *Number
		name      string
		statistic func([]float64) float64
		undefined string
	}{
		{&m.BalancedAccuracy, "balanced accuracy", balanced, "undefined: it takes malicious and benign flows"},
		{&m.F1, "f1", fMeasure(1), "undefined: it takes a malicious flow that was alarmed"},
		{&m.FBeta, "f beta", fMeasure(o.Beta), "undefined: it takes a malicious flow that was alarmed"},
		{&m.MCC, "mcc", mcc, "undefined: a row or a column of the table of flows is empty"},
		{&m.CID, "c_id", capability, "undefined: it takes malicious and benign flows"},
	} {
		*x.at = Number{Value: x.statistic(whole), N: c.TP + c.FP + c.FN + c.TN, Cluster: Cluster{Unit: flow}}
		if math.IsNaN(x.at.Value) {
			*x.at = Number{Missing: x.undefined}
		}
		s.number(x.at, x.name, overBoth, rows, x.statistic)
	}
	return m
}

func columns(rows [][]float64, of func([]float64) []float64) [][]float64 {
	out := make([][]float64, len(rows))
	for i, r := range rows {
		out[i] = of(r)
	}
	return out
}
