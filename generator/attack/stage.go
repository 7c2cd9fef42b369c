package attack

// The stages of attacks: what a conversation is for, as the column stage of the flows table says.
const (
	stageScan       = "scan"       // find out what is there
	stageGuess      = "guess"      // try credentials that are wrong
	stageLogin      = "login"      // log on with credentials that are right
	stageExploit    = "exploit"    // send what a vulnerable service would act on
	stageDeliver    = "deliver"    // leave a file behind
	stageResolve    = "resolve"    // ask for the controller's address
	stageCheckIn    = "check-in"   // report to the controller
	stageTunnel     = "tunnel"     // carry data in a protocol not meant for it
	stageExfiltrate = "exfiltrate" // send data out
	stageFlood      = "flood"      // exhaust a service
)
