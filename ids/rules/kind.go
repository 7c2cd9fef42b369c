package rules

import (
	"slices"
	"strings"
)

// KindTag is the metadata key with which a rule names its kinds itself.
const KindTag = "evilbench_kind"

// Every kind of attack an alert can speak of; campaigns name what they expect in the same words.
const (
	Scan            = "scan"
	DoS             = "dos"
	BruteForce      = "bruteforce"
	WebAttack       = "web-attack"
	Exploit         = "exploit"
	C2              = "c2"
	Tunnel          = "tunnel"
	Exfiltration    = "exfiltration"
	Lateral         = "lateral"
	Policy          = "policy"
	ProtocolAnomaly = "protocol-anomaly"
)

// AllKinds lists the words.
func AllKinds() []string {
	return []string{Scan, DoS, BruteForce, WebAttack, Exploit, C2, Tunnel, Exfiltration, Lateral, Policy, ProtocolAnomaly}
}

// byClass gives each classtype its category as engines print it, and the kinds both stand for. A class that says how bad something is but not
// what it is ("Potentially Bad Traffic", "Misc Attack") has none: only the message can tell.
var byClass = []struct {
	classtype, category string
	kinds               []string
}{
	{"network-scan", "Detection of a Network Scan", []string{Scan}},
	{"attempted-recon", "Attempted Information Leak", []string{Scan}},
	{"successful-recon-limited", "Information Leak", []string{Scan}},
	{"successful-recon-largescale", "Large Scale Information Leak", []string{Scan, Exfiltration}},
	{"rpc-portmap-decode", "Decode of an RPC Query", []string{Scan}},
	{"attempted-dos", "Attempted Denial of Service", []string{DoS}},
	{"successful-dos", "Denial of Service", []string{DoS}},
	{"denial-of-service", "Detection of a Denial of Service Attack", []string{DoS}},
	{"suspicious-login", "An attempted login using a suspicious username was detected", []string{BruteForce}},
	{"unsuccessful-user", "Unsuccessful User Privilege Gain", []string{BruteForce}},
	{"default-login-attempt", "Attempt to login by a default username and password", []string{BruteForce}},
	{"web-application-attack", "Web Application Attack", []string{WebAttack}},
	{"web-application-activity", "access to a potentially vulnerable web application", []string{WebAttack}},
	{"attempted-user", "Attempted User Privilege Gain", []string{Exploit}},
	{"successful-user", "Successful User Privilege Gain", []string{Exploit}},
	{"attempted-admin", "Attempted Administrator Privilege Gain", []string{Exploit}},
	{"successful-admin", "Successful Administrator Privilege Gain", []string{Exploit}},
	{"shellcode-detect", "Executable code was detected", []string{Exploit}},
	{"exploit-kit", "Exploit Kit Activity Detected", []string{Exploit}},
	{"system-call-detect", "A system call was detected", []string{Exploit}},
	{"trojan-activity", "A Network Trojan was detected", []string{C2}},
	{"command-and-control", "Malware Command and Control Activity Detected", []string{C2}},
	{"domain-c2", "Domain Observed Used for C2 Detected", []string{C2}},
	{"targeted-activity", "Targeted Malicious Activity was Detected", []string{C2}},
	{"credential-theft", "Successful Credential Theft Detected", []string{Exfiltration}},
	{"policy-violation", "Potential Corporate Privacy Violation", []string{Policy}},
	{"pup-activity", "Possibly Unwanted Program Detected", []string{Policy}},
	{"coin-mining", "Crypto Currency Mining Activity Detected", []string{Policy}},
	{"external-ip-check", "Device Retrieving External IP Address Detected", []string{Policy}},
	{"suspicious-filename-detect", "A suspicious filename was detected", []string{Policy}},
	{"protocol-command-decode", "Generic Protocol Command Decode", []string{ProtocolAnomaly}},
	{"non-standard-protocol", "Detection of a non-standard protocol or event", []string{ProtocolAnomaly}},
	{"unusual-client-port-connection", "A client was using an unusual port", []string{ProtocolAnomaly}},
	{"icmp-event", "Generic ICMP event", []string{ProtocolAnomaly}},
}

// byPrefix reads the group that Emerging Threats, the GPL set and Suricata's own event rules put before a message. The group is the narrower
// word, so it adds to the class. Longer prefixes stand before their own beginnings.
var byPrefix = []struct {
	prefix string
	kinds  []string
}{
	{"ET SCAN ", []string{Scan}},
	{"GPL SCAN ", []string{Scan}},
	{"GPL ICMP", []string{Scan}},
	{"ET DOS ", []string{DoS}},
	{"ET WEB_SERVER ", []string{WebAttack}},
	{"GPL WEB_SERVER ", []string{WebAttack}},
	{"ET WEB_SPECIFIC_APPS ", []string{WebAttack}},
	{"GPL WEB_SPECIFIC_APPS ", []string{WebAttack}},
	{"ET EXPLOIT_KIT ", []string{Exploit}},
	{"ET EXPLOIT ", []string{Exploit}},
	{"GPL EXPLOIT ", []string{Exploit}},
	{"ET SHELLCODE ", []string{Exploit}},
	{"GPL SHELLCODE ", []string{Exploit}},
	{"ET WEB_CLIENT ", []string{Exploit}},
	{"ET ACTIVEX ", []string{Exploit}},
	{"ET ATTACK_RESPONSE ", []string{Exploit}},
	{"GPL ATTACK_RESPONSE ", []string{Exploit}},
	{"ET MALWARE ", []string{C2}},
	{"ET MOBILE_MALWARE ", []string{C2}},
	{"ET TROJAN ", []string{C2}},
	{"ET CNC ", []string{C2}},
	{"ET Threatview", []string{C2}},
	{"ET WORM ", []string{C2, Lateral}},
	{"GPL WORM ", []string{C2, Lateral}},
	{"ET COINMINER ", []string{Policy}},
	{"ET PHISHING ", []string{Exfiltration}},
	{"ET NETBIOS ", []string{Lateral}},
	{"GPL NETBIOS ", []string{Lateral}},
	{"ET RPC ", []string{Lateral}},
	{"GPL RPC ", []string{Lateral}},
	{"ET POLICY ", []string{Policy}},
	{"GPL POLICY ", []string{Policy}},
	{"ET INFO ", []string{Policy}},
	{"ET ADWARE_PUP ", []string{Policy}},
	{"ET USER_AGENTS ", []string{Policy}},
	{"ET CHAT ", []string{Policy}},
	{"GPL CHAT ", []string{Policy}},
	{"ET GAMES ", []string{Policy}},
	{"ET P2P ", []string{Policy}},
	{"GPL P2P ", []string{Policy}},
	{"ET TOR ", []string{Policy}},
	{"SURICATA ", []string{ProtocolAnomaly}},
}

// byWord reads what a message names outright, in lower case, whoever wrote it.
var byWord = []struct {
	word string
	kind string
}{
	{"brute force", BruteForce},
	{"bruteforce", BruteForce},
	{"brute-force", BruteForce},
	{"password guess", BruteForce},
	{"login attempts", BruteForce},
	{"port scan", Scan},
	{"portscan", Scan},
	{"nmap", Scan},
	{"scanner", Scan},
	{"sql injection", WebAttack},
	{"sqli", WebAttack},
	{"sqlmap", WebAttack},
	{"directory traversal", WebAttack},
	{"path traversal", WebAttack},
	{"cross site scripting", WebAttack},
	{"log4j", Exploit},
	{"jndi", Exploit},
	{"cobalt strike", C2},
	{"cobaltstrike", C2},
	{"meterpreter", C2},
	{"beacon", C2},
	{"tunnel", Tunnel},
	{"iodine", Tunnel},
	{"dnscat", Tunnel},
	{"exfil", Exfiltration},
	{"psexec", Lateral},
	{"admin$", Lateral},
	{"lateral movement", Lateral},
	{"syn flood", DoS},
	{"ddos", DoS},
	{"amplification", DoS},
}

// Kinds says which kinds of attack an alert speaks of, in the order of AllKinds. Category is the text an engine prints, classtype the short
// name in the rule; either may be "". The result is empty where the texts only say that something is odd.
func Kinds(category, message, classtype string) []string {
	found := map[string]bool{}
	for _, c := range byClass {
		if c.classtype == classtype || strings.EqualFold(c.category, category) {
			mark(found, c.kinds)
		}
	}
	for _, p := range byPrefix {
		if strings.HasPrefix(message, p.prefix) {
			mark(found, p.kinds)
			break
		}
	}
	lower := strings.ToLower(message)
	for _, w := range byWord {
		if strings.Contains(lower, w.word) {
			found[w.kind] = true
		}
	}
	return slices.DeleteFunc(AllKinds(), func(k string) bool { return !found[k] })
}

func mark(found map[string]bool, kinds []string) {
	for _, k := range kinds {
		found[k] = true
	}
}
