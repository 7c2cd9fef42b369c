package learn

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"net/netip"
)

// pseudonyms replaces addresses so that two of them have as many first bits in common as before (J. Xu, J. Fan, M. Ammar and S. Moon,
// Prefix-Preserving IP Address Anonymization, ICNP 2002). What says of what sort an address is stays: private, link-local and public
// addresses stay such, and groups stay themselves.
type pseudonyms struct {
	block cipher.Block
	pad   [16]byte
	first [256]byte // of public IPv4 addresses: a permutation of the octets that such can begin with
}

func newPseudonyms(secret []byte) *pseudonyms {
	key := sha256.Sum256(append([]byte("addresses\x00"), secret...))
	block, err := aes.NewCipher(key[:16])
	if err != nil {
		panic(err) // sixteen bytes are a key
	}
	p := &pseudonyms{block: block}
	block.Encrypt(p.pad[:], key[16:])
	p.permute()
	return p
}

// permute shuffles the octets that public unicast addresses begin with.
func (p *pseudonyms) permute() {
	var public []byte
	for i := range 256 {
		p.first[i] = byte(i)
		if i > 0 && i < 224 && i != 10 && i != 127 && i != 100 && i != 169 && i != 172 && i != 192 && i != 198 && i != 203 {
			public = append(public, byte(i))
		}
	}
	shuffled := append([]byte{}, public...)
	for i := len(shuffled) - 1; i > 0; i-- {
		var b [16]byte
		b[0], b[1] = 'o', byte(i)
		p.block.Encrypt(b[:], b[:])
		j := int(uint(b[0])<<16|uint(b[1])<<8|uint(b[2])) % (i + 1)
		shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
	}
	for i, octet := range public {
		p.first[octet] = shuffled[i]
	}
}

// kept is how many first bits say of what sort an address is; -1 = the whole address does.
func kept(a netip.Addr) int {
	switch {
	case a.IsUnspecified() || a.IsLoopback() || a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return -1
	case a.Is4() && (a.As4()[0] == 10 || a.As4()[0] < 224 && !a.IsPrivate() && !a.IsLinkLocalUnicast()):
		return 8 // the first octet of public addresses is permuted
	case a.Is4() && a.As4()[0] == 172:
		return 12
	case a.Is4():
		return 16
	case a.IsLinkLocalUnicast():
		return 10
	case a.IsPrivate():
		return 8
	default:
		return 3
	}
}

// of is the pseudonym of an address.
func (p *pseudonyms) of(a netip.Addr) netip.Addr {
	a = a.Unmap()
	keep := kept(a)
	if keep < 0 {
		return a
	}
	in := a.AsSlice()
	out := append([]byte{}, in...)
	for bit := keep; bit < 8*len(in); bit++ {
		// The bit is flipped by a function of all bits before it.
		b := p.pad
		for i := range in {
			if whole := bit / 8; i < whole {
				b[i] = in[i]
			} else if i == whole && bit%8 > 0 {
				mask := byte(0xff) << (8 - bit%8)
				b[i] = in[i]&mask | p.pad[i]&^mask
			}
		}
		b[15] ^= byte(bit) // the prefixes 1 and 10 differ
		p.block.Encrypt(b[:], b[:])
		out[bit/8] ^= b[0] >> 7 << (7 - bit%8)
	}
	if a.Is4() {
		out[0] = p.first[out[0]]
	}
	pseudonym, _ := netip.AddrFromSlice(out)
	return pseudonym
}
