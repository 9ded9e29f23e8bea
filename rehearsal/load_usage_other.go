//go:build !unix

package rehearsal

import "time"

// usage is what this process has used; here nobody tells.
type usage struct {
	cpu    time.Duration
	memory int64
}

func usageNow() usage { return usage{} }
