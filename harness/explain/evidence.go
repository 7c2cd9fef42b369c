package explain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/evilbench/evilbench/generator/fault"
	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/rules"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
)

// Engine is a detector whose logs and settings can be asked for more than its alerts.
type Engine interface {
	ids.Detector
	Flows(output string) iter.Seq2[ids.FlowRecord, error]
	Counters(output string) (map[string]int64, error)
	RuleFaults(output string) ([]ids.RuleFault, error)
	Settings(ids.Invocation) (ids.Settings, error)
	Lift(inv ids.Invocation, limit ids.Limit, ports []uint16) (ids.Invocation, error)
}

// Input is a scored run, as the cell of a result has it.
type Input struct {
	Places bench.Places
	Engine Engine

	// Open starts the run's engine again; nil = no experiments. What the machine lacks is *ids.Missing.
	Open func(context.Context, *bench.RunRecord) (ids.Runner, error)
	// Require makes it an error that the machine lacks the engine.
	Require bool
	Display bench.Display // nil = silent
	Pcap    string        // where the packets to look at are written, "" = nowhere
}

// NotFound says that what is to be explained is not there.
type NotFound struct{ What, Name, Where, Remedy string }

func (u *NotFound) Error() string { return fmt.Sprintf("no %s %q in %s", u.What, u.Name, u.Where) }

// Hint names what is near.
func (u *NotFound) Hint() string { return u.Remedy }

// evidence is what a run and its corpus say, whatever is asked about.
type evidence struct {
	Input
	corpus     *corpus.Corpus
	record     *bench.RunRecord
	campaigns  []labels.Campaign
	fired      *fired
	set        *rules.Set     // nil = the run had no rules, or kept none
	invocation ids.Invocation // as it ran; no Files where the run kept none
	logs       string
}

func open(ctx context.Context, in Input) (*evidence, error) {
	e := &evidence{Input: in, logs: filepath.Join(in.Places.Run, bench.LogsDir)}
	var err error
	if e.corpus, err = corpus.Open(in.Places.Corpus); err != nil {
		return nil, err
	}
	if e.record, err = bench.ReadRun(in.Places.Run); err != nil {
		return nil, err
	}
	if digest := e.corpus.Digest(); digest != e.record.Corpus {
		return nil, fmt.Errorf("%s: the run read corpus %.12s, %s is corpus %.12s: score again", in.Places.Run, e.record.Corpus, in.Places.Corpus, digest)
	}
	if e.campaigns, err = labels.Campaigns.Load(e.corpus.Path(corpus.Campaigns)); err != nil {
		return nil, err
	}
	if e.set, err = readRules(in.Places.Run); err != nil {
		return nil, err
	}
	if e.invocation, err = readInvocation(in.Places.Run, e.record); err != nil {
		return nil, err
	}
	e.fired, err = e.readFired(ctx)
	return e, err
}

// readRules reads the ruleset that a run kept; a run without rules kept none.
func readRules(run string) (*rules.Set, error) {
	path := filepath.Join(run, bench.RulesFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return rules.Load(path)
}

// readInvocation puts together how the engine was started.
func readInvocation(run string, r *bench.RunRecord) (ids.Invocation, error) {
	inv := ids.Invocation{Engine: r.Identity.Engine, Args: slices.Clone(r.Arguments)}
	dir := filepath.Join(run, bench.ConfigDir)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return inv, nil
	}
	if err != nil {
		return inv, err
	}
	inv.Files = map[string][]byte{}
	for _, entry := range entries {
		if inv.Files[entry.Name()], err = os.ReadFile(filepath.Join(dir, entry.Name())); err != nil {
			return inv, err
		}
	}
	return inv, nil
}

// campaign finds one by its id.
func (e *evidence) campaign(name string) (labels.Campaign, error) {
	known := make([]string, 0, len(e.campaigns))
	for i := range e.campaigns {
		if e.campaigns[i].Campaign == name {
			return e.campaigns[i], nil
		}
		known = append(known, e.campaigns[i].Campaign)
	}
	if len(known) == 0 {
		return labels.Campaign{}, &NotFound{"campaign", name, e.corpus.Dir, "the corpus has no campaign: name an alert by its number or a signature by gid:sid"}
	}
	return labels.Campaign{}, &NotFound{"campaign", name, e.corpus.Dir, fault.Suggest(name, known)}
}

// readFaults finds the rules that the engine could not load: it names lines of the file it was given.
func (e *evidence) readFaults() (map[rules.ID]string, error) {
	out := map[rules.ID]string{}
	if e.set == nil {
		return out, nil
	}
	list, err := e.Engine.RuleFaults(e.logs)
	for _, f := range list {
		if f.Line >= 1 && f.Line <= len(e.set.Rules) {
			out[e.set.Rules[f.Line-1].ID] = orWord(f.Reason, "the engine gave no reason")
		}
	}
	return out, err
}

// show writes the packets to look at, where that was asked for.
func (e *evidence) show(ctx context.Context, want func(*labels.Packet) bool) error {
	if e.Pcap == "" {
		return nil
	}
	n, err := e.cut(ctx, e.Pcap, want, false)
	if err == nil && n == 0 {
		err = errors.New("there is no packet to write")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", e.Pcap, err)
	}
	e.say("pcap", fmt.Sprintf("%s: %s without their labels", e.Pcap, plural(n, "packet")))
	return nil
}

func (e *evidence) say(step, detail string) {
	if e.Display != nil {
		e.Display.Step(step, detail)
	}
}
