package main

import "os"

// replace writes a file whole or not at all.
func replace(path string, data []byte) error {
	part := path + ".part"
	if err := os.WriteFile(part, data, 0o666); err != nil {
		return err
	}
	return os.Rename(part, path)
}
