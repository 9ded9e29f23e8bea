// Package mailtest starts somebody else's mail server for tests: Debian's OpenSMTPD,
// throwaway, on loopback. A test that needs it on a machine without it is skipped, and
// fails instead when NOTIFY1022_REQUIRE names opensmtpd.
package mailtest

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"notify1022/queue/queuetest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// SizeMost is the largest mail that the server takes.
const SizeMost = 256 << 10

// Domain is whose mail the server takes.
const Domain = "example.vn"

// patience bounds the server's start.
const patience = 20 * time.Second

// OpenSMTPD starts a server that takes mail for Domain and passes it on to the address
// relay; it runs until the test ends. Its control socket and spool are the machine's,
// so tests take turns. It speaks no TLS: Debian 12's build, made for an older OpenSSL,
// breaks off each handshake.
func OpenSMTPD(t testing.TB, relay string) (addr string) {
	t.Helper()
	const daemon = "/usr/sbin/smtpd"
	if _, err := os.Stat("/usr/libexec/opensmtpd"); err != nil || os.Geteuid() != 0 {
		missing(t, "there is no OpenSMTPD that root may start (install opensmtpd)")
	}
	turn(t)
	addr = queuetest.FreeAddr(t)
	_, port, _ := net.SplitHostPort(addr)
	config := filepath.Join(t.TempDir(), "smtpd.conf")
	err := os.WriteFile(config, fmt.Appendf(nil, `smtp max-message-size %d
listen on 127.0.0.1 port %s hostname mail.%s
action "out" relay host "smtp://%s"
match from any for domain "%s" action "out"
`, SizeMost, port, Domain, relay, Domain), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(daemon, "-d", "-f", config)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		<-ended
		if t.Failed() {
			t.Logf("opensmtpd said:\n%s", &log)
		}
	})
	if !answers(addr, ended) {
		t.Fatalf("opensmtpd does not answer at %s", addr)
	}
	return addr
}

// missing ends a test whose server is not here.
func missing(t testing.TB, why string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("NOTIFY1022_REQUIRE"), ","), "opensmtpd") {
		t.Fatalf("NOTIFY1022_REQUIRE names opensmtpd, but %s", why)
	}
	t.Skipf("SKIPPED, NOT TESTED WITH OPENSMTPD: %s", why)
}

// turn waits until no other test on this machine runs the server. Who has the name
// keeps the line of who waits, and hangs up at the end.
func turn(t testing.TB) {
	t.Helper()
	const name = "@notify1022-opensmtpd"
	for {
		mine, err := net.Listen("unix", name)
		if err == nil {
			t.Cleanup(hold(mine))
			return
		}
		if other, err := net.Dial("unix", name); err == nil {
			io.Copy(io.Discard, other)
			other.Close()
		}
	}
}

// hold keeps the lines of who waits until released.
func hold(mine net.Listener) (release func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			other, err := mine.Accept()
			if err != nil {
				return
			}
			defer other.Close()
		}
	}()
	return func() { mine.Close(); <-done }
}

// answers asks until somebody takes the call.
func answers(addr string, ended <-chan struct{}) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			return true
		}
		select {
		case <-ended:
			return false
		case <-tick.C:
		}
	}
	return false
}
