package generator

import (
	"net/netip"
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/flow"
	"github.com/evilbench/evilbench/generator/packet"
)

// kinds are what a host on the Internet can be known for, with their share of the pool, the stacks they run and the first label
// of their names. Every kind has at least one host. Names are invented.
var kinds = []struct {
	name   string
	share  float64
	stacks []string
	labels []string
}{
	{"web", 0.44, []string{"linux-server", "linux-server", "linux", "freebsd", "windows-2022"}, []string{"www", "www", "www", "api", "shop", "news", "wiki", "app"}},
	{"cdn", 0.16, []string{"linux-server", "linux-server", "freebsd"}, []string{"cdn", "static", "img", "assets", "fonts", "js"}},
	{"updates", 0.04, []string{"linux-server", "windows-2022"}, []string{"download", "update", "mirror"}},
	{"telemetry", 0.04, []string{"linux-server"}, []string{"telemetry", "metrics", "events"}},
	{"mail", 0.10, []string{"linux-server", "windows-2022", "freebsd"}, []string{"mx1", "mail", "mx"}},
	{"ntp", 0.04, []string{"linux-server", "freebsd"}, []string{"ntp1", "time", "ntp"}},
	{"ssh", 0.06, []string{"linux-server", "linux"}, []string{"git", "shell", "build"}},
	{"dns", 0.04, []string{"linux-server", "freebsd"}, []string{"ns1", "ns2"}},
	{"client", 0.08, []string{"linux", "windows-10", "windows-11", "macos"}, []string{"dyn", "pool", "dsl"}},
}

var (
	syllables  = []string{"al", "bor", "cen", "dor", "el", "fin", "gra", "hal", "in", "jor", "kel", "lum", "mar", "nor", "or", "pel", "quin", "ros", "sol", "tra", "ul", "vor", "wes", "xan", "yor", "zel", "ta", "mi", "ro", "vi", "na", "le"}
	endingsTLD = []string{"com", "com", "com", "com", "net", "net", "org", "org", "io", "eu", "de", "fr"}
)

// blocks are first octets in general public use; nothing special (RFC 6890) lies in them.
var blocks = []byte{13, 18, 23, 31, 34, 35, 37, 46, 51, 52, 54, 62, 66, 77, 80, 85, 88, 93, 95, 104, 109, 128, 130, 137, 141, 142, 151, 159, 162, 176, 178, 185, 193, 194, 199, 204, 207, 212, 213, 216, 217}

// stranger draws one host beyond the router: public address, name, stack, distance.
func stranger(at draw.Seed, kind int, router *packet.Host, taken map[netip.Addr]bool) flow.Entity {
	r := at.Stream()
	k := &kinds[kind]
	stack, _ := packet.StackByName(draw.Pick(&r, k.stacks))
	h := &packet.Host{MAC: router.MAC, Stack: stack, Hops: uint8(r.Between(5, 19)), Delay: int64(min(120e6, 3e6+r.LogNormal(11e6, 0.8)))}
	for {
		h.Addr = netip.AddrFrom4([4]byte{draw.Pick(&r, blocks), byte(r.Between(1, 250)), byte(r.IntN(256)), byte(r.Between(2, 253))})
		if !taken[h.Addr] {
			break
		}
	}
	taken[h.Addr] = true
	if r.Chance(0.55) {
		h.Addr6 = strange6(&r)
	}
	h.Name = hostName(&r, k.labels)
	return flow.Entity{Host: h, Name: h.Name}
}

// strange6 draws a server's IPv6 address.
func strange6(r *draw.Stream) netip.Addr {
	var a [16]byte
	r.Fill(a[:])
	a[0], a[1], a[2], a[3], a[4] = 0x2a, byte(r.Between(0, 15)), byte(r.IntN(256)), byte(r.IntN(256))&0xf8, 0
	for i := 8; i < 14; i++ {
		a[i] = 0
	}
	return netip.AddrFrom16(a)
}

// hostName invents a name.
func hostName(r *draw.Stream, labels []string) string {
	var b strings.Builder
	b.WriteString(draw.Pick(r, labels))
	b.WriteByte('.')
	for range r.Between(2, 4) {
		b.WriteString(draw.Pick(r, syllables))
	}
	if r.Chance(0.15) {
		b.WriteByte('-')
		b.WriteString(draw.Pick(r, syllables))
	}
	b.WriteByte('.')
	b.WriteString(draw.Pick(r, endingsTLD))
	return b.String()
}

// internet draws the pool of strangers, in the fixed order of the kinds.
func internet(at draw.Seed, size int, router *packet.Host) [][]flow.Entity {
	taken := map[netip.Addr]bool{}
	pool := make([][]flow.Entity, len(kinds))
	for k := range kinds {
		n := max(1, int(kinds[k].share*float64(size)))
		for i := range n {
			pool[k] = append(pool[k], stranger(at.Word(kinds[k].name).Number(uint64(i)), k, router, taken))
		}
	}
	return pool
}
