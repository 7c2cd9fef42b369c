package explain

import (
	"fmt"
	"net/netip"
)

// unsettled is the answer of checks that need the engine's settings.
func (s *scene) unsettled() (f Finding, yes bool) {
	return Finding{Verdict: Unknown, Evidence: "the run kept no configuration; run it again"}, !s.settled
}

// midstream: engines do not follow a TCP connection whose handshake they did not see, unless told to.
func midstream(s *scene) Finding {
	if f, yes := s.unsettled(); yes {
		return f
	}
	p := s.packets
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("%d of the campaign's %d TCP flows have no SYN in the capture", p.headless, p.tcp),
		Fix: "begin the capture earlier, or set stream.midstream: true",
	}
	if s.settings.Midstream {
		f.Evidence += "; the engine follows connections from their middle"
		return f
	}
	switch {
	case p.tcp > 0 && p.headless == p.tcp:
		f.Verdict = Yes
	case p.headless > 0:
		f.Verdict = Unknown
	}
	return s.trials.judge(CauseMidstream, f)
}

// checksums: an engine that checks them does not inspect packets with wrong ones.
func checksums(s *scene) Finding {
	if f, yes := s.unsettled(); yes {
		return f
	}
	p := s.packets
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("%d of %d checksums of the campaign's packets are wrong", p.wrong, p.checked),
		Fix: "run without --checksums (-k none): hosts that leave checksums to their network cards send such packets",
	}
	if p.wrong > 0 {
		f.Evidence += fmt.Sprintf(" (first: packet %d)", p.firstWrong)
	}
	if !s.settings.Checksums {
		f.Evidence += "; the engine does not check them"
		return f
	}
	f.Evidence += fmt.Sprintf("; the engine checks them and dropped %d in the whole capture", s.record.Report.BadChecksums)
	if p.wrong > 0 {
		f.Verdict = Yes
	}
	return s.trials.judge(CauseChecksum, f)
}

// unrecognised: rules about a protocol are held only against flows in which the engine recognised it.
func unrecognised(s *scene) Finding {
	r := s.records
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("the engine recognised the protocol of %d of %d flows whose protocol is known", r.services-r.blind, r.services),
		Fix: "add the port to the protocol's detection-ports, or write the rule for tcp or udp with its own contents",
	}
	if u := r.unknown; u != nil {
		f.Verdict = Unknown
		f.Evidence += fmt.Sprintf(" (not of flow %d: %s on port %d)", u.Flow, u.Service, u.Dport)
		if r.blind == r.services {
			f.Verdict = Yes
		}
	}
	return s.trials.judge(CauseProtocol, f)
}

// depth: streams and bodies are inspected to a depth, and not behind a gap.
func depth(s *scene) Finding {
	if f, yes := s.unsettled(); yes {
		return f
	}
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("the longest stream of the campaign has %d bytes one way; streams are inspected to %s, HTTP bodies to %s; %s with a gap",
			s.packets.deepest, bytes(s.settings.StreamDepth), bytes(s.settings.BodyLimit), plural(s.records.gaps, "flow")),
		Fix: "raise stream.reassembly.depth and the body limits of libhtp",
	}
	if n := s.counters["tcp.stream_depth_reached"]; n > 0 {
		f.Evidence += fmt.Sprintf("; %s reached the depth in the whole capture", plural(n, "stream"))
	}
	if s.deep() || s.records.gaps > 0 {
		f.Verdict = Unknown
	}
	return s.trials.judge(CauseDepth, f)
}

// bytes writes a limit.
func bytes(n int64) string {
	if n == 0 {
		return "their end"
	}
	return fmt.Sprintf("%d bytes", n)
}

func endpoint(a netip.Addr, port uint16) string {
	if port == 0 {
		return a.String()
	}
	return netip.AddrPortFrom(a, port).String()
}
