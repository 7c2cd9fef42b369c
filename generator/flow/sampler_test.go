package flow

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/packet"
)

// site is a network whose sources have the given numbers of machines.
type site map[string][]Entity

func newSite(t testing.TB, members map[string]int) site {
	t.Helper()
	out := site{}
	next := byte(0)
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for i := range members[name] {
			next++
			h := &packet.Host{Name: fmt.Sprintf("%s-%d", name, i), Addr: netip.AddrFrom4([4]byte{10, 0, 0, next})}
			if i%2 == 0 {
				h.Addr6 = netip.AddrFrom16([16]byte{0xfd, 15: next})
			}
			out[name] = append(out[name], Entity{Host: h, Name: h.Name})
		}
	}
	return out
}

func (s site) Members(from string) int          { return len(s[from]) }
func (s site) Member(from string, i int) Entity { return s[from][i] }
func (s site) Crowd(string) float64             { return 1 }
func (s site) Pick(from string, _ Want, r *draw.Stream) Entity {
	return s[from][r.IntN(len(s[from]))]
}

func parse(t testing.TB, text string) *model.Model {
	t.Helper()
	m, err := model.Parse("test.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const (
	minute  = int64(60e9)
	tuesday = int64(1709629200e9) // 2024-03-05T09:00:00Z
)

func office(t testing.TB) (*Sampler, site) {
	t.Helper()
	m, err := model.Builtin("example")
	if err != nil {
		t.Fatal(err)
	}
	dir := newSite(t, map[string]int{
		"role:workstation": 8, "role:server": 5, "role:printer": 1, "service:dns": 1, "service:ntp": 1, "service:smb": 1,
		"service:http": 2, "service:tls": 1, "service:ssh": 1, "service:smtp": 1, "service:imaps": 1, "service:submission": 1,
		"internet:web": 40, "internet:cdn": 20, "internet:dns": 2, "internet:ntp": 2, "internet:mail": 5, "internet:ssh": 3,
		"internet:updates": 2, "internet:telemetry": 4,
	})
	s, err := New(m, dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func TestWindowAloneEqualsWindowInSequence(t *testing.T) {
	s, _ := office(t)
	seed := draw.NewSeed(7)
	same := cmp.Options{cmpopts.EquateComparable(Entity{}), cmpopts.EquateEmpty()}
	var sequence []Record
	total := 0
	for w := range int64(20) {
		before := len(sequence)
		sequence = s.Window(seed, w, tuesday+w*minute, tuesday+(w+1)*minute, sequence)
		alone := s.Window(seed, w, tuesday+w*minute, tuesday+(w+1)*minute, nil)
		if diff := cmp.Diff(sequence[before:], alone, same); diff != "" {
			t.Fatalf("window %d (-sequence +alone):\n%s", w, diff)
		}
		if !slices.IsSortedFunc(alone, func(a, b Record) int { return int(max(-1, min(1, a.Time-b.Time))) }) {
			t.Errorf("window %d is not in order of time", w)
		}
		total += len(alone)
	}
	if total < 1000 {
		t.Errorf("20 minutes of the office hold %d flows", total)
	}
}

func TestInstanceAndRowAreUnique(t *testing.T) {
	s, _ := office(t)
	type address struct {
		instance draw.Seed
		row      int
	}
	seen := map[address]bool{}
	for w := range int64(20) {
		for _, r := range s.Window(draw.NewSeed(1), w, tuesday+w*minute, tuesday+(w+1)*minute, nil) {
			a := address{r.Instance, r.Row}
			if seen[a] {
				t.Fatalf("two flows at %v row %d (%s)", r.Instance, r.Row, r.Pattern)
			}
			seen[a] = true
		}
	}
}

// Every connection of a page goes to an address that an earlier lookup of the same instance answered, under the name asked for and
// in the family asked for.
func TestAnswerIsTheNextDestination(t *testing.T) {
	s, _ := office(t)
	answers := map[draw.Seed][]Record{}
	connections := 0
	for _, r := range s.Window(draw.NewSeed(3), 0, tuesday, tuesday+60*minute, nil) {
		if r.Pattern != "page" && r.Pattern != "rich-page" {
			continue
		}
		if r.Service == "dns" {
			answers[r.Instance] = append(answers[r.Instance], r)
			continue
		}
		connections++
		known := slices.ContainsFunc(answers[r.Instance], func(q Record) bool {
			return q.Answer == r.Dst && q.Name == r.Name && q.Src == r.Src && q.Answer6 == r.IPv6 && q.Time < r.Time && q.Row == r.Lookup
		})
		if !known {
			t.Fatalf("%s at %d goes to %s, which was not answered before", r.Pattern, r.Time, r.Name)
		}
	}
	if connections < 500 {
		t.Errorf("only %d connections were looked at", connections)
	}
}

func TestRatesFollowTheProfile(t *testing.T) {
	m := parse(t, `{"format":"evilbench.model/1","provenance":{"name":"x"},
	 "profiles":{"day":{"hours":[0,0,0,0,0,0,0,0,1,4,4,4,2,4,4,4,4,2,1,0,0,0,0,0],"weekdays":[2,2,2,2,2,1,0]}},
	 "patterns":[{"name":"p","per":"role:a","rate":5000,"profile":"day","rows":[
	  {"src":{"use":"self"},"dst":{"set":"D","from":"role:b"},"service":{"fix":"tls"}}]}]}`)
	s, err := New(m, newSite(t, map[string]int{"role:a": 3, "role:b": 2}), 0.5)
	if err != nil {
		t.Fatal(err)
	}
	monday := tuesday - 33*60*minute
	hours, days := m.Profiles["day"].Hours, m.Profiles["day"].Weekdays
	const perWeek = 3 * 7 * 5000 * 0.5
	// A count of a Poisson process leaves mean ± 5 sd with probability below 1e-5 for the means here (168 hours are looked at).
	for h := range int64(week) {
		got := len(s.Window(draw.NewSeed(5), h, monday+h*hour, monday+(h+1)*hour, nil))
		want := perWeek * hours[h%24] / sum(hours) * days[h/24] / sum(days)
		if math.Abs(float64(got)-want) > 5*math.Sqrt(want) {
			t.Errorf("hour %d has %d instances, expected %.1f", h, got, want)
		}
	}
	// A window across several hours holds each hour's share.
	got := float64(len(s.Window(draw.NewSeed(6), 0, monday+hour/2, monday+hour/2+24*hour, nil)))
	want := perWeek * days[0] / sum(days)
	if math.Abs(got-want) > 5*math.Sqrt(want) {
		t.Errorf("a day from half past has %.0f instances, expected %.1f", got, want)
	}
}

const (
	hour = day / 24
	week = 7 * 24
)

func sum(xs []float64) float64 { return mean(xs) * float64(len(xs)) }

// The draws of a three-node network follow its tables: chi-square at a level of 1e-4, fixed seed.
func TestMarginalsFollowTheTables(t *testing.T) {
	m := parse(t, `{"format":"evilbench.model/1","provenance":{"name":"x"},"profiles":{"flat":{"hours":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"weekdays":[1,1,1,1,1,1,1]}},
	 "patterns":[{"name":"p","per":"site","rate":20000,"profile":"flat","rows":[
	  {"src":{"set":"S","from":"role:a"},"dst":{"set":"D","from":"role:b"},"service":{"free":"service"},"proto":{"fix":"tcp"},"port":{"fix":1},"state":{"free":"state"},"in_bytes":{"free":"size"}}],
	  "variables":[
	   {"name":"state","values":["SF","RSTO","REJ"],"parents":["service","size"],"table":[[0.1,0.2,0.7],[1,0,0],[0.3,0.3,0.4],[0.25,0.5,0.25]]},
	   {"name":"service","values":["tls","http"],"table":[[0.6,0.4]]},
	   {"name":"size","bins":[{"low":0,"high":0},{"low":100,"high":1000}],"parents":["service"],"table":[[0.5,0.5],[0.2,0.8]]}]}]}`)
	s, err := New(m, newSite(t, map[string]int{"role:a": 3, "role:b": 2}), 1)
	if err != nil {
		t.Fatal(err)
	}
	joint := map[string]float64{}
	for i, service := range []string{"tls", "http"} {
		for j, size := range []string{"zero", "some"} {
			for k, state := range []string{"SF", "RSTO", "REJ"} {
				v := m.Patterns[0].Variables
				joint[service+size+state] = v[1].Table[0][i] * v[2].Table[i][j] * v[0].Table[2*i+j][k]
			}
		}
	}
	counts, n, below := map[string]float64{}, 0.0, 0.0
	for _, r := range s.Window(draw.NewSeed(11), 0, tuesday, tuesday+24*60*minute, nil) {
		size := "zero"
		if r.InBytes > 0 {
			size = "some"
			if r.InBytes < 100 || r.InBytes > 1000 {
				t.Fatalf("%d bytes are outside the bin", r.InBytes)
			}
			if float64(r.InBytes) < math.Sqrt(100*1000) {
				below++
			}
		}
		counts[r.Service+size+r.State]++
		n++
	}
	chi, cells, some := 0.0, 0, 0.0
	for name, p := range joint {
		if p == 0 {
			if counts[name] > 0 {
				t.Errorf("%s has probability 0 and was drawn %.0f times", name, counts[name])
			}
			continue
		}
		chi += (counts[name] - n*p) * (counts[name] - n*p) / (n * p)
		cells++
		if strings.Contains(name, "some") {
			some += counts[name]
		}
	}
	if limit := 35.6; cells != 10 || chi > limit { // chi-square, 9 degrees of freedom, upper 5e-5
		t.Errorf("chi-square %.1f over %d cells exceeds %.1f", chi, cells, limit)
	}
	if z := math.Abs(below-some/2) / math.Sqrt(some/4); z > 4.5 { // log-uniform: half below the geometric mean
		t.Errorf("%.0f of %.0f sizes are below the geometric mean (z %.1f)", below, some, z)
	}
}

func TestAllUnresolvedSourcesAreReported(t *testing.T) {
	m, err := model.Builtin("example")
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(m, newSite(t, map[string]int{"role:workstation": 1, "service:dns": 1, "internet:web": 3}), 1)
	if err == nil {
		t.Fatal("a network without servers was accepted")
	}
	for _, want := range []string{"internet:cdn", "service:smb", "role:printer", "pattern page, row 2"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %s: %v", want, err)
		}
	}
}

func TestPatternsWithoutAnybodyAreIdle(t *testing.T) {
	m := parse(t, `{"format":"evilbench.model/1","provenance":{"name":"x"},"profiles":{"flat":{"hours":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"weekdays":[1,1,1,1,1,1,1]}},
	 "patterns":[{"name":"p","per":"role:robot","rate":1,"profile":"flat","rows":[{"src":{"use":"self"},"dst":{"set":"D","from":"role:b"},"service":{"fix":"tls"}}]}]}`)
	s, err := New(m, site{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"p"}, s.Idle()); diff != "" {
		t.Error(diff)
	}
}

// A host that would speak to itself puts nothing on the wire; what it would have learned is remembered.
func TestHostsDoNotSpeakToThemselves(t *testing.T) {
	s, _ := office(t)
	for w := range int64(60) {
		for _, r := range s.Window(draw.NewSeed(2), w, tuesday+w*minute, tuesday+(w+1)*minute, nil) {
			if r.Src.Host == r.Dst.Host {
				t.Fatalf("%s: %s speaks to itself", r.Pattern, r.Src.Name)
			}
			if r.IPv6 && (!r.Src.Host.Addr6.IsValid() || !r.Dst.Host.Addr6.IsValid()) {
				t.Fatalf("%s: IPv6 between %s and %s", r.Pattern, r.Src.Name, r.Dst.Name)
			}
		}
	}
}

func TestPartOfWeek(t *testing.T) {
	r := rhythm{parts: 24}
	for _, c := range []struct {
		time int64
		want int
	}{{0, 3 * 24}, {-1, 3*24 - 1}, {tuesday, 24 + 9}, {tuesday - 33*hour, 0}, {tuesday - 33*hour - 1, week - 1}} {
		if got := r.part(c.time); got != c.want {
			t.Errorf("part(%d) = %d, want %d", c.time, got, c.want)
		}
	}
}

func BenchmarkWindow(b *testing.B) {
	s, _ := office(b)
	var out []Record
	n := 0
	b.ReportAllocs()
	for i := range b.N {
		out = s.Window(draw.NewSeed(1), int64(i), tuesday, tuesday+minute/2, out[:0])
		n += len(out)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/record")
}
