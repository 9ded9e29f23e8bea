package store

import (
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

// userTimeout is the socket's own, in milliseconds.
func userTimeout(t *testing.T, conn *net.TCPConn) (ms int, known bool) {
	t.Helper()
	raw, err := conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	told := raw.Control(func(fd uintptr) {
		ms, err = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT)
	})
	if told != nil || err != nil {
		t.Fatal(told, err)
	}
	return ms, true
}
