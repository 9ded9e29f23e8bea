//go:build !linux

package store

import (
	"net"
	"testing"
)

func userTimeout(*testing.T, *net.TCPConn) (int, bool) { return 0, false }
