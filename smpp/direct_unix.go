//go:build unix

package smpp

import "syscall"

// directWriter writes what a connection takes without waiting: the system
// tells how much that is.
type directWriter struct {
	raw syscall.RawConn // nil if the connection has none
	b   []byte
	n   int
	try func(fd uintptr) bool // made once: a function for each write would be allocated
}

func (d *directWriter) open(c syscall.Conn) {
	raw, err := c.SyscallConn()
	if err != nil {
		return
	}
	d.raw = raw
	d.try = func(fd uintptr) bool {
		d.n, _ = syscall.Write(int(fd), d.b) // an error is left for the writer to meet
		return true                          // never wait
	}
}

func (d *directWriter) able() bool { return d.raw != nil }

// write returns how much of b was written.
func (d *directWriter) write(b []byte) int {
	d.b, d.n = b, 0
	d.raw.Write(d.try)
	d.b = nil
	return max(d.n, 0)
}
