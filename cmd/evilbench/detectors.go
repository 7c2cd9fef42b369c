package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/images"
	"github.com/evilbench/evilbench/ids/rules"
	"github.com/evilbench/evilbench/ids/runner"
	"github.com/evilbench/evilbench/ids/suricata"
)

// detectorFlags say which detector is started, where, and with what.
type detectorFlags struct {
	ids         string
	rules       []string
	runner      string
	externalAny bool
	checksums   bool
	keepTaint   string
}

func (d *detectorFlags) add(f *pflag.FlagSet) {
	f.StringVar(&d.ids, "ids", "suricata", "detectors, separated by commas: suricata, suricata:6, suricata:7, suricata:8")
	f.StringArrayVar(&d.rules, "rules", []string{"bundled"}, "bundled, none, or a file, folder or archive of rules; may be repeated")
	f.StringVar(&d.runner, "runner", "auto", "auto, container, local, or recorded:FOLDER with the engine's logs")
	f.BoolVar(&d.externalAny, "external-any", false, "EXTERNAL_NET is any, so that rules for outside sources see local attackers")
	f.BoolVar(&d.checksums, "checksums", false, "let the engine drop packets with wrong checksums")
	f.StringVar(&d.keepTaint, "taint", "clear", "clear, or keep: let the detector see the evil bit, for experiments")
}

// specs are the detectors asked for.
func (d *detectorFlags) specs() ([]string, error) {
	var out []string
	for s := range strings.SplitSeq(d.ids, ",") {
		s = strings.TrimSpace(s)
		if engine, _, _ := strings.Cut(s, ":"); engine != "suricata" {
			return nil, usageError{fmt.Errorf("--ids %q: the detectors are suricata, suricata:6, suricata:7 and suricata:8", s)}
		}
		out = append(out, s)
	}
	if d.keepTaint != "clear" && d.keepTaint != "keep" {
		return nil, usageError{fmt.Errorf("--taint %q: choose clear or keep", d.keepTaint)}
	}
	return out, nil
}

// sets loads the rulesets; nil stands for none.
func (d *detectorFlags) sets() ([]*rules.Set, error) {
	var out []*rules.Set
	for _, source := range d.rules {
		if source == "none" {
			out = append(out, nil)
			continue
		}
		set, err := rules.Load(source)
		if err != nil {
			return nil, err
		}
		out = append(out, set)
	}
	return out, nil
}

// opener makes detectors and runners by name; say hears what has to be built or installed.
func (d *detectorFlags) opener(say func(string)) func(context.Context, string) (ids.Detector, ids.Runner, error) {
	return func(ctx context.Context, spec string) (ids.Detector, ids.Runner, error) {
		detector := suricata.New(suricata.Options{ExternalAny: d.externalAny, Checksums: d.checksums})
		if folder, ok := strings.CutPrefix(d.runner, "recorded:"); ok {
			return detector, runner.NewRecorded(detector.Name(), folder), nil
		}
		switch d.runner {
		case "auto", "container", "local":
		default:
			return nil, nil, usageError{fmt.Errorf("--runner %q: choose auto, container, local or recorded:FOLDER", d.runner)}
		}
		r, why, err := runner.Auto(ctx, runner.Choice{
			Engine: detector.Name(), Mode: d.runner,
			Image:  func(ctx context.Context) (runner.Image, error) { return images.Ensure(ctx, spec, say) },
			Binary: func(ctx context.Context) (runner.Binary, error) { return images.EnsureLocal(ctx, spec, say) },
		})
		if err == nil && why != "" {
			say("running " + spec + " as a local process: " + why)
		}
		return detector, r, err
	}
}
