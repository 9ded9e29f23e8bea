package main

import (
	"flag"
	"os"
	"runtime"
	"strconv"
	"testing"
)

// besides is how many of these tests go on at once for each that a core would compute: they
// wait for browsers, peers and clocks most of the time.
const besides = 2

func TestMain(m *testing.M) {
	flag.Parse()
	if told := flag.Lookup("test.parallel"); told.Value.String() == told.DefValue {
		if err := flag.Set("test.parallel", strconv.Itoa(besides*runtime.GOMAXPROCS(0))); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
