package main

import (
	"os"
	"time"
)

// These two files are built into the program for a test of hosts whose clocks are wrong.

// skew is by how many seconds this host's wall clock is wrong: not at all, unless told so.
var skew = wrongBy(os.Getenv("NOTIFY1022_SKEW"))

// right is the kernel's function that reads the clocks.
var right uintptr

// mislead lets the runtime read the clocks by way of misread.
func mislead()

func init() { mislead() }

func wrongBy(text string) int64 {
	if text == "" {
		return 0
	}
	by, err := time.ParseDuration(text)
	if err != nil {
		panic(err)
	}
	return int64(by / time.Second)
}
