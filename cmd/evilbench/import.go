package main

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/labels/foreign"
)

func (a *app) importVerb() *cobra.Command {
	var o foreign.Options
	var home []string
	var zone, output string
	c := &cobra.Command{
		Use:   "import CAPTURE...",
		Short: "Make a corpus of somebody else's captures",
		Long: `Makes a corpus of captures that are benign, that are one attack, or whose labels are in a file: a labelled Zeek conn.log, a
CIC-IDS style CSV, or a capture that carries the evil bit on what is malicious.`,
		Example: `  evilbench import --benign office.pcap -o quiet
  evilbench import --campaign emotet --technique T1204 emotet.pcap -o emotet
  evilbench import --labels conn.log.labeled capture.pcap -o labelled`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Captures, o.Version = args, toolVersion
			for _, text := range home {
				p, err := netip.ParsePrefix(text)
				if err != nil {
					return usageError{fmt.Errorf("--home-net: %w", err)}
				}
				o.HomeNet = append(o.HomeNet, p)
			}
			if zone != "" {
				l, err := time.LoadLocation(zone)
				if err != nil {
					return usageError{fmt.Errorf("--zone: %w", err)}
				}
				o.Location = l
			}
			if n := given(o.Benign, o.Campaign != "", o.Labels != ""); n != 1 {
				return usageError{fmt.Errorf("say what the captures are: exactly one of --benign, --campaign and --labels (given: %d)", n)}
			}
			d, err := a.display()
			if err != nil {
				return err
			}
			d.Step("import", fmt.Sprintf("%d captures", len(args)))
			report, err := foreign.Import(cmd.Context(), o, output)
			if err != nil {
				return err
			}
			for _, w := range report.Manifest.Warnings {
				d.Warn(w)
			}
			m := report.Manifest
			d.Step("corpus", fmt.Sprintf("%s: %d packets, %d flows, %d campaigns", output, m.Packets, m.Flows, m.Campaigns))
			return nil
		},
	}
	f := c.Flags()
	f.BoolVar(&o.Benign, "benign", false, "nothing in the captures is an attack")
	f.StringVar(&o.Campaign, "campaign", "", "everything in the captures is this attack")
	f.StringVar(&o.Labels, "labels", "", "file with labels: conn.log, CSV or tainted capture")
	f.StringVar(&o.Technique, "technique", "", "ATT&CK technique of --campaign, e.g. T1046")
	f.StringVar(&o.Tactic, "tactic", "", "ATT&CK tactic of --campaign, e.g. discovery")
	f.StringSliceVar(&o.Expects, "expects", nil, "kinds of alert that would be right for --campaign")
	f.StringSliceVar(&home, "home-net", nil, "monitored networks; default: the private ones present")
	f.StringVar(&zone, "zone", "", "time zone of a CSV's times; default UTC")
	f.StringVarP(&output, "output", "o", "corpus", "folder to make")
	return c
}

func given(options ...bool) int {
	n := 0
	for _, o := range options {
		if o {
			n++
		}
	}
	return n
}
