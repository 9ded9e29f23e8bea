package store

import (
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// giveUpAfter makes a TCP connection fail when what was sent is not acknowledged for so
// long (RFC 5482; TCP_USER_TIMEOUT).
func giveUpAfter(silence time.Duration) func(network, address string, c syscall.RawConn) error {
	return func(network, _ string, c syscall.RawConn) (err error) {
		if silence <= 0 || !strings.HasPrefix(network, "tcp") {
			return nil
		}
		told := c.Control(func(fd uintptr) {
			err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(silence.Milliseconds()))
		})
		if told != nil {
			return told
		}
		return err
	}
}
