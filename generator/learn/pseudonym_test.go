package learn

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

// sharedBits is how many first bits two addresses have in common.
func sharedBits(a, b netip.Addr) int {
	x, y := a.AsSlice(), b.AsSlice()
	n := 0
	for n < 8*len(x) && (x[n/8]^y[n/8])>>(7-n%8)&1 == 0 {
		n++
	}
	return n
}

func TestPseudonymsKeepPrefixes(t *testing.T) {
	p := newPseudonyms([]byte("secret"))
	rapid.Check(t, func(t *rapid.T) {
		bytes := rapid.SliceOfN(rapid.Byte(), 4, 4)
		x := [4]byte(bytes.Draw(t, "a"))
		y := [4]byte(bytes.Draw(t, "b"))
		n := rapid.IntRange(0, 4).Draw(t, "common")
		copy(y[:n], x[:n])
		a, b := netip.AddrFrom4(x), netip.AddrFrom4(y)
		pa, pb := p.of(a), p.of(b)
		if (a == b) != (pa == pb) {
			t.Fatalf("%v and %v become %v and %v", a, b, pa, pb)
		}
		if kept(a) < 0 || kept(b) < 0 {
			return // groups and the like stay themselves
		}
		if shared := sharedBits(a, b); shared >= 8 && sharedBits(pa, pb) != shared {
			t.Fatalf("%v and %v have %d bits in common, %v and %v %d", a, b, shared, pa, pb, sharedBits(pa, pb))
		}
		if a.IsPrivate() != pa.IsPrivate() || a.IsMulticast() != pa.IsMulticast() || a.IsLinkLocalUnicast() != pa.IsLinkLocalUnicast() {
			t.Fatalf("%v is of another sort than %v", pa, a)
		}
	})
}

func TestPseudonymsOfIPv6(t *testing.T) {
	p := newPseudonyms([]byte("secret"))
	a, b := netip.MustParseAddr("2001:db8:1::1"), netip.MustParseAddr("2001:db8:1::2")
	if got, want := sharedBits(p.of(a), p.of(b)), sharedBits(a, b); got != want {
		t.Errorf("%d bits in common, want %d", got, want)
	}
	for _, same := range []string{"ff02::fb", "::", "255.255.255.255", "224.0.0.251", "127.0.0.1"} {
		if x := netip.MustParseAddr(same); p.of(x) != x {
			t.Errorf("%v becomes %v", x, p.of(x))
		}
	}
	local := netip.MustParseAddr("fe80::1:2")
	if !p.of(local).IsLinkLocalUnicast() || p.of(local) == local {
		t.Errorf("%v becomes %v", local, p.of(local))
	}
	if newPseudonyms([]byte("other")).of(a) == p.of(a) {
		t.Error("another secret gives the same pseudonym")
	}
}
