package dialogue

// service is one application protocol and the writer of its dialogues.
type service struct {
	name  string
	write Writer
}

// services returns the fixed list; a function, because the writers themselves refer to it nowhere and nothing may change it.
func services() [10]service {
	return [...]service{
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
	}
}

// ByService finds the writer of a service's dialogues; false if there is none.
func ByService(name string) (Writer, bool) {
	for _, s := range services() {
		if s.name == name {
			return s.write, true
		}
	}
	return nil, false
}

// Services lists the names that ByService knows, in a fixed order.
func Services() []string {
	list := services()
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.name
	}
	return names
}
