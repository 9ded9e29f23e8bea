package smsc_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain fails the run when goroutines of the code under test outlive it.
func TestMain(m *testing.M) {
	code := m.Run()
	left := leftover()
	for began := time.Now(); left != "" && time.Since(began) < 5*time.Second; left = leftover() {
		time.Sleep(10 * time.Millisecond) // no event says that a goroutine is quite gone
	}
	if code == 0 && left != "" {
		fmt.Fprintf(os.Stderr, "goroutines left:\n%s\n", left)
		code = 1
	}
	os.Exit(code)
}

// leftover is the stacks of goroutines that run our code, but for this one.
func leftover() string {
	b := make([]byte, 1<<20)
	var left []string
	for i, g := range strings.Split(string(b[:runtime.Stack(b, true)]), "\n\n") {
		if i > 0 && strings.Contains(g, "notify1022/smpp") {
			left = append(left, g)
		}
	}
	return strings.Join(left, "\n\n")
}
