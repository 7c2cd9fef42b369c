package bench

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
)

// linkTypes are the LINKTYPE_ numbers that the engines read: BSD loopback, Ethernet, raw IP, Linux cooked captures.
var linkTypes = []int{0, 1, 12, 101, 113, 228, 229, 276}

// traffic is what a look at the flows tells before an engine is started.
type traffic struct {
	flows    int64
	strange  int64 // with no end in the home network
	inside   int   // campaigns with every flow between local hosts
	vlan     bool
	homeless string // example of a strange flow
}

// survey refuses what no engine reads, and looks at who talks to whom.
func survey(ctx context.Context, c *corpus.Corpus) (traffic, error) {
	var t traffic
	if !slices.Contains(linkTypes, c.LinkType) {
		return t, fmt.Errorf("%s: link type %d is one that no engine reads; convert the capture to Ethernet or raw IP and import it again",
			c.Path(corpus.Traffic), c.LinkType)
	}
	home, err := prefixes(c.HomeNet)
	if err != nil {
		return t, fmt.Errorf("%s: %w", c.Path(corpus.ManifestFile), err)
	}
	outside := map[string]bool{} // campaigns, and whether one of their flows has an end outside
	for f, err := range labels.Flows.Rows(ctx, c.Path(corpus.Flows)) {
		if err != nil {
			return t, err
		}
		t.flows++
		t.vlan = t.vlan || f.VLAN != 0
		src, dst := contains(home, f.Src), contains(home, f.Dst)
		if !src && !dst && placeable(&f) {
			if t.strange++; t.strange == 1 {
				t.homeless = fmt.Sprintf("%s and %s", f.Src, f.Dst)
			}
		}
		if f.Campaign != "" {
			outside[f.Campaign] = outside[f.Campaign] || !src || !dst
		}
	}
	for _, o := range outside {
		if !o {
			t.inside++
		}
	}
	return t, nil
}

// placeable tells whether a flow's addresses say where its ends are: those of DHCP, multicast and link-local traffic do not.
func placeable(f *labels.Flow) bool {
	return !f.Src.IsUnspecified() && !f.Src.IsLinkLocalUnicast() && !f.Dst.IsMulticast()
}

func prefixes(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("home network: %q is not a prefix: write it like 192.168.0.0/16", s)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

func contains(list []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}

// findings says what rules cannot see by their address variables.
func (t *traffic) findings(c *corpus.Corpus) []string {
	var out []string
	if t.strange > 0 {
		out = append(out, fmt.Sprintf("%s of %s flows have no end in the home network %s (first: %s): rules that name it cannot match them",
			thousands(t.strange), thousands(t.flows), strings.Join(c.HomeNet, ", "), t.homeless))
	}
	if t.inside > 0 {
		out = append(out, fmt.Sprintf("%d of %d campaigns stay between local hosts: rules that want an end outside cannot match them",
			t.inside, c.Campaigns))
	}
	return out
}

// mostFindings bounds how much of what an engine said becomes warnings; the rest is in run.json.
const mostFindings = 3

// ruleFindings says which rules the engine could not load.
func ruleFindings(r *ids.Report) []string {
	if r.RulesFailed == 0 {
		return nil
	}
	out := []string{fmt.Sprintf("%s of %s rules cannot be loaded by this engine and are left out",
		thousands(int64(r.RulesFailed)), thousands(int64(r.RulesLoaded+r.RulesFailed)))}
	return append(out, r.RuleErrors[:min(len(r.RuleErrors), mostFindings)]...)
}

// engineFindings says what the engine lost.
func engineFindings(r *ids.Report, c *corpus.Corpus) []string {
	var out []string
	add := func(when bool, format string, args ...any) {
		if when {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	add(r.Packets != c.Packets, "the engine read %s of %s packets", thousands(r.Packets), thousands(c.Packets))
	add(r.InvalidPkts > 0, "%s packets could not be decoded by the engine", thousands(r.InvalidPkts))
	add(r.BadChecksums > 0, "%s packets had wrong checksums and were not inspected", thousands(r.BadChecksums))
	add(r.AlertOverflow > 0, "%s alerts were lost: more than the engine keeps for one packet", thousands(r.AlertOverflow))
	add(r.RulesSkipped > 0, "%s rules were skipped by the engine for want of a feature", thousands(int64(r.RulesSkipped)))
	said := len(r.Warnings)
	out = append(out, lastOf(r.Warnings, mostFindings)...)
	add(said > mostFindings, "%d further messages of the engine are in %s", said-mostFindings, RunFile)
	return out
}

// lastOf is the end of a list.
func lastOf(list []string, n int) []string { return list[max(0, len(list)-n):] }
