package foreign

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
)

// Import makes a corpus at dir of somebody else's captures. What is refused is refused before anything is written; after
// an error nothing is left at dir. Errors of captures and label files name file and place.
func Import(ctx context.Context, o Options, dir string) (*Report, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	report := &Report{}
	verdict, warnings, err := judgeOf(ctx, &o, report)
	if err != nil {
		return nil, err
	}
	in, err := open(o.Captures)
	if err != nil {
		return nil, err
	}
	defer in.close()
	sources, err := digests(append([]string{}, o.Captures...), o.Labels)
	if err != nil {
		return nil, err
	}
	b, err := corpus.Create(dir)
	if err != nil {
		return nil, err
	}
	c := &copying{judge: verdict, campaigns: campaigns{by: map[string]*campaign{}, more: o.template()}}
	if err := c.fill(ctx, in, b); err != nil {
		return nil, errors.Join(err, b.Abort())
	}
	m := c.manifest(in)
	m.Sources, m.Version, m.CreatedBy = sources, o.Version, "import"
	m.Warnings = append(m.Warnings, warnings...)
	c.setHome(m, o.HomeNet)
	report.Manifest = m
	return report, b.Commit(m)
}

// judgeOf finds out what the flows are. With a label file that takes a pass over the captures, since a flow's label
// depends on its end.
func judgeOf(ctx context.Context, o *Options, report *Report) (judge, []string, error) {
	if o.Benign {
		return all{class: labels.Benign}, nil, nil
	}
	if o.Campaign != "" {
		return all{class: labels.Malicious, campaign: o.Campaign}, nil, nil
	}
	in, err := open(o.Captures)
	if err != nil {
		return nil, nil, err
	}
	defer in.close()
	found, err := readLabels(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	var flows int64
	var learned each
	err = pass(ctx, in, func(packet) error { return nil }, func(f *labels.Flow) error {
		flows++
		if learned.learn(f, found) {
			report.Labelled++
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	report.Labels, report.Unused, report.Disagreed = found.read-found.unlabeled, found.unhit(), found.disagree
	if report.Labelled == 0 {
		return nil, nil, found.other()
	}
	return learned, report.warnings(filepath.Base(o.Labels), flows, found.unlabeled), nil
}

func (r *Report) warnings(name string, flows, unlabeled int64) []string {
	var list []string
	if missed := flows - r.Labelled; missed > 0 {
		list = append(list, fmt.Sprintf("%d of %d flows have no label in %s and count as benign", missed, flows, name))
	}
	if r.Unused > 0 {
		list = append(list, fmt.Sprintf("%d of %d labels in %s meet no flow", r.Unused, r.Labels, name))
	}
	if unlabeled > 0 {
		list = append(list, fmt.Sprintf("%d lines of %s have no label, or one that says it is not known", unlabeled, name))
	}
	if r.Disagreed > 0 {
		list = append(list, fmt.Sprintf("labels in %s contradict each other %d times; the one that overlaps most counts", name, r.Disagreed))
	}
	return list
}

// digests are the sources of a corpus, with the label file last.
func digests(paths []string, labelFile string) ([]corpus.Source, error) {
	if labelFile != "" {
		paths = append(paths, labelFile)
	}
	var sources []corpus.Source
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		h := sha256.New()
		_, err = io.Copy(h, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		sources = append(sources, corpus.Source{Path: filepath.Base(path), SHA256: hex.EncodeToString(h.Sum(nil))})
	}
	return sources, nil
}
