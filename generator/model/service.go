package model

// Service is an application protocol a row can name, with the transport it runs over unless the row says otherwise.
type Service struct {
	Name  string
	Proto string // tcp, udp, icmp
	Port  int
}

// Services are the application protocols a row can name.
var Services = []Service{
	{"dns", "udp", 53},
	{"http", "tcp", 80},
	{"tls", "tcp", 443},
	{"smtp", "tcp", 25},
	{"submission", "tcp", 587},
	{"imaps", "tcp", 993},
	{"ssh", "tcp", 22},
	{"ntp", "udp", 123},
	{"smb", "tcp", 445},
	{"ping", "icmp", 0},
	{Opaque, "tcp", 0},
}

// Opaque is what nothing is known of but its sizes.
const Opaque = "opaque"

// ServiceAt finds the service that is usual at a port; [Opaque] where none is. For icmp the port is the type of the message.
func ServiceAt(proto string, port int) string {
	if proto == "icmp" {
		if port == 8 || port == 128 {
			return "ping"
		}
		return Opaque
	}
	for _, s := range Services {
		if s.Proto == proto && s.Port == port && s.Name != Opaque {
			return s.Name
		}
	}
	return Opaque
}

// ServiceByName finds a service.
func ServiceByName(name string) (Service, bool) {
	for _, s := range Services {
		if s.Name == name {
			return s, true
		}
	}
	return Service{}, false
}

// Protos are the transports a row can name, with their IANA numbers.
var Protos = map[string]uint8{"icmp": 1, "tcp": 6, "udp": 17}

// States are the ends a flow can have, in the words of Zeek's conn_state.
var States = []string{"SF", "S0", "REJ", "RSTO", "RSTR"}

func serviceNames() []string {
	names := make([]string, len(Services))
	for i, s := range Services {
		names[i] = s.Name
	}
	return names
}
