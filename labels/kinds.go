package labels

// Kinds are the words of Campaign.Expects, in the order of FORMAT.md.
func Kinds() []string {
	return []string{
		"scan", "dos", "bruteforce", "web-attack", "exploit", "c2", "tunnel", "exfiltration", "lateral", "policy",
		"protocol-anomaly",
	}
}
