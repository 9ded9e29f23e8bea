// Package smpptest is what the tests of SMPP's rooms share.
package smpptest

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// Main runs a room's tests, and fails the run when goroutines outlive it.
func Main(m *testing.M) {
	code := m.Run()
	left := goleak.Find()
	for tries := 0; left != nil && tries < 10; tries++ { // a busy machine ends them later than goleak waits
		left = goleak.Find()
	}
	if code == 0 && left != nil {
		fmt.Fprintln(os.Stderr, left)
		code = 1
	}
	os.Exit(code)
}
