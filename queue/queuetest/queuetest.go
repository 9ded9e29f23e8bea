// Package queuetest finds the redis-server that tests start servers of their own from, and
// addresses for them.
package queuetest

import (
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Redis returns the path of the machine's redis-server. Without one the test is skipped,
// saying so; it fails instead when NOTIFY1022_REQUIRE names redis.
func Redis(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		if slices.Contains(strings.Split(os.Getenv("NOTIFY1022_REQUIRE"), ","), "redis") {
			t.Fatal("NOTIFY1022_REQUIRE names redis, but there is no redis-server here")
		}
		t.Skip("NOT TESTED on a real Redis: there is no redis-server here")
	}
	return path
}

// FreeAddr returns an address of loopback that nobody listens at, for a server that has to be
// told where.
func FreeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
