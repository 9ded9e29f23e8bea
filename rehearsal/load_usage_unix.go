//go:build unix

package rehearsal

import (
	"runtime"
	"syscall"
	"time"
)

// usage is what this process has used.
type usage struct {
	cpu    time.Duration
	memory int64 // bytes resident at the most
}

// usageNow asks getrusage(2), which counts memory in KiB, on Darwin in bytes.
func usageNow() usage {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return usage{}
	}
	memory := int64(r.Maxrss)
	if runtime.GOOS != "darwin" {
		memory *= 1024
	}
	return usage{cpu: time.Duration(r.Utime.Nano() + r.Stime.Nano()), memory: memory}
}
