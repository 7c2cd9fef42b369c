package packet

// Room is the most payload that a packet of the conversation can carry.
func (c *Conversation) Room() int {
	if c.Proto != TCP {
		return MTU - c.Overhead(Client, 0)
	}
	a, b := c.Client.Stack, c.Server.Stack
	room := int(min(a.MSS, b.MSS))
	if c.IPv6 {
		room -= ipv6Len - ipv4Len
	}
	if a.Timestamps && b.Timestamps {
		room -= timestampRoom
	}
	return room
}

// Overhead is what IP and transport header of a packet with these TCP flags take.
func (c *Conversation) Overhead(from Side, flags uint8) int {
	n := ipv4Len
	if c.IPv6 {
		n = ipv6Len
	}
	switch {
	case c.Proto != TCP:
		return n + udpLen
	case flags&SYN != 0:
		var scratch [40]byte
		return n + tcpLen + c.offer(from).options(scratch[:], &segment{})
	case flags&RST == 0 && c.Client.Stack.Timestamps && c.Server.Stack.Timestamps:
		return n + tcpLen + timestampRoom
	}
	return n + tcpLen
}
