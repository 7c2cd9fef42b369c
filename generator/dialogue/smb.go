package dialogue

import (
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

const (
	smbRoom    = 3 << 10 // literal bytes of a typical session
	listEntry  = 150     // bytes one entry of a directory takes, about
	mostListed = 380     // entries one answer holds
)

var shareNames = []string{"public", "projects", "departments", "home", "templates"}

// SMB writes the use of a file share: log on, look into a directory, read and write files until both sizes are reached, log off.
func SMB(r *draw.Stream, q Request, c *packet.Conversation) {
	m := &smb{script: begin(r, &q, c, "smb", 40, 2*smbRoom)}
	user := trait("user", q.Client.Name)
	m.negotiate()
	m.logOn(draw.Pick(&user, people), strings.ToUpper(firstLabel(q.Client.Name)), true)
	m.connectTree(draw.Pick(r, shareNames), statusOK)
	folder := draw.Pick(r, words)
	const foot = 1000 // what closing costs each side, about
	out := target(r, q.OutBytes, 3400, 0.6, 4e6) - m.sent[client] - foot
	in := target(r, q.InBytes, 5e3, 1.5, 8e6) - m.sent[server] - foot

	m.create(folder, accessRead, openExisting, isDirectory, 0, statusOK)
	files := r.Between(2, 12)
	if in < 16e3 {
		files = int(max(2, min(in/listEntry, 40)))
	}
	m.list(files)
	m.closeFile()
	if more := in - int64(files)*listEntry; more > 800 {
		m.create(folder+`\`+fileName(r), accessRead, openExisting, isFile, more, statusOK)
		m.move(m.read, more)
		m.closeFile()
	}
	if out > 800 {
		m.create(folder+`\`+fileName(r), accessWrite, overwriteIf, isFile, 0, statusOK)
		m.move(m.write, out-400)
		m.closeFile()
	}
	m.finish(smbTreeDisconnect)
	m.finish(smbLogoff)
	c.Ending = packet.CloseByClient
}

// SMBAccess is what a client tries on somebody else's machine.
type SMBAccess struct {
	User        string   // "" = administrator
	LogonFails  bool     // the server refuses the credentials; nothing more follows
	Shares      []string // asked for in this order, such as ADMIN$, C$, IPC$
	Granted     bool     // administrative shares are open to the user; IPC$ always is
	Pipe        string   // named pipe opened and bound on IPC$, such as svcctl; "" = none
	Drop        string   // file written to the first disk share granted; "" = none
	DropBytes   int64
	LeaveLogged bool // no log-off
}

// SMBProbe writes a session of administrative access: the shares in turn, a pipe, a file left behind.
func SMBProbe(r *draw.Stream, q Request, c *packet.Conversation, a SMBAccess) {
	m := &smb{script: begin(r, &q, c, "smb", 16+8*len(a.Shares), 2*smbRoom)}
	c.Ending = packet.CloseByClient
	user := a.User
	if user == "" {
		user = "administrator"
	}
	m.negotiate()
	m.logOn(user, strings.ToUpper(firstLabel(q.Client.Name)), !a.LogonFails)
	if a.LogonFails {
		return
	}
	for _, share := range a.Shares {
		if share != "IPC$" && !a.Granted {
			m.connectTree(share, statusAccessDenied)
			continue
		}
		m.connectTree(share, statusOK)
		switch {
		case share == "IPC$" && a.Pipe != "":
			m.bindPipe(a.Pipe, a.Granted)
		case share != "IPC$" && a.Drop != "":
			m.create(a.Drop, accessWrite, overwriteIf, isFile, 0, statusOK)
			m.move(m.write, max(1, a.DropBytes))
			m.closeFile()
			a.Drop = ""
		}
		m.finish(smbTreeDisconnect)
	}
	if !a.LeaveLogged {
		m.finish(smbLogoff)
	}
}
