package join

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/evilbench/evilbench/labels"
)

// campaigns are those of the truth, in its order, to be found by id, by host and by time.
type campaigns struct {
	list             []campaign
	number           map[string]int32 // by id
	sources, targets map[[16]byte][]int32
	ends             tower // of those in byStart
	byStart          []int32
}

// campaign is what the join keeps of a campaign.
type campaign struct {
	id string
	span
}

func (c *campaigns) read(rows []labels.Campaign) error {
	*c = campaigns{number: map[string]int32{}, sources: map[[16]byte][]int32{}, targets: map[[16]byte][]int32{}}
	for i := range rows {
		r := &rows[i]
		if _, twice := c.number[r.Campaign]; twice {
			return fmt.Errorf("campaigns: %q occurs twice; a campaign's id is unique in a corpus", r.Campaign)
		}
		n := int32(i)
		c.number[r.Campaign] = n
		c.list = append(c.list, campaign{r.Campaign, span{r.Start, r.End}})
		c.byStart = append(c.byStart, n)
		enter(c.sources, r.Sources, n)
		enter(c.targets, r.Targets, n)
	}
	slices.SortStableFunc(c.byStart, func(a, b int32) int { return cmp.Compare(c.list[a].from, c.list[b].from) })
	c.ends = newTower(len(c.list), func(p int) int64 { return c.list[c.byStart[p]].to })
	return nil
}

// enter books a campaign under its hosts. What is no address is no host that could be in an alert.
func enter(index map[[16]byte][]int32, hosts []string, n int32) {
	for _, s := range hosts {
		if a, err := netip.ParseAddr(s); err == nil {
			k := a.As16()
			index[k] = append(index[k], n)
		}
	}
}

// position finds a campaign by its id; "" is benign.
func (c *campaigns) position(id string) (int32, bool) {
	if id == "" {
		return benign, true
	}
	n, known := c.number[id]
	return n, known
}

// between visits the campaigns under way then, until the visitor has had enough.
func (c *campaigns) during(then span, visit func(n int32) (more bool)) {
	behind, _ := slices.BinarySearchFunc(c.byStart, then.to, func(n int32, at int64) int {
		if c.list[n].from > at {
			return 1
		}
		return -1
	})
	for p := c.ends.last(0, behind-1, then.from); p >= 0; p = c.ends.last(0, p-1, then.from) {
		if !visit(c.byStart[p]) {
			return
		}
	}
}
