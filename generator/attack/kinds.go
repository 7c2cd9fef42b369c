package attack

// Kinds is the library, in a fixed order.
func Kinds() []Kind {
	return []Kind{
		{"tcp-syn-scan", "T1046", "discovery", "half-open probes of TCP ports", []string{"scan"}, newSYNScan},
		{"udp-scan", "T1046", "discovery", "datagrams to UDP ports, answered by ICMP where closed", []string{"scan"}, newUDPScan},
		{"host-sweep", "T1018", "discovery", "echo requests and connection attempts to every address of a subnet", []string{"scan"}, newHostSweep},
		{"ssh-guessing", "T1110.001", "credential-access", "password guessing over SSH", []string{"bruteforce"}, newSSHGuessing},
		{"http-login-guessing", "T1110.001", "credential-access", "password guessing on a web form", []string{"bruteforce"}, newLoginGuessing},
		{"web-scanner", "T1595.003", "reconnaissance", "requests for known paths and files", []string{"scan", "web-attack"}, newWebScanner},
		{"sql-injection", "T1190", "initial-access", "SQL fragments in request parameters", []string{"web-attack", "exploit"}, newSQLInjection},
		{"path-traversal", "T1190", "initial-access", "paths that climb out of the document root", []string{"web-attack", "exploit"}, newPathTraversal},
		{"log4shell-probe", "T1190", "initial-access", "JNDI lookup strings in headers and parameters", []string{"exploit", "web-attack"}, newLog4Shell},
		{"dns-tunnel", "T1071.004", "command-and-control", "data in the labels of DNS queries and in TXT answers", []string{"tunnel", "c2", "exfiltration"}, newDNSTunnel},
		{"http-beacon", "T1071.001", "command-and-control", "small periodic requests to a controller", []string{"c2"}, newBeacon},
		{"icmp-tunnel", "T1095", "command-and-control", "data in echo requests and replies", []string{"tunnel", "c2", "exfiltration"}, newICMPTunnel},
		{"syn-flood", "T1498.001", "impact", "connection requests from invented sources", []string{"dos"}, newSYNFlood},
		{"exfiltration-https", "T1048.002", "exfiltration", "large uploads under TLS", []string{"exfiltration"}, newExfiltration},
		{"smb-lateral", "T1021.002", "lateral-movement", "administrative shares and the service control pipe on one machine after the other", []string{"lateral", "exploit"}, newSMBLateral},
	}
}
