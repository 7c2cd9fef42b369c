package join

import "math"

// tower answers where, going back from a position, the next value of at least so much stands. Each level holds the largest value
// of 64 of the level below, so that an answer takes a few dozen steps however long the list is.
type tower struct {
	value  func(int) int64
	levels [][]int64
}

const floorBits = 6 // 64 below one

func newTower(n int, value func(int) int64) tower {
	t := tower{value: value}
	for n > 1 {
		level, below := len(t.levels), n
		above := make([]int64, (n+1<<floorBits-1)>>floorBits)
		parallel(len(above), func(from, to int) {
			for i := from; i < to; i++ {
				most := int64(math.MinInt64)
				for j := i << floorBits; j < min(below, (i+1)<<floorBits); j++ {
					most = max(most, t.at(level, j))
				}
				above[i] = most
			}
		})
		t.levels = append(t.levels, above)
		n = len(above)
	}
	return t
}

func (t *tower) at(level, i int) int64 {
	if level == 0 {
		return t.value(i)
	}
	return t.levels[level-1][i]
}

// last is the last position in [low, high] whose value is at least floor, -1 where there is none.
func (t *tower) last(low, high int, floor int64) int { return t.find(0, low, high, floor) }

func (t *tower) find(level, low, high int, floor int64) int {
	for p := high; p >= low; p-- {
		if t.at(level, p) >= floor {
			return p
		}
		if p&(1<<floorBits-1) != 0 || level == len(t.levels) {
			continue
		}
		// At the left edge of a block: step over the blocks before it that do not reach so far.
		block := t.find(level+1, low>>floorBits, p>>floorBits-1, floor)
		if block < 0 {
			return -1
		}
		p = (block + 1) << floorBits
	}
	return -1
}
