package labels

import (
	"math"
	"net/netip"
	"slices"
)

// The five tables. Batch sizes keep what is in memory near 4 MB where rows carry text of the engines' own size.
var (
	// Packets holds one row a packet of a corpus's capture, in capture order.
	Packets = newTable("packets", 1, 32<<10, nil,
		int64s("index", func(p *Packet) *int64 { return &p.Index }),
		times("time", func(p *Packet) *int64 { return &p.Time }),
		int64s("flow", func(p *Packet) *int64 { return &p.Flow }, 0),
		optionalTexts("campaign", func(p *Packet) *string { return &p.Campaign }),
		bools("forward", func(p *Packet) *bool { return &p.Forward }),
		bools("tainted", func(p *Packet) *bool { return &p.Tainted }),
		uint32s("bytes", func(p *Packet) *uint32 { return &p.Bytes }, 0).since(),
	)

	// Flows holds one row a biflow, ascending by flow number.
	Flows = newTable("flows", 1, 8<<10, nil,
		int64s("flow", func(f *Flow) *int64 { return &f.Flow }),
		texts("community_id", func(f *Flow) *string { return &f.CommunityID }),
		uint32s("vlan", func(f *Flow) *uint32 { return &f.VLAN }),
		uint8s("proto", func(f *Flow) *uint8 { return &f.Proto }),
		addresses("src", func(f *Flow) *netip.Addr { return &f.Src }, false),
		uint16s("sport", func(f *Flow) *uint16 { return &f.Sport }),
		addresses("dst", func(f *Flow) *netip.Addr { return &f.Dst }, false),
		uint16s("dport", func(f *Flow) *uint16 { return &f.Dport }),
		int16s("icmp_type", func(f *Flow) *int16 { return &f.ICMPType }, -1),
		int16s("icmp_code", func(f *Flow) *int16 { return &f.ICMPCode }, -1),
		times("start", func(f *Flow) *int64 { return &f.Start }),
		times("end", func(f *Flow) *int64 { return &f.End }),
		int64s("fwd_packets", func(f *Flow) *int64 { return &f.FwdPackets }),
		int64s("bwd_packets", func(f *Flow) *int64 { return &f.BwdPackets }),
		int64s("fwd_bytes", func(f *Flow) *int64 { return &f.FwdBytes }),
		int64s("bwd_bytes", func(f *Flow) *int64 { return &f.BwdBytes }),
		optionalTexts("service", func(f *Flow) *string { return &f.Service }),
		texts("state", func(f *Flow) *string { return &f.State }),
		texts("class", func(f *Flow) *string { return (*string)(&f.Class) }),
		optionalTexts("campaign", func(f *Flow) *string { return &f.Campaign }),
		optionalTexts("stage", func(f *Flow) *string { return &f.Stage }).since(),
	)

	// Campaigns holds one row an attack instance, ascending by (start, campaign).
	Campaigns = newTable("campaigns", 1, 1<<10, ownCampaign,
		texts("campaign", func(c *Campaign) *string { return &c.Campaign }),
		texts("attack", func(c *Campaign) *string { return &c.Attack }),
		texts("technique", func(c *Campaign) *string { return &c.Technique }),
		texts("tactic", func(c *Campaign) *string { return &c.Tactic }),
		times("start", func(c *Campaign) *int64 { return &c.Start }),
		times("end", func(c *Campaign) *int64 { return &c.End }),
		textLists("sources", func(c *Campaign) *[]string { return &c.Sources }),
		textLists("targets", func(c *Campaign) *[]string { return &c.Targets }),
		texts("intensity", func(c *Campaign) *string { return &c.Intensity }),
		optionalTexts("evasion", func(c *Campaign) *string { return &c.Evasion }),
		optionalTexts("twin_of", func(c *Campaign) *string { return &c.TwinOf }),
		texts("parameters", func(c *Campaign) *string { return &c.Parameters }),
		textLists("expects", func(c *Campaign) *[]string { return &c.Expects }),
	)

	// Alerts holds one row an alert of an engine, in the order read.
	Alerts = newTable("alerts", 1, 1<<10, nil,
		int64s("alert", func(a *Alert) *int64 { return &a.Alert }),
		times("time", func(a *Alert) *int64 { return &a.Time }, 0),
		texts("engine", func(a *Alert) *string { return &a.Engine }),
		int64s("gid", func(a *Alert) *int64 { return &a.GID }),
		int64s("sid", func(a *Alert) *int64 { return &a.SID }),
		int64s("rev", func(a *Alert) *int64 { return &a.Rev }),
		texts("name", func(a *Alert) *string { return &a.Name }),
		texts("category", func(a *Alert) *string { return &a.Category }),
		int32s("severity", func(a *Alert) *int32 { return &a.Severity }, 0),
		float64s("score", func(a *Alert) *float64 { return &a.Score }, math.NaN()),
		addresses("src", func(a *Alert) *netip.Addr { return &a.Src }, true),
		uint16s("sport", func(a *Alert) *uint16 { return &a.Sport }),
		addresses("dst", func(a *Alert) *netip.Addr { return &a.Dst }, true),
		uint16s("dport", func(a *Alert) *uint16 { return &a.Dport }),
		uint8s("proto", func(a *Alert) *uint8 { return &a.Proto }, 0),
		texts("direction", func(a *Alert) *string { return &a.Direction }),
		int64s("packet", func(a *Alert) *int64 { return &a.Packet }, 0),
		optionalTexts("engine_flow", func(a *Alert) *string { return &a.EngineFlow }),
		times("flow_start", func(a *Alert) *int64 { return &a.FlowStart }, 0),
		bools("flow_forward", func(a *Alert) *bool { return &a.FlowForward }),
		optionalTexts("community_id", func(a *Alert) *string { return &a.CommunityID }),
		int16s("icmp_type", func(a *Alert) *int16 { return &a.ICMPType }, -1),
		int16s("icmp_code", func(a *Alert) *int16 { return &a.ICMPCode }, -1),
		uint32s("vlan", func(a *Alert) *uint32 { return &a.VLAN }),
		uint32s("ip_id", func(a *Alert) *uint32 { return &a.IPID }, 0),
		addresses("outer_src", func(a *Alert) *netip.Addr { return &a.Outer.Src }, true),
		uint16s("outer_sport", func(a *Alert) *uint16 { return &a.Outer.Sport }),
		addresses("outer_dst", func(a *Alert) *netip.Addr { return &a.Outer.Dst }, true),
		uint16s("outer_dport", func(a *Alert) *uint16 { return &a.Outer.Dport }),
		uint8s("outer_proto", func(a *Alert) *uint8 { return &a.Outer.Proto }, 0),
		texts("kind", func(a *Alert) *string { return &a.Kind }),
		optionalTexts("packet_source", func(a *Alert) *string { return &a.PacketSource }),
		texts("raw", func(a *Alert) *string { return &a.Raw }),
	)

	// Matches holds one row an alert, in the alerts' order: where it went and why.
	Matches = newTable("matches", 1, 8<<10, ownMatch,
		int64s("alert", func(m *Match) *int64 { return &m.Alert }),
		texts("rung", func(m *Match) *string { return &m.Rung }),
		texts("reason", func(m *Match) *string { return &m.Reason }),
		int64s("packet", func(m *Match) *int64 { return &m.Packet }, 0),
		int64s("flow", func(m *Match) *int64 { return &m.Flow }, 0),
		optionalTexts("campaign", func(m *Match) *string { return &m.Campaign }),
		numberLists("candidates", func(m *Match) *[]int64 { return &m.Candidates }),
		texts("verdict", func(m *Match) *string { return (*string)(&m.Verdict) }),
	)
)

func ownCampaign(c *Campaign) {
	c.Sources = slices.Clone(c.Sources)
	c.Targets = slices.Clone(c.Targets)
	c.Expects = slices.Clone(c.Expects)
}

func ownMatch(m *Match) { m.Candidates = slices.Clone(m.Candidates) }
