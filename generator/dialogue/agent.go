package dialogue

import "github.com/evilbench/evilbench/generator/draw"

// agent is an HTTP client program: what it calls itself and the fields it always sends.
type agent struct {
	name    string
	header  string // each line ended by CRLF
	browser bool
	single  bool   // one request and away: a monitor's check
	path    string // prefix of everything it asks for; "" = a site's pages
	ext     string // and its suffix
}

func (a *agent) size() int { return len(a.name) + len(a.header) + 40 }

const (
	chromeFields  = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\nAccept-Encoding: gzip, deflate\r\nAccept-Language: en-US,en;q=0.9\r\nConnection: keep-alive\r\n"
	firefoxFields = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n"
	toolFields    = "Accept: */*\r\n"
)

var (
	windowsAgents = []agent{
		{name: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", header: chromeFields, browser: true},
		{name: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", header: chromeFields, browser: true},
		{name: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", header: firefoxFields, browser: true},
	}
	macAgents = []agent{
		{name: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", header: firefoxFields, browser: true},
		{name: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", header: chromeFields, browser: true},
	}
	linuxAgents = []agent{
		{name: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", header: firefoxFields, browser: true},
		{name: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", header: chromeFields, browser: true},
	}
	curl  = agent{name: "curl/7.88.1", header: toolFields}
	tools = []agent{curl, {name: "Wget/1.21.3", header: "Accept: */*\r\nAccept-Encoding: identity\r\nConnection: Keep-Alive\r\n"},
		{name: "python-requests/2.31.0", header: "Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n"}}
	packages = agent{name: "Debian APT-HTTP/1.3 (2.6.1)", header: toolFields, path: "/debian/pool/main/", ext: ".deb"}
	monitor  = agent{name: "check_http/v2.3.3 (monitoring-plugins 2.3.3)", header: "Connection: close\r\n", single: true}
	winHTTP  = agent{name: "Microsoft-Delivery-Optimization/10.1", header: "Connection: Keep-Alive\r\nAccept: */*\r\n", path: "/filestreamingservice/files/", ext: ".cab"}
)

// Agent is the User-Agent that the client's own browser, or on a server its most usual tool, sends: the same in every conversation.
func Agent(q Request) string {
	a := usual(&q)
	return a.name
}

func usual(q *Request) agent {
	t := trait("agent", q.Client.Name+q.Client.Addr.String())
	switch familyOf(q.Client) {
	case windows:
		return draw.Pick(&t, windowsAgents)
	case mac:
		return draw.Pick(&t, macAgents)
	case linuxDesktop:
		return draw.Pick(&t, linuxAgents)
	default:
		return draw.Pick(&t, tools)
	}
}

// agentOf draws the program behind one conversation. What is to send fewer bytes than a browser's request comes from a tool.
func agentOf(r *draw.Stream, q *Request, out int64) agent {
	a := usual(q)
	switch {
	case q.OutBytes > 0 && q.OutBytes < 240:
		return monitor
	case a.browser && out < int64(a.size()):
		return curl
	case a.browser && r.Chance(0.05) && familyOf(q.Client) == windows && out < 1200:
		return winHTTP
	case !a.browser && familyOf(q.Client) == unixServer && r.Chance(0.3) && !inside(q.Name, q.Domain):
		return packages
	}
	return a
}
