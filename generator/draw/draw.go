// Package draw is addressed randomness: every stream is opened by a path of words and numbers, never shared, so that any
// part of a corpus can be made alone, in any order, by any number of workers, with the same bytes.
package draw

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// Seed is the root of a tree of streams.
type Seed [2]uint64

// NewSeed makes the root from a user's number.
func NewSeed(n uint64) Seed { return Seed{mix(n ^ 0x9e3779b97f4a7c15), mix(n + 0xd1b54a32d192ed03)} }

// Word descends by a name.
func (s Seed) Word(w string) Seed {
	h := uint64(len(w)) * 0x9fb21c651e98df25
	for len(w) >= 8 {
		h = mix(h ^ uint64(w[0]) ^ uint64(w[1])<<8 ^ uint64(w[2])<<16 ^ uint64(w[3])<<24 ^
			uint64(w[4])<<32 ^ uint64(w[5])<<40 ^ uint64(w[6])<<48 ^ uint64(w[7])<<56)
		w = w[8:]
	}
	var tail uint64
	for i := range len(w) {
		tail |= uint64(w[i]) << (8 * i)
	}
	return s.Number(mix(h ^ tail))
}

// Number descends by a number: a window, a row, an entity.
func (s Seed) Number(n uint64) Seed {
	a := mix(s[0] ^ n*0xa0761d6478bd642f)
	b := mix(s[1] + bits.RotateLeft64(n, 29) + a)
	return Seed{a, b}
}

// mix is the finaliser of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Stream opens the stream at this address. The zero Stream is not usable.
func (s Seed) Stream() Stream { return Stream{hi: s[0], lo: s[1] | 1} }

// Stream is a generator of one entity's draws: a 128-bit state Weyl sequence through a multiply-fold, 2^64 draws per address.
// It is a value: copying it copies its future, which is what a resumable renderer wants.
type Stream struct{ hi, lo uint64 }

// Uint64 draws 64 bits.
func (r *Stream) Uint64() uint64 {
	r.hi += r.lo
	a, b := bits.Mul64(r.hi^0xe7037ed1a0b428db, r.hi^bits.RotateLeft64(r.lo, 17))
	return mix(a ^ b)
}

// Float64 draws from [0, 1).
func (r *Stream) Float64() float64 { return float64(r.Uint64()>>11) / (1 << 53) }

// IntN draws from 0..n-1; n must be positive. The bias is below n/2^64.
func (r *Stream) IntN(n int) int {
	hi, _ := bits.Mul64(r.Uint64(), uint64(n))
	return int(hi)
}

// Between draws an integer from lo..hi, both included.
func (r *Stream) Between(lo, hi int) int { return lo + r.IntN(hi-lo+1) }

// Duration draws ns uniformly from [lo, hi).
func (r *Stream) Duration(lo, hi int64) int64 {
	if hi <= lo {
		return lo
	}
	return lo + int64(r.Float64()*float64(hi-lo))
}

// Chance is true with probability p.
func (r *Stream) Chance(p float64) bool { return r.Float64() < p }

// Exp draws from the exponential distribution with the given mean.
func (r *Stream) Exp(mean float64) float64 { return -math.Log1p(-r.Float64()) * mean }

// Normal draws from the standard normal distribution (Box and Muller, 1958; one of the pair).
func (r *Stream) Normal() float64 {
	u := 1 - r.Float64()
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*r.Float64())
}

// LogNormal draws from the log-normal distribution with the given median and sigma of the logarithm.
func (r *Stream) LogNormal(median, sigma float64) float64 { return median * math.Exp(sigma*r.Normal()) }

// Poisson draws a count: Knuth's product below mean 30, a rounded normal above (relative error of the mean below 1e-2 there).
func (r *Stream) Poisson(mean float64) int {
	if mean <= 0 {
		return 0
	}
	if mean > 30 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.Normal())))
	}
	limit, k, p := math.Exp(-mean), 0, 1.0
	for {
		p *= r.Float64()
		if p <= limit {
			return k
		}
		k++
	}
}

// Weighted draws an index with probability proportional to its weight. Weights must not be negative and must not all be zero.
func (r *Stream) Weighted(weights []float64) int {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	x := r.Float64() * sum
	for i, w := range weights {
		if x < w {
			return i
		}
		x -= w
	}
	for i := len(weights) - 1; i > 0; i-- {
		if weights[i] > 0 {
			return i
		}
	}
	return 0
}

// Fill writes random bytes: one multiplication for sixteen of them, since opaque payload is most of a capture.
func (r *Stream) Fill(p []byte) {
	x := r.Uint64()
	for len(p) >= 16 {
		x += 0x9e3779b97f4a7c15
		hi, lo := bits.Mul64(x, x^0xe7037ed1a0b428db)
		binary.LittleEndian.PutUint64(p, hi^lo)
		binary.LittleEndian.PutUint64(p[8:], bits.RotateLeft64(hi, 23)+lo)
		p = p[16:]
	}
	var tail [16]byte
	binary.LittleEndian.PutUint64(tail[:], mix(x))
	binary.LittleEndian.PutUint64(tail[8:], mix(x+1))
	copy(p, tail[:])
}

// Hex draws n lower-case hexadecimal digits.
func (r *Stream) Hex(n int) string { return r.Letters("0123456789abcdef", n) }

// Letters draws n characters of the alphabet.
func (r *Stream) Letters(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// Pick draws one element; s must not be empty.
func Pick[T any](r *Stream, s []T) T { return s[r.IntN(len(s))] }
