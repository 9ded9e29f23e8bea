package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"notify1022/escalation/worktime"
)

// A calendar file is compiled for the years of the built-in calendar.
const (
	calendarFrom = 1990
	calendarTo   = 2100
)

// maxSettingFile bounds calendar, policy and configuration files.
const maxSettingFile = 4 << 20

// loadCalendar compiles a calendar file; an empty path is the built-in calendar
// of Hải Phòng. The version tells calendars apart in the timeline.
func loadCalendar(path string) (cal *worktime.Calendar, version string, err error) {
	if path == "" {
		return worktime.HaiPhong(), "hai-phong", nil
	}
	spec, text, err := readCalendar(path)
	if err != nil {
		return nil, "", err
	}
	cal, err = spec.Compile(calendarFrom, calendarTo)
	if err != nil {
		return nil, "", fmt.Errorf("calendar %s: %w", path, err)
	}
	sum := sha256.Sum256(text)
	return cal, "tep-" + hex.EncodeToString(sum[:4]), nil
}

func readCalendar(path string) (worktime.Spec, []byte, error) {
	text, err := readFile(path)
	if err != nil {
		return worktime.Spec{}, nil, fmt.Errorf("calendar: %w", err)
	}
	var spec worktime.Spec
	if err := decodeYAML(text, &spec); err != nil {
		return worktime.Spec{}, nil, fmt.Errorf("calendar %s: %w", path, err)
	}
	return spec, text, nil
}

// readFile reads a file of bounded size.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSettingFile+1))
	if err == nil && len(text) > maxSettingFile {
		err = errors.New(path + ": longer than 4 MiB")
	}
	return text, err
}
