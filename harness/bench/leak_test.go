package bench

import (
	"strings"
	"testing"

	"github.com/evilbench/evilbench/labels/corpus"
)

func TestLeakAudit(t *testing.T) {
	e := speaking()
	_, in := tiny(t, e)
	e.rulesBad = 10 - leakRuleCount // so that just the audit's are loaded
	capture := in.Corpus.Path(corpus.Traffic)
	leak, err := LeakAudit(t.Context(), e, fakeRunner{e}, capture, in.Corpus.HomeNet, t.TempDir())
	if err != nil || leak != (Leak{Packets: 2, Alerts: 3, First: 1}) {
		t.Errorf("%+v, %v", leak, err)
	}
	e.alerts = nil
	if leak, err := LeakAudit(t.Context(), e, fakeRunner{e}, capture, in.Corpus.HomeNet, t.TempDir()); err != nil || leak.Alerts != 0 {
		t.Errorf("silent: %+v, %v", leak, err)
	}
	e.rulesBad = 10
	_, err = LeakAudit(t.Context(), e, fakeRunner{e}, capture, in.Corpus.HomeNet, t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "proves nothing") {
		t.Errorf("%v: silence without a rule passed", err)
	}
}
