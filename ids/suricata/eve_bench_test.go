package suricata

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"
)

// BenchmarkEVE reads lines as Alerts does, and the same lines with encoding/json alone; x/encoding-json is how many times faster
// the first is: on a whole log, where most bytes are flows and counters, and on its alerts.
func BenchmarkEVE(b *testing.B) {
	text, err := os.ReadFile("testdata/7/eve.json")
	if err != nil {
		b.Fatal(err)
	}
	log := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	var alerts [][]byte
	for _, line := range log {
		if hasType(line, "alert") {
			alerts = append(alerts, line)
		}
	}
	b.Run("log", func(b *testing.B) { benchmarkLines(b, log) })
	b.Run("alerts", func(b *testing.B) { benchmarkLines(b, alerts) })
}

func benchmarkLines(b *testing.B, lines [][]byte) {
	if ours, theirs := decodeFast(b, lines), decodeStandard(b, lines); ours == 0 || ours != theirs {
		b.Fatalf("%d alerts, encoding/json finds %d", ours, theirs)
	}
	var fast, slow time.Duration
	b.SetBytes(int64(len(bytes.Join(lines, nil))))
	b.ReportAllocs()
	for b.Loop() {
		began := time.Now()
		decodeFast(b, lines)
		between := time.Now()
		fast += between.Sub(began)
		b.StopTimer()
		decodeStandard(b, lines)
		slow += time.Since(between)
		b.StartTimer()
	}
	b.ReportMetric(float64(slow)/float64(fast), "x/encoding-json")
}

func decodeFast(b *testing.B, lines [][]byte) (n int) {
	for _, line := range lines {
		if !hasType(line, "alert") {
			continue
		}
		_, ok, err := decodeAlert(line)
		if err != nil {
			b.Fatal(err)
		}
		if ok {
			n++
		}
	}
	return n
}

func decodeStandard(b *testing.B, lines [][]byte) (n int) {
	for _, line := range lines {
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			b.Fatal(err)
		}
		if e.EventType == "alert" {
			n++
		}
	}
	return n
}
