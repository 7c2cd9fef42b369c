package score

import "gonum.org/v1/gonum/stat"

const overSeeds = "seeds"

// Pooled are the figures of one detector over several corpora that are independent samples of the same traffic: a scenario with one
// seed and another. The corpus is the cluster: what happened within one is not independent, so intervals draw whole corpora.
type Pooled struct {
	Detected        PooledRatio    `json:"detected"` // campaigns, lenient
	Strict          PooledRatio    `json:"strict"`   // campaigns
	FlowRecall      PooledRatio    `json:"flow_recall"`
	FPR             PooledRatio    `json:"flow_fpr"`
	AlarmsByHostDay PooledNumber   `json:"false_alarms_per_host_day"`
	AlarmsByGB      PooledNumber   `json:"false_alarms_per_gb"`
	Attacks         []PooledAttack `json:"attacks"` // in the order of their first campaigns
}

// PooledRatio is the sum of K over corpora of the sum of N, with a BCa interval over corpora, and how far the corpora differ.
type PooledRatio struct {
	Sum    Ratio  `json:"pooled"`
	Spread Number `json:"deviation"` // standard deviation of the corpora's own ratios (n-1), N = corpora that have one
}

// PooledNumber is as PooledRatio for a rate.
type PooledNumber struct {
	Sum    Number `json:"pooled"`
	Spread Number `json:"deviation"`
}

// PooledAttack is how often one attack was caught.
type PooledAttack struct {
	Attack    string      `json:"attack"`
	Technique string      `json:"technique"`
	Corpora   int64       `json:"corpora"` // that have it
	All       int64       `json:"all"`     // corpora in which each of its campaigns was caught
	Some      int64       `json:"some"`    // corpora in which at least one was
	Detected  PooledRatio `json:"detected"`
	Strict    PooledRatio `json:"strict"`
}

// Pool sums figures over corpora. Draws of a bootstrap are those of the options.
func Pool(scores []*Score, o Options) (*Pooled, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	s := sampler{o.withDefaults().Draws}
	const noCampaign = "no campaign in any corpus"
	return &Pooled{
		Detected:   s.pooledRatio("detected", "campaign", noCampaign, scores, func(c *Score) Ratio { return c.Campaigns.DetectedRate }),
		Strict:     s.pooledRatio("strict", "campaign", noCampaign, scores, func(c *Score) Ratio { return c.Campaigns.StrictRate }),
		FlowRecall: s.pooledRatio("recall", "flow", "no malicious flow in any corpus", scores, func(c *Score) Ratio { return c.Flows.Recall }),
		FPR:        s.pooledRatio("fpr", "flow", "no benign flow in any corpus", scores, func(c *Score) Ratio { return c.Flows.FPR }),
		AlarmsByHostDay: s.pooledNumber("alarms per host-day", "alerts per host-day", "no host of the home network for any time", scores,
			func(c *Score) float64 { return float64(c.Load.Hosts) * c.Load.Days }),
		AlarmsByGB: s.pooledNumber("alarms per GB", "alerts per GB", "no bytes in any capture", scores,
			func(c *Score) float64 { return float64(c.Load.Bytes) / 1e9 }),
		Attacks: s.pooledAttacks(scores),
	}, nil
}

func (s sampler) pooledRatio(name, unit, missing string, scores []*Score, of func(*Score) Ratio) PooledRatio {
	parts := make([]Ratio, 0, len(scores))
	for _, c := range scores {
		parts = append(parts, of(c))
	}
	return s.sumRatios(name, unit, missing, parts)
}

// sumRatios pools the corpora's own ratios. A corpus without one adds nothing, but is drawn all the same.
func (s sampler) sumRatios(name, unit, missing string, parts []Ratio) PooledRatio {
	var k, n int64
	var rows [][]float64
	var values []float64
	single := true
	for _, r := range parts {
		if r.Missing != "" {
			r = Ratio{}
		}
		k, n = k+r.K, n+r.N
		single = single && r.N <= 1
		rows = append(rows, []float64{float64(r.K), float64(r.N)})
		if r.N > 0 {
			values = append(values, r.Value())
		}
	}
	p := PooledRatio{Sum: NewRatio(k, n, missing), Spread: spread(values)}
	p.Sum.Unit = unit
	// With one in each corpus they are independent, and Wilson's interval is due.
	if !single {
		s.ratio(&p.Sum, "pooled "+name, overSeeds, rows)
	}
	return p
}

func (s sampler) pooledNumber(name, unit, missing string, scores []*Score, exposure func(*Score) float64) PooledNumber {
	var whole float64
	var alarms int64
	var rows [][]float64
	var values []float64
	for _, c := range scores {
		e := exposure(c)
		whole, alarms = whole+e, alarms+c.Alerts.False
		rows = append(rows, []float64{float64(c.Alerts.False), e})
		if e > 0 {
			values = append(values, float64(c.Alerts.False)/e)
		}
	}
	p := PooledNumber{Sum: Number{Missing: missing, Cluster: Cluster{Unit: unit}}, Spread: spread(values)}
	if whole > 0 {
		p.Sum = Number{Value: float64(alarms) / whole, N: alarms, Cluster: p.Sum.Cluster}
		s.number(&p.Sum, "pooled "+name, overSeeds, rows, quotient)
		p.Sum.Low = max(0, p.Sum.Low)
	}
	return p
}

// pooledAttacks counts by attack, in the order of their first campaigns.
func (s sampler) pooledAttacks(scores []*Score) []PooledAttack {
	var out []PooledAttack
	lenient, strict := map[string][]Ratio{}, map[string][]Ratio{}
	for at, c := range scores {
		for i := range c.Details {
			d := &c.Details[i]
			if lenient[d.Attack] == nil {
				out = append(out, PooledAttack{Attack: d.Attack, Technique: d.Technique})
				lenient[d.Attack], strict[d.Attack] = make([]Ratio, len(scores)), make([]Ratio, len(scores))
			}
			count(&lenient[d.Attack][at], d.Detected())
			count(&strict[d.Attack][at], d.Strict > 0)
		}
	}
	for i := range out {
		a := &out[i]
		for _, r := range lenient[a.Attack] {
			if r.N == 0 {
				continue
			}
			a.Corpora++
			if r.K == r.N {
				a.All++
			}
			if r.K > 0 {
				a.Some++
			}
		}
		a.Detected = s.sumRatios("detected "+a.Attack, "campaign", "", lenient[a.Attack])
		a.Strict = s.sumRatios("strict "+a.Attack, "campaign", "", strict[a.Attack])
	}
	return out
}

func count(r *Ratio, caught bool) {
	r.N++
	if caught {
		r.K++
	}
}

// spread is the standard deviation of a sample.
func spread(values []float64) Number {
	if len(values) < 2 {
		return Number{Missing: "fewer than two corpora have the figure"}
	}
	return Number{Value: stat.StdDev(values, nil), N: int64(len(values))}
}
