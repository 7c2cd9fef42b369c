package junit

import (
	"bytes"
	"encoding/xml"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/harness/gate"
)

func TestWrite(t *testing.T) {
	v := &gate.Verdict{Checks: []gate.Check{
		{Name: "campaigns detected", Cell: "suricata on office", Status: gate.Passed, Evidence: "0 lost"},
		{Name: "must catch <a&b>", Status: gate.Failed, Evidence: `missed: "a"`, Remedy: "look"},
		{Name: "engine time", Cell: "suricata on office", Status: gate.Skipped, Evidence: "not measured on one side"},
	}}
	var b bytes.Buffer
	if err := Write(&b, v); err != nil {
		t.Fatal(err)
	}
	want := `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1">
  <testsuite name="evilbench gate" tests="3" failures="1" skipped="1">
    <testcase name="campaigns detected" classname="evilbench.gate.suricata_on_office">
      <system-out>0 lost</system-out>
    </testcase>
    <testcase name="must catch &lt;a&amp;b&gt;" classname="evilbench.gate">
      <failure message="missed: &#34;a&#34;">missed: &#34;a&#34;&#xA;look</failure>
    </testcase>
    <testcase name="engine time" classname="evilbench.gate.suricata_on_office">
      <skipped message="not measured on one side"></skipped>
    </testcase>
  </testsuite>
</testsuites>
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	var back suites
	if err := xml.Unmarshal(b.Bytes(), &back); err != nil {
		t.Error(err)
	}
}
