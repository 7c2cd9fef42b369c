package join

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"

	"github.com/evilbench/evilbench/labels"
)

// bytesOf hands out numbers from fuzzed bytes, zeros behind their end.
type bytesOf []byte

func (b *bytesOf) number() uint64 {
	var n [8]byte
	*b = (*b)[copy(n[:], *b):]
	return binary.LittleEndian.Uint64(n[:])
}

// pick is one of the values.
func pick[T any](b *bytesOf, values ...T) T { return values[b.number()%uint64(len(values))] }

// FuzzLadder: whatever an alert says, nothing panics, it gets one verdict on one rung, and the match is in the format's terms.
func FuzzLadder(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 3})
	f.Add(binary.LittleEndian.AppendUint64(nil, 1<<63))
	f.Fuzz(func(t *testing.T, text []byte) {
		truth := office()
		truth.Details = list([]Detail{
			{Packet: 3, Time: t0 + 10*sec, Src: addr("203.0.113.6"), Dst: addr("10.0.0.9"), Proto: tcp, Fragment: true, ID: 7},
			{Packet: 7, Time: t0 + 50*sec, Src: addr("10.0.0.5"), Dst: addr("10.0.0.9"), Proto: protoICMP,
				Quoted: labels.Tuple{Src: addr("10.0.0.9"), Dst: addr("10.0.0.5"), Sport: 80, Dport: 1025, Proto: tcp}},
			{Packet: 1 << 40, Time: t0, Src: addr("10.0.0.5"), Dst: addr("10.0.0.9"), Proto: udp, Fragment: true}, // of another capture
		})
		b := (*bytesOf)(&text)
		hosts := []netip.Addr{{}, addr("10.0.0.5"), addr("10.0.0.9"), addr("203.0.113.6"), addr("2001:db8::1"), addr("fe80::1%eth0")}
		var alerts []labels.Alert
		for len(*b) > 0 && len(alerts) < 50 {
			a := alert(func(a *labels.Alert) {
				a.Packet = pick(b, 0, 3, 5, 7, int64(b.number()))
				a.Time = pick(b, 0, t0+10*sec, t0+50*sec, int64(b.number()))
				a.FlowStart = pick(b, 0, t0, t0+12*sec, int64(b.number()))
				a.Src, a.Dst = pick(b, hosts...), pick(b, hosts...)
				a.Sport, a.Dport = pick(b, 0, 5555, 1025, uint16(b.number())), pick(b, 0, 22, 80, uint16(b.number()))
				a.Proto = pick(b, 0, tcp, udp, protoICMP, protoFragment, uint8(b.number()))
				a.ICMPType, a.ICMPCode = int16(b.number()), int16(b.number())
				a.VLAN, a.IPID = uint32(b.number()), pick(b, 0, 7, uint32(b.number()))
				a.Outer = labels.Tuple{Src: pick(b, hosts...), Dst: pick(b, hosts...), Sport: a.Dport, Dport: a.Sport, Proto: uint8(b.number())}
				a.PacketSource = pick(b, "", captured, "raw", "defrag", "gre tunnel", "shutdown flush", "stream (flow timeout)", "stream_tcp")
			})
			alerts = append(alerts, a)
		}
		i := 0
		counts, err := Run(truth, list(alerts), func(m *labels.Match) error {
			decided := m.Verdict == labels.VerdictTrue
			if m.Alert != alerts[i].Alert || !slices.Contains(rungs, m.Rung) || m.Reason == "" || decided != (m.Campaign != "") ||
				(m.Rung == RungNone) != (m.Verdict == labels.VerdictUnmatchable) || !slices.IsSorted(m.Candidates) ||
				m.Flow != 0 && !slices.Equal(m.Candidates, []int64{m.Flow}) {
				t.Errorf("alert %+v\nmatch %+v", alerts[i], *m)
			}
			i++
			return nil
		}, Options{})
		if err != nil || counts.Read != int64(len(alerts)) || counts.True+counts.False+counts.Ambiguous+counts.Unmatchable != counts.Read {
			t.Fatalf("%d alerts: %+v, %v", len(alerts), counts, err)
		}
	})
}
