package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"testing"
)

func TestBuildIsTheDigestOfTheProgram(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	got, err := buildDigest()
	if err != nil || got != hex.EncodeToString(sum[:]) {
		t.Errorf("%s, %v", got, err)
	}
}
