package tadam

// prices are the bits of one position's values under each edge, worked out when they are asked for.
type prices struct {
	m      *hypothesis
	values []float64
	row    int32
	bits   []float64
	round  []int32 // in which bits was worked out
	now    int32
}

func newPrices(m *hypothesis) prices {
	return prices{m: m, bits: make([]float64, len(m.edges)), round: make([]int32, len(m.edges))}
}

// at turns to a position of a word; behind its end nothing is asked for.
func (p *prices) at(w *text, i int) {
	p.now++
	if i < len(w.symbols) {
		p.values = w.values[i*p.m.dims : (i+1)*p.m.dims]
		if p.m.grid != nil {
			p.row = w.rows[i]
		}
	}
}

func (p *prices) of(edge int32) float64 {
	if p.m.dims == 0 {
		return 0
	}
	price := p.m.edges[edge].price
	if price == nil { // nothing is known of its values yet
		return p.m.ranges.bits(p.values)
	}
	if price.bits != nil {
		return float64(price.bits[p.row])
	}
	if p.round[edge] != p.now {
		p.round[edge] = p.now
		p.bits[edge] = price.chain.Bits(p.values)
	}
	return p.bits[edge]
}
