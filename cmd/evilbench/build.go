package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
)

// buildDigest is the SHA-256 of the program itself, in hexadecimal. Steps in a store are of one build: a version says too little while
// the program is worked on, and a revision says nothing of changes that are not committed or of how it was compiled. Go makes the
// same bytes of the same sources, so that building again, or go run, finds what was done.
func buildDigest() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("the program's own file: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("the program's own file, of which the store keeps steps apart: %w; was it moved while it ran?", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
