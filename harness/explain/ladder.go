package explain

// check is one cause and how it is looked for. A finding's cause is filled in by the caller.
type check struct {
	cause Cause
	look  func(*scene) Finding
}

// ladder holds every cause, the most proximate first. Each is one small function in a file of its kind: what reached the engine
// (arrival.go), what it made of it (inspection.go), which rules there were (ruleset.go), what became of their matches (raising.go),
// and what is left (rest.go).
var ladder = []check{
	{CausePackets, lostPackets},
	{CauseDecoder, undecoded},
	{CauseFlow, unseenFlow},
	{CauseMidstream, midstream},
	{CauseChecksum, checksums},
	{CauseProtocol, unrecognised},
	{CauseNoRule, noRule},
	{CauseDisabled, disabled},
	{CauseFailed, failed},
	{CauseAddress, addresses},
	{CausePort, ports},
	{CauseThreshold, withheld},
	{CauseIntensity, intensity},
	{CauseSuppressed, suppressed},
	{CauseDepth, depth},
	{CauseOverflow, overflow},
	{CauseJoin, unjoined},
	{CauseEvasion, evasion},
	{CauseContext, otherTraffic},
	{CauseCoverage, coverage},
}
