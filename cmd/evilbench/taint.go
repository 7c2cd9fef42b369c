package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
	"github.com/evilbench/evilbench/labels/taint"
)

func (a *app) taint() *cobra.Command {
	c := &cobra.Command{
		Use:   "taint",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
		Short: "Set, clear, split or audit the evil bit (RFC 3514) of a capture",
		Example: `  evilbench taint clear corpus/traffic.pcap sensor.pcap
  evilbench taint audit corpus`,
	}
	c.AddCommand(
		a.rewrite("set IN OUT", "Set the bit on every IPv4 packet", "  evilbench taint set attack.pcap tainted.pcap", taint.Set),
		a.rewrite("clear IN OUT", "Clear the bit: what a detector gets", "  evilbench taint clear corpus/traffic.pcap sensor.pcap", taint.Clear),
		&cobra.Command{
			Use: "split IN TAINTED REST", Short: "Split a capture by the bit", Args: cobra.ExactArgs(3),
			Example: "  evilbench taint split corpus/traffic.pcap attacks.pcap benign.pcap",
			RunE: func(_ *cobra.Command, args []string) error {
				counts, err := taint.Split(args[0], args[1], args[2])
				if err != nil {
					return err
				}
				return a.printJSON(counts)
			},
		},
		&cobra.Command{
			Use: "audit CORPUS | audit CAPTURE PACKETS", Short: "Prove that bit and sidecar agree wherever both exist", Args: cobra.RangeArgs(1, 2),
			Example: "  evilbench taint audit corpus",
			RunE:    func(_ *cobra.Command, args []string) error { return a.audit(args) },
		},
	)
	return c
}

func (a *app) rewrite(use, short, example string, do func(in, out string) (taint.Counts, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Example: example, Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			counts, err := do(args[0], args[1])
			if err != nil {
				return err
			}
			return a.printJSON(counts)
		},
	}
}

func (a *app) audit(args []string) error {
	capture, sidecar := args[0], ""
	if len(args) == 2 {
		sidecar = args[1]
	} else {
		c, err := corpus.Open(args[0])
		if err != nil {
			return err
		}
		capture, sidecar = c.Path(corpus.Traffic), c.Path(corpus.Packets)
	}
	r, err := labels.Packets.Open(sidecar)
	if err != nil {
		return err
	}
	defer r.Close()
	report, err := taint.Audit(capture, r.All())
	if err != nil {
		return err
	}
	if err := a.printJSON(report); err != nil {
		return err
	}
	if report.Disagree > 0 {
		return fmt.Errorf("%s: bit and sidecar disagree on %d of %d packets, first on packet %d", capture, report.Disagree, report.Packets, report.FirstIndices[0])
	}
	return nil
}

// printJSON writes data to stdout.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.stdout)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
