package attack

import (
	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// WebScanner asks for paths that are found on servers that were set up carelessly.
type WebScanner struct {
	Web `yaml:",inline"`
}

func newWebScanner() Attack {
	return &WebScanner{Web{Rate: 6, PerConn: 8, Port: 80, Agent: "Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:Port Check)"}}
}

var scanned = []string{
	"/", "/admin/", "/administrator/", "/phpmyadmin/", "/pma/", "/wp-login.php", "/wp-admin/", "/wp-content/", "/.git/config", "/.git/HEAD",
	"/.env", "/.svn/entries", "/.htaccess", "/.htpasswd", "/backup.zip", "/backup.sql", "/db.sql", "/dump.sql", "/config.php.bak", "/config.yml",
	"/server-status", "/server-info", "/cgi-bin/", "/cgi-bin/test.cgi", "/cgi-bin/printenv", "/phpinfo.php", "/info.php", "/test.php", "/shell.php",
	"/console", "/manager/html", "/jenkins/", "/solr/admin/", "/actuator/env", "/actuator/health", "/api/swagger.json", "/robots.txt", "/sitemap.xml",
	"/crossdomain.xml", "/web.config", "/owa/", "/ecp/", "/autodiscover/autodiscover.xml", "/remote/login", "/vpn/index.html", "/old/", "/tmp/",
	"/.DS_Store", "/id_rsa", "/private.key", "/adminer.php", "/HNAP1/", "/boaform/admin/formLogin",
}

// Step is one connection of the walk through the list; behind its end every path gets a random ending.
func (a *WebScanner) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	return a.talk(stageScan, k, s, r, func(i int) dialogue.HTTPExchange {
		x := dialogue.HTTPExchange{Target: scanned[i%len(scanned)]}
		if i >= len(scanned) {
			x.Target += r.Letters("abcdefghijklmnopqrstuvwxyz0123456789", 6)
		}
		switch x.Target {
		case "/", "/robots.txt":
			x.Status, x.ReplyType, x.Reply = 200, html, results
		case "/.htaccess", "/.htpasswd", "/server-status", "/server-info":
			x.Status, x.ReplyType, x.Reply = 403, html, failed
		}
		return x
	})
}
