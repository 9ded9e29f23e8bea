package main

import (
	"errors"
	"fmt"
	"strings"
)

var errLocked = errors.New("another process serves it")

// alone makes sure that one process serves a SQLite file: two would each drive its
// ladder and bind with one account. Verbs that only look or add may run beside it.
func (s *service) alone() error {
	path, ok := strings.CutPrefix(s.cfg.Database, "sqlite:")
	if !ok {
		return nil
	}
	var err error
	if s.lock, err = lockFile(path + ".lock"); err != nil {
		return fmt.Errorf("database %s: %w; SQLite serves one process, several need postgres://…", path, err)
	}
	return nil
}
