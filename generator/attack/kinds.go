package attack

// Kinds is the library, in a fixed order.
func Kinds() []Kind {
	return []Kind{
		{
			Name: "tcp-syn-scan", Technique: "T1046", Tactic: "discovery", Summary: "half-open probes of TCP ports",
			Expects: []string{"scan"}, SourceRole: internet, TargetRole: server, New: newSYNScan,
		}, {
			Name: "udp-scan", Technique: "T1046", Tactic: "discovery", Summary: "datagrams to UDP ports, answered by ICMP where closed",
			Expects: []string{"scan"}, SourceRole: local, TargetRole: server, New: newUDPScan,
		}, {
			Name: "host-sweep", Technique: "T1018", Tactic: "discovery",
			Summary: "echo requests and connection attempts to every address of a subnet",
			Expects: []string{"scan"}, SourceRole: local, TargetRole: subnet, New: newHostSweep,
		}, {
			Name: "ssh-guessing", Technique: "T1110.001", Tactic: "credential-access", Summary: "password guessing over SSH",
			Expects: []string{"bruteforce"}, SourceRole: internet, TargetRole: server, New: newSSHGuessing,
		}, {
			Name: "http-login-guessing", Technique: "T1110.001", Tactic: "credential-access", Summary: "password guessing on a web form",
			Expects: []string{"bruteforce"}, SourceRole: internet, TargetRole: server, New: newLoginGuessing,
		}, {
			Name: "web-scanner", Technique: "T1595.003", Tactic: "reconnaissance", Summary: "requests for known paths and files",
			Expects: []string{"scan", "web-attack"}, SourceRole: internet, TargetRole: server, New: newWebScanner,
		}, {
			Name: "sql-injection", Technique: "T1190", Tactic: "initial-access", Summary: "SQL fragments in request parameters",
			Expects: []string{"web-attack", "exploit"}, SourceRole: internet, TargetRole: server, New: newSQLInjection,
		}, {
			Name: "path-traversal", Technique: "T1190", Tactic: "initial-access", Summary: "paths that climb out of the document root",
			Expects: []string{"web-attack", "exploit"}, SourceRole: internet, TargetRole: server, New: newPathTraversal,
		}, {
			Name: "log4shell-probe", Technique: "T1190", Tactic: "initial-access", Summary: "JNDI lookup strings in headers and parameters",
			Expects: []string{"exploit", "web-attack"}, SourceRole: internet, TargetRole: server, New: newLog4Shell,
		}, {
			Name: "dns-tunnel", Technique: "T1071.004", Tactic: "command-and-control", Summary: "data in the labels of DNS queries and in their answers",
			Expects: []string{"tunnel", "c2", "exfiltration"}, SourceRole: local, TargetRole: internet, New: newDNSTunnel,
		}, {
			Name: "http-beacon", Technique: "T1071.001", Tactic: "command-and-control", Summary: "small periodic requests to a controller",
			Expects: []string{"c2"}, SourceRole: local, TargetRole: internet, New: newBeacon,
		}, {
			Name: "icmp-tunnel", Technique: "T1095", Tactic: "command-and-control", Summary: "data in echo requests and replies",
			Expects: []string{"tunnel", "c2", "exfiltration"}, SourceRole: local, TargetRole: internet, New: newICMPTunnel,
		}, {
			Name: "syn-flood", Technique: "T1498.001", Tactic: "impact", Summary: "connection requests that are never completed",
			Expects: []string{"dos"}, SourceRole: internet, TargetRole: server, New: newSYNFlood,
		}, {
			Name: "exfiltration-https", Technique: "T1048.002", Tactic: "exfiltration", Summary: "large uploads under TLS",
			Expects: []string{"exfiltration"}, SourceRole: local, TargetRole: internet, New: newExfiltration,
		}, {
			Name: "smb-lateral", Technique: "T1021.002", Tactic: "lateral-movement",
			Summary: "administrative shares and the service control pipe on one machine after the other",
			Expects: []string{"lateral", "exploit"}, SourceRole: local, TargetRole: server, New: newSMBLateral,
		},
	}
}

// The roles of sources and targets.
const (
	internet = "internet"
	local    = "local"
	server   = "server"
	subnet   = "subnet"
)
