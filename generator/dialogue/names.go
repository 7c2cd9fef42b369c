package dialogue

import (
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// trait opens the stream of a lasting property of something named: a server keeps its software, certificate and aliases from one
// conversation to the next, in every corpus.
func trait(what, name string) draw.Stream {
	return draw.NewSeed(0x7472616974).Word(what).Word(name).Stream()
}

// fullName is the host's name with a domain.
func fullName(h *packet.Host, domain string) string {
	switch {
	case strings.Contains(h.Name, ".") || domain == "":
		return h.Name
	case h.Name == "":
		return "host." + domain
	default:
		return h.Name + "." + domain
	}
}

// firstLabel is what stands before the first dot.
func firstLabel(name string) string {
	label, _, _ := strings.Cut(name, ".")
	return label
}

// parentDomain is what stands behind the first dot, or the name itself where that would be a single label.
func parentDomain(name string) string {
	if _, rest, ok := strings.Cut(name, "."); ok && strings.Contains(rest, ".") {
		return rest
	}
	return name
}

// inside tells whether the name belongs to the domain.
func inside(name, domain string) bool {
	return domain != "" && (name == domain || strings.HasSuffix(name, "."+domain))
}

// family groups stacks by the software that usually runs on them.
type family uint8

const (
	unixServer family = iota
	linuxDesktop
	windows
	mac
)

func familyOf(h *packet.Host) family {
	switch {
	case strings.HasPrefix(h.Stack.Name, "windows"):
		return windows
	case h.Stack.Name == "macos":
		return mac
	case h.Stack.Name == "linux":
		return linuxDesktop
	default:
		return unixServer
	}
}
