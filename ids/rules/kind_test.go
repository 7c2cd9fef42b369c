package rules

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		category, message, classtype string
		want                         []string
	}{
		{"Detection of a Network Scan", "anything", "", []string{Scan}},
		{"", "anything", "network-scan", []string{Scan}},
		{"Attempted Information Leak", "ET SCAN Potential SSH Scan", "attempted-recon", []string{Scan}},
		{"A Network Trojan was detected", "ET TROJAN Cobalt Strike Beacon", "trojan-activity", []string{C2}},
		{"a network trojan was detected", "", "", []string{C2}},
		{"Potentially Bad Traffic", "ET DNS Query to odd domain", "bad-unknown", nil},
		{"Potentially Bad Traffic", "ET INFO odd domain", "bad-unknown", []string{Policy}},
		{"Attempted Administrator Privilege Gain", "ET EXPLOIT Apache log4j RCE Attempt (http ldap)", "attempted-admin", []string{Exploit}},
		{"Web Application Attack", "ET WEB_SERVER Possible SQL Injection Attempt UNION SELECT", "web-application-attack", []string{WebAttack}},
		{"Generic Protocol Command Decode", "SURICATA STREAM excessive retransmissions", "", []string{ProtocolAnomaly}},
		{"Generic Protocol Command Decode", "GPL NETBIOS SMB IPC$ unicode share access", "protocol-command-decode", []string{Lateral, ProtocolAnomaly}},
		{"Misc activity", "ET EXPLOIT_KIT landing", "misc-activity", []string{Exploit}},
		{"", "DNS Tunnel, iodine", "", []string{Tunnel}},
		{"", "", "", nil},
	} {
		got := Kinds(c.category, c.message, c.classtype)
		if len(got) == 0 {
			got = nil
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s / %s / %s: %s", c.category, c.message, c.classtype, diff)
		}
	}
}

func TestRuleTagBeatsTexts(t *testing.T) {
	s, err := newSet("x", []file{{"a.rules", []byte(
		"alert tcp any any -> any any (msg:\"ET SCAN x\"; classtype:network-scan; metadata:evilbench_kind tunnel; sid:1;)\n" +
			"alert tcp any any -> any any (msg:\"y\"; classtype:attempted-dos; sid:2;)\n")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		sid      int64
		category string
		want     []string
	}{
		{1, "Detection of a Network Scan", []string{Tunnel}}, // the tag
		{2, "", []string{DoS}},                               // the rule's classtype
		{3, "Detection of a Network Scan", []string{Scan}},   // a rule of nobody's
	} {
		if diff := cmp.Diff(c.want, s.Kinds(1, c.sid, c.category, "")); diff != "" {
			t.Errorf("sid %d: %s", c.sid, diff)
		}
	}
}
