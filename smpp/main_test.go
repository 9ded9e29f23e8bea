package smpp_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails the run when goroutines outlive it.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
