//go:build !unix

package main

import "os"

// lockFile creates the file and holds nothing: this system has no flock.
func lockFile(path string) (*os.File, error) { return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) }
