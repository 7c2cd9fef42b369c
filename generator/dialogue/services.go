package dialogue

// service is one application protocol and the writer of its dialogues.
type service struct {
	name  string
	write Writer
}

var services = [...]service{
	{"dns", DNS},
	{"http", HTTP},
	{"tls", TLS},
	{"smtp", SMTP},
	{"submission", Submission},
	{"imaps", IMAPS},
	{"ssh", SSH},
	{"ntp", NTP},
	{"smb", SMB},
	{"ping", Ping},
	{"opaque", Opaque},
}

// ByService finds the writer of a service's dialogues; false if there is none.
func ByService(name string) (Writer, bool) {
	for _, s := range services {
		if s.name == name {
			return s.write, true
		}
	}
	return nil, false
}

// Services lists the names that ByService knows, in a fixed order.
func Services() []string {
	names := make([]string, len(services))
	for i, s := range services {
		names[i] = s.name
	}
	return names
}
