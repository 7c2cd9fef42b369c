// Package junit writes checks the way continuous integration reads tests: JUnit's XML, one test case for each check.
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/evilbench/evilbench/harness/gate"
)

type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Suite    suite    `xml:"testsuite"`
}

type suite struct {
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Skipped  int        `xml:"skipped,attr"`
	Cases    []testCase `xml:"testcase"`
}

type testCase struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	Failure *message `xml:"failure,omitempty"`
	Skipped *message `xml:"skipped,omitempty"`
	Output  string   `xml:"system-out,omitempty"`
}

type message struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// Write writes the verdict.
func Write(w io.Writer, v *gate.Verdict) error {
	s := suite{Name: "evilbench gate", Tests: len(v.Checks)}
	for _, c := range v.Checks {
		t := testCase{Name: c.Name, Class: "evilbench.gate"}
		if c.Cell != "" {
			t.Class += "." + strings.NewReplacer(" ", "_", ".", "_").Replace(c.Cell)
		}
		switch c.Status {
		case gate.Failed:
			s.Failures++
			t.Failure = &message{c.Evidence, c.Evidence + "\n" + c.Remedy}
		case gate.Skipped:
			s.Skipped++
			t.Skipped = &message{Message: c.Evidence}
		default:
			t.Output = c.Evidence
		}
		s.Cases = append(s.Cases, t)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(suites{Tests: s.Tests, Failures: s.Failures, Suite: s}); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w)
	return err
}
