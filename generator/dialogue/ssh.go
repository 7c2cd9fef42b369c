package dialogue

import (
	"encoding/binary"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Sizes on the wire of sealed SSH packets under chacha20-poly1305 or AES-GCM, with OpenSSH's padding.
const (
	sshService  = 44  // SSH_MSG_SERVICE_REQUEST and _ACCEPT
	sshNone     = 68  // the "none" request that asks which methods there are
	sshFailure  = 52  // SSH_MSG_USERAUTH_FAILURE with two methods
	sshSuccess  = 28  // SSH_MSG_USERAUTH_SUCCESS
	sshPassword = 148 // padded so that the length tells nothing
	sshOffer    = 140 // a public key, asked about
	sshOfferOK  = 108
	sshSigned   = 268
	sshChannel  = 116
	sshHostKeys = 596
	sshClose    = 36
	sshKey      = 36 // one key stroke, or its echo
	sshMostTry  = 6  // MaxAuthTries of OpenSSH
	sshDropped  = 84 // SSH_MSG_DISCONNECT: too many failures
)

// SSH writes a session by public key: at a shell with a person's typing, or a bulk copy, until both sizes are reached.
func SSH(r *draw.Stream, q Request, c *packet.Conversation) {
	s := begin(r, &q, c, "ssh", 64, 6<<10)
	s.openSSH(clientBanner(r, &q))
	s.cipher(client, r.Duration(millisecond, 4*millisecond), sshOffer)
	s.cipher(server, serving(r), sshOfferOK)
	s.cipher(client, r.Duration(2*millisecond, 12*millisecond), sshSigned)
	s.cipher(server, serving(r), sshSuccess)
	s.openChannel()

	out := target(r, q.OutBytes, 5200, 0.8, 2e6) - s.sent[client] - 2*sshClose
	in := target(r, q.InBytes, 9e3, 1.2, 20e6) - s.sent[server] - sshClose
	if max(out, in) > 150e3 {
		s.copyFiles(out, in)
	} else {
		s.typeCommands(out, in)
	}
	s.cipher(server, serving(r), sshClose)
	s.cipher(client, r.Duration(300*microsecond, 2*millisecond), 2*sshClose)
	c.Ending = packet.CloseByClient
}

// SSHLogin writes a connection that tries passwords one after the other: attempts of them, the last accepted where success is
// set. A server hangs up after six failures, so no more than six are made.
func SSHLogin(r *draw.Stream, q Request, c *packet.Conversation, attempts int, success bool) {
	attempts = max(1, min(attempts, sshMostTry))
	s := begin(r, &q, c, "ssh", 16+2*attempts, 6<<10)
	s.openSSH(scriptBanner(r, &q))
	for i := range attempts {
		s.cipher(client, r.Duration(200*microsecond, 40*millisecond), sshPassword)
		if success && i == attempts-1 {
			s.cipher(server, r.Duration(4*millisecond, 60*millisecond), sshSuccess)
			s.openChannel()
			s.cipher(client, r.Duration(millisecond, 20*millisecond), 2*sshClose)
			c.Ending = packet.CloseByClient
			return
		}
		s.cipher(server, int64(1.6e9+r.Exp(0.7e9)), sshFailure) // pam_unix makes the guesser wait
	}
	c.Ending = packet.CloseByClient
	if attempts == sshMostTry {
		s.cipher(server, r.Duration(20*microsecond, 200*microsecond), sshDropped)
		c.Ending = packet.CloseByServer
	}
}

// cipher adds sealed packets of about n bytes: a length of 4, blocks of 8 and a tag of 16 make every packet 4 more than a multiple.
func (s *script) cipher(from packet.Side, wait, n int64) {
	s.add(packet.Turn{From: from, Wait: wait, Fill: (max(n, sshSuccess)+3)/8*8 + 4})
}

// openSSH is everything up to the server's list of methods: banners, key exchange (RFC 4253 §4.2, §7), service request.
func (s *script) openSSH(banner string) {
	s.line(client, s.r.Duration(0, 2*millisecond), banner, "\r\n")
	s.line(server, s.r.Duration(4*millisecond, 30*millisecond), serverBanner(s.q), "\r\n")
	lists, ask, reply := &openSSHClient, 1158+32, 1039+32 // sntrup761x25519-sha512
	if library(banner) {
		lists, ask, reply = &libraryClient, 32, 32 // curve25519-sha256
	}
	mark := len(s.buf)
	s.appendKexInit(lists)
	s.say(client, s.r.Duration(200*microsecond, 2*millisecond), s.cut(mark))
	mark = len(s.buf)
	s.appendKexInit(&openSSHServer)
	s.say(server, s.r.Duration(100*microsecond, millisecond), s.cut(mark))

	mark = len(s.buf)
	s.appendKexECDH(ask)
	s.say(client, s.r.Duration(millisecond, 5*millisecond), s.cut(mark))
	mark = len(s.buf)
	s.appendKexReply(reply)
	s.appendNewKeys()
	s.say(server, s.r.Duration(3*millisecond, 14*millisecond), s.cut(mark))

	mark = len(s.buf)
	s.appendNewKeys()
	s.add(packet.Turn{From: client, Wait: s.r.Duration(millisecond, 8*millisecond), Data: s.cut(mark), Fill: sshService})
	s.cipher(server, serving(s.r), sshService)
	s.cipher(client, s.r.Duration(100*microsecond, millisecond), sshNone)
	s.cipher(server, serving(s.r), sshFailure)
}

// openChannel opens a session and asks for a terminal and a shell (RFC 4254 §6).
func (s *script) openChannel() {
	s.cipher(client, s.r.Duration(200*microsecond, 2*millisecond), sshChannel)
	s.cipher(server, serving(s.r), sshHostKeys)
	s.cipher(client, s.r.Duration(100*microsecond, millisecond), 4*sshChannel)
	s.cipher(server, serving(s.r), 3*sshClose)
}

// typeCommands sends key strokes with their echoes; every command's end brings its output. What is more than keys is pasted.
func (s *script) typeCommands(out, in int64) {
	const mostKeys = 1200
	keys := int(max(1, min(mostKeys, min(out, in)/sshKey)))
	commands := 1 + keys/s.r.Between(6, 18)
	outputs := split(s.r, in-int64(keys)*sshKey, commands, sshKey)
	every := max(1, keys/len(outputs))
	pasted := max(0, out-int64(keys)*sshKey) / int64(len(outputs))
	for i := range keys {
		wait, n := int64(min(2e9, s.r.LogNormal(140e6, 0.6))), int64(sshKey)
		if i%every == 0 {
			wait, n = reading(s.r), sshKey+pasted
		}
		s.cipher(client, wait, n)
		s.cipher(server, s.r.Duration(200*microsecond, 3*millisecond), sshKey)
		if k := i / every; i%every == every-1 && k < len(outputs) {
			s.cipher(server, serving(s.r), outputs[k])
		}
	}
}

// copyFiles moves data in blocks, with the window adjustments of the other side between (RFC 4254 §5.2).
func (s *script) copyFiles(out, in int64) {
	const block = 1 << 20
	from, more, rest := client, out, max(0, in)
	if in > out {
		from, more, rest = server, in, max(0, out)
	}
	blocks := (more + block - 1) / block
	adjust := max(sshKey, rest/blocks)
	for more > 0 {
		n := min(block, more)
		s.cipher(from, serving(s.r)/4, n)
		s.cipher(1-from, s.r.Duration(100*microsecond, 2*millisecond), adjust)
		more -= n
	}
}

// appendPacket closes an unsealed binary packet (RFC 4253 §6) whose payload starts five bytes after the mark.
func (s *script) appendPacket(mark int) {
	n := len(s.buf) - mark
	padding := 8 - n%8
	if padding < 4 {
		padding += 8
	}
	s.buf = append(s.buf, make([]byte, padding)...)
	binary.BigEndian.PutUint32(s.buf[mark:], uint32(n+padding-4))
	s.buf[mark+4] = byte(padding)
}
