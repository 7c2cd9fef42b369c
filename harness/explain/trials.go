package explain

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/rules"
)

// Trial is one run of the engine on the campaign's packets alone.
type Trial struct {
	Changed  string `json:"changed"`
	Rules    int    `json:"rules"`    // loaded
	Alerts   int64  `json:"alerts"`   // all
	Expected int64  `json:"expected"` // of a kind that the campaign expects
	Fired    []Hit  `json:"fired"`
}

// trials are the experiments on a campaign. All lifts at once come first: what stays silent then is silent for another reason, and what
// fires is all that the others need to load.
type trials struct {
	ran      bool
	nothing  *outcome           // no lift
	all      *outcome           // every lift that applies
	alone    map[Cause]*outcome // one lift
	without  map[Cause]*outcome // every lift but one; only where none works alone
	lifted   []*lift            // that apply
	anywhere *outcome           // rules that fit but for the port, on every port; only where all lifts find nothing
	done     []Trial
}

// outcome is what the engine said in a trial.
type outcome struct {
	Trial
	fired        map[rules.ID][]said
	mostOnPacket int
}

// said is one alert of a trial.
type said struct {
	time     int64
	src, dst netip.Addr
}

// maxSaid bounds what is kept of one rule's alerts; counts go on.
const maxSaid = 100_000

func (o *outcome) found() bool { return o != nil && o.Expected > 0 }

// laboratory is where trials are run.
type laboratory struct {
	*scene
	runner  ids.Runner
	dir     string
	capture string
	ports   []uint16
	number  int
}

// experiment runs the trials. why says what there is to say where there are none; it is an error only where experiments are required.
func (s *scene) experiment(ctx context.Context) (why string, err error) {
	why, err = s.runTrials(ctx)
	var missing *ids.Missing
	if errors.As(err, &missing) && !s.Require {
		return missing.Error() + " (" + missing.Hint + ")", nil
	}
	if why != "" && s.Require {
		return "", fmt.Errorf("no experiment is possible: %s", why)
	}
	return why, err
}

func (s *scene) runTrials(ctx context.Context) (why string, err error) {
	switch {
	case s.Open == nil:
		return "not asked for", nil
	case s.record.Identity.Runner == "recorded":
		return "the run is a recording: no engine was started", nil
	case s.set == nil && s.record.Ruleset.Name == "":
		return "the run had no rules", nil
	case s.set == nil || !s.settled:
		return "the run kept neither its rules nor its configuration; run it again", nil
	case s.packets.count == 0:
		return "the capture has no packet of the campaign", nil
	}
	l := &laboratory{scene: s}
	if l.runner, err = s.Open(ctx, s.record); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, l.runner.Close()) }()
	if l.dir, err = os.MkdirTemp("", "evilbench-explain-"); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(l.dir)) }()
	if err := os.Chmod(l.dir, 0o755); err != nil { // engines in containers are other users
		return "", err
	}
	l.capture = filepath.Join(l.dir, "campaign.pcap")
	if _, err := s.cut(ctx, l.capture, s.wanted(), s.record.TaintKept); err != nil {
		return "", err
	}
	for i := range s.ends {
		if s.ends[i].dport != 0 && !slices.Contains(l.ports, s.ends[i].dport) {
			l.ports = append(l.ports, s.ends[i].dport)
		}
	}
	l.ports = l.ports[:min(len(l.ports), maxEnds)]
	return "", l.all(ctx)
}

// all runs the trials that can tell something.
func (l *laboratory) all(ctx context.Context) error {
	t := &l.trials
	t.alone, t.without = map[Cause]*outcome{}, map[Cause]*outcome{}
	for i := range lifts {
		if lifts[i].can(l.scene) {
			t.lifted = append(t.lifted, &lifts[i])
		}
	}
	var err error
	if t.all, err = l.try(ctx, "every limit lifted", t.lifted, nil); err != nil {
		return err
	}
	t.ran = true
	if !t.all.found() {
		if err := l.uncrowded(ctx); err != nil || t.alone[CauseOverflow].found() {
			return err
		}
		return l.elsewhere(ctx)
	}
	subset := map[rules.ID]bool{}
	for id := range t.all.fired {
		subset[id] = true
	}
	if t.nothing, err = l.try(ctx, "nothing", nil, subset); err != nil || t.nothing.found() {
		return err
	}
	worked := false
	for _, lf := range t.lifted {
		if lf.show != nil && !lf.show(l.scene, t.all) {
			continue
		}
		if t.alone[lf.cause], err = l.try(ctx, lf.what, []*lift{lf}, subset); err != nil {
			return err
		}
		worked = worked || t.alone[lf.cause].found()
	}
	if worked {
		return nil
	}
	return l.combined(ctx, subset)
}

// uncrowded tries the rules of the kind without the others, where a packet was full of alerts: Suricata 6 keeps 15 whatever it is told.
func (l *laboratory) uncrowded(ctx context.Context) (err error) {
	if l.trials.all.mostOnPacket < usualQueue {
		return nil
	}
	subset := map[rules.ID]bool{}
	for _, r := range l.kind.fitting {
		subset[r.ID] = true
	}
	l.trials.alone[CauseOverflow], err = l.try(ctx, "rules of the kind without the others", nil, subset)
	return err
}

// elsewhere tries the rules that fit but for the port on every port.
func (l *laboratory) elsewhere(ctx context.Context) (err error) {
	subset := map[rules.ID]bool{}
	for _, r := range l.kind.nextdoor {
		subset[r.ID] = inspects(r)
	}
	if len(subset) == 0 {
		return nil
	}
	anywhere := &lift{change: ruleChange{anywhere: true}}
	l.trials.anywhere, err = l.try(ctx, "rules that watch other ports on every port", []*lift{anywhere}, subset)
	return err
}

// combined leaves one lift out at a time, to find those that are needed together.
func (l *laboratory) combined(ctx context.Context, subset map[rules.ID]bool) (err error) {
	t := &l.trials
	for _, lf := range t.lifted {
		if t.alone[lf.cause] == nil {
			continue
		}
		others := slices.DeleteFunc(slices.Clone(t.lifted), func(o *lift) bool { return o == lf })
		if t.without[lf.cause], err = l.try(ctx, "every limit lifted, but not: "+lf.what, others, subset); err != nil {
			return err
		}
	}
	return nil
}

// try starts the engine once.
func (l *laboratory) try(ctx context.Context, changed string, with []*lift, subset map[rules.ID]bool) (*outcome, error) {
	l.number++
	l.say("experiment", fmt.Sprintf("%d: %s", l.number, changed))
	var change ruleChange
	inv := l.invocation
	var err error
	for _, lf := range with {
		change.uncounted = change.uncounted || lf.change.uncounted
		change.awake = change.awake || lf.change.awake
		change.repaired = change.repaired || lf.change.repaired
		change.unsuppressed = change.unsuppressed || lf.change.unsuppressed
		change.anywhere = change.anywhere || lf.change.anywhere
		if lf.limit == "" {
			continue
		}
		if inv, err = l.Engine.Lift(inv, lf.limit, l.ports); err != nil {
			return nil, err
		}
	}
	in := ids.Input{
		Capture: l.capture, HomeNet: l.record.HomeNet, Rules: filepath.Join(l.dir, fmt.Sprintf("%d.rules", l.number)),
		Output: filepath.Join(l.dir, fmt.Sprintf("%d.logs", l.number)),
	}
	if err := os.Mkdir(in.Output, 0o777); err != nil {
		return nil, err
	}
	if err := os.WriteFile(in.Rules, []byte(l.text(change, subset)), 0o644); err != nil {
		return nil, err
	}
	ended, err := l.runner.Run(ctx, inv, in)
	if err != nil {
		return nil, err
	}
	if err := ended.Err(inv.Engine, "of an experiment, removed"); err != nil {
		return nil, fmt.Errorf("experiment %q: %w", changed, err)
	}
	o, err := l.read(in.Output, changed)
	if err != nil {
		return nil, err
	}
	l.trials.done = append(l.trials.done, o.Trial)
	return o, os.RemoveAll(in.Output)
}

// read takes what the engine said.
func (l *laboratory) read(logs, changed string) (*outcome, error) {
	o := &outcome{Trial: Trial{Changed: changed, Fired: []Hit{}}, fired: map[rules.ID][]said{}}
	counts, onPacket := map[rules.ID]int64{}, map[int64]int{}
	for a, err := range l.Engine.Alerts(logs) {
		if err != nil {
			return nil, fmt.Errorf("experiment %q: %w", changed, err)
		}
		id := rules.ID{GID: a.GID, SID: a.SID}
		counts[id]++
		if len(o.fired[id]) < maxSaid {
			o.fired[id] = append(o.fired[id], said{a.Time, a.Src, a.Dst})
		}
		if a.Packet != 0 {
			onPacket[a.Packet]++
			o.mostOnPacket = max(o.mostOnPacket, onPacket[a.Packet])
		}
	}
	for id, n := range counts {
		h := Hit{GID: id.GID, SID: id.SID, Alerts: n}
		if r := l.rule(id); r != nil {
			h.Name, h.Expected = r.Message, expects(&l.campaign, r.Kinds())
		}
		o.Alerts += n
		if h.Expected {
			o.Expected += n
		}
		o.Fired = append(o.Fired, h)
	}
	sortHits(o.Fired)
	report, err := l.Engine.Report(logs)
	o.Rules = report.RulesLoaded
	return o, err
}
