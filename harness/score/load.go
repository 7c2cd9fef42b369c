package score

// Load is what false alarms cost whoever reads them. An alert is false where all it can mean is benign, and a group where all its
// alerts are.
type Load struct {
	Hosts      int64       `json:"hosts"` // local addresses that sent something
	Days       float64     `json:"days"`
	Bytes      int64       `json:"bytes"`
	PerHostDay Number      `json:"false_alarms_per_host_day"`
	PerGB      Number      `json:"false_alarms_per_gb"` // 10⁹ bytes on the wire
	More       *LoadByUnit `json:"by_unit,omitempty"`
}

// LoadByUnit is the load beside that of alerts per host-day and GB.
type LoadByUnit struct {
	Groups             int64  `json:"false_groups"`
	GroupsPerHostDay   Number `json:"false_groups_per_host_day"`
	GroupsPerGB        Number `json:"false_groups_per_gb"`
	PerMillionFlows    Number `json:"false_alarms_per_million_flows"`
	GroupsPerMillion   Number `json:"false_groups_per_million_flows"`
	Unattributed       int64  `json:"false_alarms_of_no_host"` // that name no monitored host
	UnattributedGroups int64  `json:"false_groups_of_no_host"`
}

// loadRate is a kind of load: how much of what a host's alerts are divided by.
type loadRate struct {
	unit    string
	of      func(h *host) float64
	whole   float64
	missing string
}

func newLoad(alarms int64, groups Groups, hosts *hostLedger, days float64, bytes int64, s sampler) Load {
	l := Load{Hosts: hosts.count(), Days: days, Bytes: bytes, More: &LoadByUnit{
		Groups: groups.False, Unattributed: hosts.away.alarms, UnattributedGroups: hosts.away.groups,
	}}
	var flows, carried int64
	for i := range hosts.list {
		flows += hosts.list[i].flows
		carried += hosts.list[i].bytes
	}
	hostDay := loadRate{unit: "host-day", whole: float64(l.Hosts) * days, of: func(h *host) float64 {
		if h.local && h.alive {
			return days
		}
		return 0
	}}
	switch {
	case l.Hosts == 0:
		hostDay.missing = "no host of the home network in the corpus"
	case days <= 0:
		hostDay.missing = "the capture has no length"
	}
	// What is on the wire beside flows is shared out as their bytes are.
	gigabyte := loadRate{unit: "GB", whole: float64(bytes) / 1e9, of: func(h *host) float64 {
		return float64(h.bytes) / float64(carried) * float64(bytes) / 1e9
	}}
	if bytes <= 0 {
		gigabyte.missing = "no bytes in the capture"
	}
	million := loadRate{unit: "million flows", whole: float64(flows) / 1e6, of: func(h *host) float64 { return float64(h.flows) / 1e6 }}
	if flows == 0 {
		million.missing = "no flow in the corpus"
	}
	alarmsOf, groupsOf := func(h *host) int64 { return h.alarms }, func(h *host) int64 { return h.groups }
	for _, x := range []struct {
		at    *Number
		rate  loadRate
		count func(*host) int64
		what  string
		n     int64
	}{
		{&l.PerHostDay, hostDay, alarmsOf, "alerts", alarms},
		{&l.PerGB, gigabyte, alarmsOf, "alerts", alarms},
		{&l.More.PerMillionFlows, million, alarmsOf, "alerts", alarms},
		{&l.More.GroupsPerHostDay, hostDay, groupsOf, "groups", groups.False},
		{&l.More.GroupsPerGB, gigabyte, groupsOf, "groups", groups.False},
		{&l.More.GroupsPerMillion, million, groupsOf, "groups", groups.False},
	} {
		*x.at = hosts.load(x.rate, x.count, x.what, x.n, s)
	}
	return l
}

// load is a rate with its bounds over hosts. What is booked on no host is a cluster of its own.
func (l *hostLedger) load(r loadRate, count func(*host) int64, what string, n int64, s sampler) Number {
	unit := what + " per " + r.unit
	if r.missing != "" {
		return Number{Missing: r.missing, Cluster: Cluster{Unit: unit}}
	}
	rate := Number{Value: float64(n) / r.whole, N: n, Cluster: Cluster{Unit: unit}}
	var rows [][]float64
	book := func(h *host) {
		if k, e := count(h), r.of(h); k > 0 || e > 0 {
			rows = append(rows, []float64{float64(k), e})
		}
	}
	for i := range l.list {
		book(&l.list[i])
	}
	book(&l.away)
	s.number(&rate, unit, overHosts, rows, quotient)
	return rate
}
