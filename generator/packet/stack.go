package packet

// Stacks are the TCP/IP implementations a host can have, as their defaults look on the wire. They differ in what a detector or a
// leak audit could see: initial TTL, window, options, identification and ephemeral ports.
var Stacks = []Stack{
	{Name: "windows-10", TTL: 128, Window: 64240, MSS: 1460, WindowScale: 8, SACK: true, IPID: IPIDPerFlow, PortLow: 49152, PortHigh: 65535},
	{Name: "windows-11", TTL: 128, Window: 65535, MSS: 1460, WindowScale: 8, SACK: true, IPID: IPIDPerFlow, PortLow: 49152, PortHigh: 65535},
	{Name: "windows-2022", TTL: 128, Window: 65535, MSS: 1460, WindowScale: 8, SACK: true, IPID: IPIDPerFlow, PortLow: 49152, PortHigh: 65535},
	{Name: "linux", TTL: 64, Window: 64240, MSS: 1460, WindowScale: 7, SACK: true, Timestamps: true, IPID: IPIDPerFlow, PortLow: 32768, PortHigh: 60999},
	{Name: "linux-server", TTL: 64, Window: 65160, MSS: 1460, WindowScale: 7, SACK: true, Timestamps: true, IPID: IPIDZero, PortLow: 32768, PortHigh: 60999},
	{Name: "macos", TTL: 64, Window: 65535, MSS: 1460, WindowScale: 6, SACK: true, Timestamps: true, IPID: IPIDZero, PortLow: 49152, PortHigh: 65535},
	{Name: "freebsd", TTL: 64, Window: 65535, MSS: 1460, WindowScale: 6, SACK: true, Timestamps: true, IPID: IPIDRandom, PortLow: 10000, PortHigh: 65535},
	{Name: "printer", TTL: 255, Window: 8760, MSS: 1460, IPID: IPIDPerFlow, PortLow: 49152, PortHigh: 65535},
}

// StackByName finds a stack; the list is fixed, so the pointer may be kept.
func StackByName(name string) (*Stack, bool) {
	for i := range Stacks {
		if Stacks[i].Name == name {
			return &Stacks[i], true
		}
	}
	return nil, false
}
