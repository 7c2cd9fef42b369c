package bayes

import (
	"math"

	"gonum.org/v1/gonum/stat/combin"
)

// DataBits is the length in bits of a table under a structure, by the Krichevsky–Trofimov estimator: no parameter is sent, each
// value is coded by those before it. It is infinite where a family has more combinations than can be counted.
func DataBits(d *Data, s Structure) float64 {
	bits := 0.0
	for v, parents := range s {
		f, ok := count(d, v, parents)
		if !ok {
			return math.Inf(1)
		}
		bits += f.kt()
	}
	return bits
}

// StructureBits is the length in bits of the structure itself: for each variable the number of its parents, of at most maxParents,
// and which they are (FlowChronicle, CoNEXT 2024, section 4).
func (s Structure) StructureBits(maxParents int) float64 {
	bits := 0.0
	for _, parents := range s {
		bits += math.Log2(float64(maxParents))
		bits += combin.LogGeneralizedBinomial(float64(len(s)-1), float64(len(parents))) / math.Ln2
	}
	return bits
}
