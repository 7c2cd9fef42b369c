package dialogue

import (
	"encoding/binary"
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
)

// kexLists are the name-lists of a KEXINIT (RFC 4253 §7.1), both directions the same.
type kexLists struct{ kex, hostKeys, ciphers, macs, compression string }

const (
	openSSHKex     = "sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256"
	openSSHCiphers = "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com"
	openSSHMACs    = "umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1"
)

var (
	openSSHClient = kexLists{
		kex:      openSSHKex + ",ext-info-c,kex-strict-c-v00@openssh.com",
		hostKeys: "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256",
		ciphers:  openSSHCiphers, macs: openSSHMACs, compression: "none,zlib@openssh.com,zlib",
	}
	openSSHServer = kexLists{
		kex:      openSSHKex + ",kex-strict-s-v00@openssh.com",
		hostKeys: "rsa-sha2-512,rsa-sha2-256,ecdsa-sha2-nistp256,ssh-ed25519",
		ciphers:  openSSHCiphers, macs: openSSHMACs, compression: "none,zlib@openssh.com",
	}
	libraryClient = kexLists{
		kex:      "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group14-sha256,diffie-hellman-group14-sha1",
		hostKeys: "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256,ssh-rsa",
		ciphers:  "aes256-ctr,aes192-ctr,aes128-ctr,aes256-gcm@openssh.com,aes128-gcm@openssh.com",
		macs:     "hmac-sha2-256,hmac-sha2-512,hmac-sha1", compression: "none",
	}
)

// serverBanner is the identification string of the server, the same in every conversation.
func serverBanner(q *Request) string {
	t := trait("ssh", q.Server.Name+q.Server.Addr.String())
	switch {
	case familyOf(q.Server) == windows:
		return "SSH-2.0-OpenSSH_for_Windows_9.5"
	case q.Server.Stack.Name == "freebsd":
		return "SSH-2.0-OpenSSH_9.7 FreeBSD-20240806"
	default:
		return draw.Pick(&t, []string{
			"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3", "SSH-2.0-OpenSSH_8.9p1 Ubuntu-3ubuntu0.10",
			"SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.5", "SSH-2.0-OpenSSH_8.7", "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u5",
		})
	}
}

// clientBanner is what the client's software calls itself: mostly what its system ships, sometimes an automation library.
func clientBanner(r *draw.Stream, q *Request) string {
	if r.Chance(0.1) {
		return scriptBanner(r, q)
	}
	switch familyOf(q.Client) {
	case windows:
		return draw.Pick(r, []string{"SSH-2.0-OpenSSH_for_Windows_9.5", "SSH-2.0-PuTTY_Release_0.81"})
	case mac:
		return "SSH-2.0-OpenSSH_9.7"
	default:
		t := trait("ssh", q.Client.Name+q.Client.Addr.String())
		return draw.Pick(&t, []string{"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3", "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u5", "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.5"})
	}
}

// scriptBanner is what programs that log in without a person call themselves; administrators' and guessers' are the same.
func scriptBanner(r *draw.Stream, q *Request) string {
	if familyOf(q.Client) != windows && r.Chance(0.25) {
		return "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3"
	}
	return draw.Pick(r, []string{"SSH-2.0-libssh2_1.10.0", "SSH-2.0-libssh_0.10.6", "SSH-2.0-paramiko_3.4.0", "SSH-2.0-paramiko_2.12.0"})
}

// library tells whether a banner is that of a client without the hybrid key exchange.
func library(banner string) bool { return !strings.HasPrefix(banner, "SSH-2.0-OpenSSH") }

// appendKexInit writes SSH_MSG_KEXINIT.
func (s *script) appendKexInit(l *kexLists) {
	mark := len(s.buf)
	s.buf = append(s.buf, 0, 0, 0, 0, 0, 20)
	s.random(16)
	for _, list := range [...]string{l.kex, l.hostKeys, l.ciphers, l.ciphers, l.macs, l.macs, l.compression, l.compression, "", ""} {
		s.buf = binary.BigEndian.AppendUint32(s.buf, uint32(len(list)))
		s.buf = append(s.buf, list...)
	}
	s.buf = append(s.buf, 0, 0, 0, 0, 0)
	s.appendPacket(mark)
}

// appendKexECDH writes SSH_MSG_KEX_ECDH_INIT with a public value of n bytes (RFC 5656 §4).
func (s *script) appendKexECDH(n int) {
	mark := len(s.buf)
	s.buf = append(s.buf, 0, 0, 0, 0, 0, 30)
	s.buf = binary.BigEndian.AppendUint32(s.buf, uint32(n))
	s.random(n)
	s.appendPacket(mark)
}

// appendKexReply writes SSH_MSG_KEX_ECDH_REPLY: the host's Ed25519 key (its own, lasting), a public value of n bytes, a signature.
func (s *script) appendKexReply(n int) {
	const kind = "\x00\x00\x00\x0bssh-ed25519"
	var key [32]byte
	t := trait("host key", s.q.Server.Name+s.q.Server.Addr.String())
	t.Fill(key[:])
	mark := len(s.buf)
	s.buf = append(s.buf, 0, 0, 0, 0, 0, 31, 0, 0, 0, 51)
	s.buf = append(append(s.buf, kind+"\x00\x00\x00\x20"...), key[:]...)
	s.buf = binary.BigEndian.AppendUint32(s.buf, uint32(n))
	s.random(n)
	s.buf = append(append(s.buf, 0, 0, 0, 83), kind+"\x00\x00\x00\x40"...)
	s.random(64)
	s.appendPacket(mark)
}

// appendNewKeys writes SSH_MSG_NEWKEYS.
func (s *script) appendNewKeys() {
	mark := len(s.buf)
	s.buf = append(s.buf, 0, 0, 0, 0, 0, 21)
	s.appendPacket(mark)
}
