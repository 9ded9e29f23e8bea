package main

import (
	"fmt"
	"runtime/debug"
)

// versionCmd prints what this program was built from.
type versionCmd struct{}

func (versionCmd) Run(c *console) error {
	fmt.Fprintln(c.out, "notify1022", version())
	return nil
}

// version is the module's version, or the revision it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value
		}
	}
	if v == "" {
		v = "(devel)"
	}
	return v + " " + info.GoVersion
}
