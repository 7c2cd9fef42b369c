package foreign

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"github.com/evilbench/evilbench/labels"
)

// campaigns sums up the flows of each campaign.
type campaigns struct {
	by   map[string]*campaign
	more labels.Campaign // what the caller said of the campaign, if there is but one
}

type campaign struct {
	labels.Campaign
	sources, targets map[netip.Addr]bool
}

// add counts a flow to its campaign. Who opened the flow counts as attacking.
func (c *campaigns) add(f *labels.Flow) {
	if f.Campaign == "" {
		return
	}
	one := c.at(f.Campaign, f.Start, f.End)
	one.sources[f.Src], one.targets[f.Dst] = true, true
}

// at is the campaign, which was active from start to end.
func (c *campaigns) at(id string, start, end int64) *campaign {
	one := c.by[id]
	if one == nil {
		one = &campaign{Campaign: c.more, sources: map[netip.Addr]bool{}, targets: map[netip.Addr]bool{}}
		one.Campaign.Campaign = id
		one.Attack = cmp.Or(one.Attack, id)
		one.Parameters = "{}"
		one.Start, one.End = start, end
		if one.Expects == nil {
			one.Expects = expects(one.Attack)
		}
		c.by[id] = one
	}
	one.Start, one.End = min(one.Start, start), max(one.End, end)
	return one
}

// rows are the campaigns in the table's order.
func (c *campaigns) rows() []labels.Campaign {
	var rows []labels.Campaign
	for _, one := range c.by {
		one.Sources, one.Targets = texts(one.sources), texts(one.targets)
		rows = append(rows, one.Campaign)
	}
	slices.SortFunc(rows, func(a, b labels.Campaign) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Campaign, b.Campaign))
	})
	return rows
}

func texts(addrs map[netip.Addr]bool) []string {
	var list []string
	for _, addr := range slices.SortedFunc(maps.Keys(addrs), netip.Addr.Compare) {
		list = append(list, addr.String())
	}
	return list
}
