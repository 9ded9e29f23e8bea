package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestALoadThatMakesNoSenseIsRefused(t *testing.T) {
	for name, args := range map[string][]string{
		"nothing to do":            {"--petitions", "0"},
		"negative rate":            {"--rate", "-1"},
		"share of replies":         {"--replies", "1.5"},
		"fewer open than due":      {"--scenario", "burst", "--open", "10", "--due", "20"},
		"nothing overdue":          {"--scenario", "start", "--open", "10", "--due", "20"},
		"recipients not distinct":  {"--scenario", "burst", "--open", "100", "--due", "50", "--units", "10"},
		"somebody else's database": {"--database", "sqlite:data/notify1022.db"},
		"a limit before the start": {"--duration=-1s"},
		"unknown scenario":         {"--scenario", "storm"},
		"start of the clock":       {"--sim-now", "yesterday"},
	} {
		t.Run(name, func(t *testing.T) {
			c := &console{in: strings.NewReader(""), out: io.Discard, err: io.Discard}
			if code := c.run(t.Context(), append([]string{"load"}, args...)); code != exitUsage {
				t.Errorf("exit %d", code)
			}
		})
	}
}

func TestAYearThatMakesNoSenseIsRefused(t *testing.T) {
	for name, args := range map[string][]string{
		"no days":                  {"--days", "0"},
		"two years":                {"--days", "730"},
		"no petitions":             {"--petitions", "0"},
		"a limit before the start": {"--duration=-1s"},
	} {
		c := &console{in: strings.NewReader(""), out: &bytes.Buffer{}, err: &bytes.Buffer{}}
		if code := c.run(t.Context(), append([]string{"load", "--scenario", "year"}, args...)); code != exitUsage {
			t.Errorf("%s: exit %d", name, code)
		}
	}
}
