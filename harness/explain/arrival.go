package explain

import "fmt"

// lostPackets: the engine read less than the capture holds, and less of this campaign than was sent.
func lostPackets(s *scene) Finding {
	read, all, sent := s.record.Report.Packets, s.corpus.Packets, int64(0)
	for i := range s.flows {
		sent += s.flows[i].FwdPackets + s.flows[i].BwdPackets
	}
	f := Finding{
		Evidence: fmt.Sprintf("the engine read %d of the capture's %d packets; its flow records hold %d of the %d packets of the campaign's flows",
			read, all, s.records.packets, sent),
		Fix: "run the detector again on the whole capture; look for a full disk or an engine that was stopped",
	}
	switch {
	case read == 0:
		f.Verdict, f.Evidence = Unknown, "the engine left no packet counter"
	case read >= all:
		f.Verdict = No
	case s.records.packets < sent:
		f.Verdict, f.Proved = Yes, s.trials.nothing.found()
		if f.Proved {
			f.Evidence += fmt.Sprintf("; experiment: given all its packets and nothing lifted, %s", s.trials.nothing.expected())
		}
	default:
		f.Verdict = No
	}
	return f
}

// undecoded: packets whose headers cannot be read reach no rule but decoder rules.
func undecoded(s *scene) Finding {
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("%d of the campaign's %d packets have headers that cannot be read; the engine could not decode %d in the whole capture",
			s.packets.undecoded, s.packets.count, s.record.Report.InvalidPkts),
		Fix: "rules see such packets as decoder events only: enable decoder-events.rules",
	}
	switch {
	case s.packets.count > 0 && s.packets.undecoded == s.packets.count:
		f.Verdict = Yes
	case s.packets.undecoded > 0:
		f.Verdict = Unknown
	}
	return f
}

// unseenFlow: the engine recorded none of the campaign's flows.
func unseenFlow(s *scene) Finding {
	r := s.records
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("the engine recorded %d of the campaign's %d flows", r.flows, len(s.flows)),
		Fix: "look at the engine's flow memory and timeouts, and at what kind of packets these are",
	}
	if m := r.missed; m != nil {
		f.Evidence += fmt.Sprintf(" (none for flow %d, %s %s > %s)", m.Flow, protocolName(m.Proto), endpoint(m.Src, m.Sport), endpoint(m.Dst, m.Dport))
	}
	switch {
	case len(s.flows) == 0:
		f.Verdict, f.Evidence = Unknown, "the campaign's packets belong to no flow"
	case s.record.Report.Flows == 0:
		f.Verdict, f.Evidence = Unknown, "the engine left no flow records"
	case r.flows == 0:
		f.Verdict = Yes
	}
	return f
}
