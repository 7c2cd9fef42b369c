package rules

import (
	"net/netip"
	"testing"
)

var variables = Variables{
	"HOME_NET": "[10.0.0.0/8,2001:db8::/32]", "EXTERNAL_NET": "!$HOME_NET", "HTTP_PORTS": "80", "WEB": "[$HTTP_PORTS,8000:8100]", "LOOP": "$LOOP",
	"ANY": "any",
}

func TestAddress(t *testing.T) {
	for _, c := range []struct {
		expression, address string
		want                bool
	}{
		{"any", "192.0.2.1", true},
		{"$HOME_NET", "10.1.2.3", true},
		{"$HOME_NET", "192.0.2.1", false},
		{"$EXTERNAL_NET", "192.0.2.1", true},
		{"$EXTERNAL_NET", "2001:db8::1", false},
		{"!$EXTERNAL_NET", "2001:db8::1", true},
		{"[10.0.0.0/8,!10.0.0.1]", "10.0.0.2", true},
		{"[10.0.0.0/8,!10.0.0.1]", "10.0.0.1", false},
		{"[!10.0.0.1]", "10.0.0.2", true},
		{"[!10.0.0.1,!10.0.0.2]", "10.0.0.2", false},
		{"[192.0.2.1,[10.0.0.0/8,!10.0.0.1]]", "10.0.0.2", true},
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1-192.0.2.9", "192.0.2.5", true},
		{"192.0.2.1-192.0.2.9", "192.0.2.10", false},
		{"!$ANY", "192.0.2.1", false},
	} {
		got, err := variables.Address(c.expression, netip.MustParseAddr(c.address))
		if err != nil || got != c.want {
			t.Errorf("%s covers %s: %v, %v; want %v", c.expression, c.address, got, err, c.want)
		}
	}
	for _, wrong := range []string{"$NOT_THERE", "$LOOP", "10.0.0.0/99", "example.com", "[10.0.0.0/8,$NOT_THERE]", "!$NOT_THERE", ""} {
		if yes, err := variables.Address(wrong, netip.MustParseAddr("192.0.2.1")); err == nil || yes {
			t.Errorf("%q: %v, no error", wrong, yes)
		}
	}
}

func TestPort(t *testing.T) {
	for _, c := range []struct {
		expression string
		port       uint16
		want       bool
	}{
		{"any", 1, true},
		{"80", 80, true},
		{"80", 81, false},
		{"$WEB", 8050, true},
		{"$WEB", 8101, false},
		{"!$HTTP_PORTS", 80, false},
		{"1024:", 65535, true},
		{":1023", 1024, false},
		{"[1:100,!80]", 80, false},
		{"[1:100, !80]", 81, true},
	} {
		got, err := variables.Port(c.expression, c.port)
		if err != nil || got != c.want {
			t.Errorf("%s covers %d: %v, %v; want %v", c.expression, c.port, got, err, c.want)
		}
	}
	for _, wrong := range []string{"http", "70000", "1:x", "$HOME_NET", ""} {
		if yes, err := variables.Port(wrong, 443); err == nil || yes {
			t.Errorf("%q: %v, no error", wrong, yes)
		}
	}
}

// Expressions come out of anybody's ruleset.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"any", "[10.0.0.0/8,!10.0.0.1]", "!$HOME_NET", "[[[", "]],", "1:2:3", "10.0.0.1-10.0.0.9", "$LOOP"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		if yes, err := variables.Address(expression, netip.MustParseAddr("10.0.0.1")); yes && err != nil {
			t.Errorf("%q covers it, with error %v", expression, err)
		}
		if yes, err := variables.Port(expression, 80); yes && err != nil {
			t.Errorf("%q covers it, with error %v", expression, err)
		}
	})
}
