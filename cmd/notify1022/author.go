package main

import (
	"os/user"

	"notify1022/escalation"
)

// atTheCommandLine is the author of what is done on the machine itself.
func atTheCommandLine() escalation.Actor {
	name := "dòng lệnh"
	if u, err := user.Current(); err == nil {
		name += " (" + u.Username + ")"
	}
	return escalation.Actor{Name: name, Role: escalation.Administrator, Channel: escalation.BySystem}
}
