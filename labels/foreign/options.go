package foreign

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
)

// Options say what the captures are. Exactly one of Benign, Campaign and Labels is given.
type Options struct {
	Captures []string // at least one; several are merged in the order of time
	Benign   bool     // nothing in them is an attack
	Campaign string   // all flows in them are this one attack: the campaign's id
	Labels   string   // a labelled conn.log, a CIC-IDS style table, or a capture with the evil bit on what is malicious

	Technique string   // of Campaign: ATT&CK id, "" = unknown
	Tactic    string   // of Campaign: ATT&CK short name, "" = unknown
	Attack    string   // of Campaign: kind, "" = the campaign's id
	Expects   []string // of Campaign: kinds of alert that would be right; nil = what the name suggests

	Location *time.Location // of a table's times; nil = UTC
	HomeNet  []netip.Prefix // nil = the private prefixes present
	Version  string         // of the tool, for the manifest
}

// Report is what an import did.
type Report struct {
	Manifest  *corpus.Manifest
	Labelled  int64 // flows that a label was found for
	Labels    int64 // labels read; 0 without a label file
	Unused    int64 // labels that found no flow
	Disagreed int64 // times that labels of one flow contradicted each other
}

func (o *Options) check() error {
	if len(o.Captures) == 0 {
		return errors.New("no capture to import")
	}
	given := 0
	for _, yes := range []bool{o.Benign, o.Campaign != "", o.Labels != ""} {
		if yes {
			given++
		}
	}
	if given != 1 {
		return errors.New("say what the capture is: exactly one of benign, a campaign, and a label file")
	}
	for _, word := range o.Expects {
		if !slices.Contains(labels.Kinds(), word) {
			return fmt.Errorf("%q is no kind of alert; the kinds are %s", word, strings.Join(labels.Kinds(), ", "))
		}
	}
	return nil
}

// template is what the caller said of the only campaign.
func (o *Options) template() labels.Campaign {
	if o.Campaign == "" {
		return labels.Campaign{}
	}
	return labels.Campaign{
		Attack: cmp.Or(o.Attack, o.Campaign), Technique: o.Technique, Tactic: o.Tactic, Expects: o.Expects,
	}
}
