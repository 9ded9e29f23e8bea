//go:build !unix

package smpp

import "syscall"

// directWriter does not write: all is left to the session's writer.
type directWriter struct{}

func (*directWriter) open(syscall.Conn)    {}
func (*directWriter) able() bool           { return false }
func (*directWriter) write([]byte) (n int) { return 0 }
