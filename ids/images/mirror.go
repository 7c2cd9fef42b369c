package images

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// releases are the names under which Debian's main archive is configured.
var releases = []string{"bullseye", "bookworm", "trixie", "forky", "duke", "oldstable", "stable", "testing", "sid", "unstable"}

// debianMirror finds where a machine takes Debian's main archive from, in both forms of sources.list(5); "" = it does not.
func debianMirror(etcApt string) string {
	styles := []struct {
		pattern string
		read    func(string) string
	}{
		{"sources.list", oneLineMirror},
		{"sources.list.d/*.list", oneLineMirror},
		{"sources.list.d/*.sources", deb822Mirror},
	}
	for _, s := range styles {
		files, err := filepath.Glob(filepath.Join(etcApt, s.pattern))
		if err != nil {
			continue // the only error is a bad pattern
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				continue // a list that cannot be read is none
			}
			if m := s.read(string(text)); m != "" {
				return m
			}
		}
	}
	return ""
}

// oneLineMirror reads "deb [option=value ...] URI suite component ...".
func oneLineMirror(text string) string {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "deb ")
		if !ok {
			continue
		}
		rest = strings.TrimSpace(rest)
		if strings.HasPrefix(rest, "[") {
			_, rest, _ = strings.Cut(rest, "]")
		}
		f := strings.Fields(rest)
		if len(f) >= 3 && isMain(f[0], f[1:2], f[2:]) {
			return f[0]
		}
	}
	return ""
}

// deb822Mirror reads stanzas of "Field: value" lines.
func deb822Mirror(text string) string {
	for stanza := range strings.SplitSeq(text, "\n\n") {
		fields := map[string][]string{}
		for line := range strings.Lines(stanza) {
			name, value, ok := strings.Cut(line, ":")
			if ok && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, " ") {
				fields[strings.ToLower(name)] = strings.Fields(value)
			}
		}
		if slices.Equal(fields["enabled"], []string{"no"}) || !slices.Contains(fields["types"], "deb") {
			continue
		}
		for _, uri := range fields["uris"] {
			if isMain(uri, fields["suites"], fields["components"]) {
				return uri
			}
		}
	}
	return ""
}

// isMain tells Debian's main archive from its security archive and from other people's.
func isMain(uri string, suites, components []string) bool {
	remote := strings.HasPrefix(uri, "http://") || strings.HasPrefix(uri, "https://")
	return remote && slices.Contains(components, "main") &&
		slices.ContainsFunc(suites, func(s string) bool { return slices.Contains(releases, s) })
}
