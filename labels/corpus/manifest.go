// Package corpus keeps a corpus: the directory that holds a capture with its truth.
package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Format is the value of Manifest.Format that this package reads and writes.
const Format = "evilbench.corpus/1"

// The files of a corpus.
const (
	Traffic      = "traffic.pcap"
	Packets      = "packets.arrow"
	Flows        = "flows.arrow"
	Campaigns    = "campaigns.arrow"
	ManifestFile = "corpus.json"
)

// Members are the files that every corpus has beside its manifest, in the order of names.
func Members() []string { return []string{Campaigns, Flows, Packets, Traffic} }

// Manifest is corpus.json. It holds nothing that depends on the machine or on the time of writing.
type Manifest struct {
	Format    string          `json:"format"`
	Seed      uint64          `json:"seed"`
	Scenario  *Scenario       `json:"scenario,omitempty"`
	Model     string          `json:"model,omitempty"` // digest
	Version   string          `json:"version"`         // of the tool
	CreatedBy string          `json:"created_by"`      // verb: generate or import
	HomeNet   []string        `json:"home_net"`
	LinkType  int             `json:"link_type"` // LINKTYPE_ number
	Packets   int64           `json:"packets"`
	Flows     int64           `json:"flows"`
	Campaigns int64           `json:"campaigns"`
	Bytes     int64           `json:"bytes"` // on the wire
	Start     time.Time       `json:"start"` // first packet, UTC
	End       time.Time       `json:"end"`   // last packet, UTC
	Days      float64         `json:"days"`  // from Start to End, in days of 24 hours
	Warnings  []string        `json:"warnings"`
	Notes     []string        `json:"notes,omitempty"` // how it was made
	Sources   []Source        `json:"sources,omitempty"`
	Files     map[string]File `json:"files"` // by name; filled by Commit
}

// Scenario names the scenario a corpus was generated from.
type Scenario struct {
	Name   string `json:"name"`
	Digest string `json:"digest"`
}

// Source is a file that was imported.
type Source struct {
	Path   string `json:"path"` // base name
	SHA256 string `json:"sha256"`
}

// File is what is known of a member.
type File struct {
	SHA256 string `json:"sha256"` // lower-case hexadecimal
	Size   int64  `json:"size"`   // bytes
}

// Digest identifies the corpus: the SHA-256, in lower-case hexadecimal, of a line "NAME SHA256" for every file in the
// order of names. The manifest is not part of it, so that a note in it does not make another corpus.
func (m *Manifest) Digest() string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		fmt.Fprintf(h, "%s %s\n", name, m.Files[name].SHA256)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// SetSpan sets Start, End and Days from nanoseconds since the epoch.
func (m *Manifest) SetSpan(start, end int64) {
	m.Start, m.End = time.Unix(0, start).UTC(), time.Unix(0, end).UTC()
	m.Days = float64(end-start) / float64(24*time.Hour)
}
