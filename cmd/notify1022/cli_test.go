package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ran is what one run of the program left behind.
type ran struct {
	code     int
	out, err string
}

// runCLI runs the program in-process with the given input and no environment.
func runCLI(t *testing.T, stdin string, args ...string) ran {
	t.Helper()
	var out, errs bytes.Buffer
	c := &console{in: strings.NewReader(stdin), out: &out, err: &errs}
	code := c.run(t.Context(), args)
	return ran{code, out.String(), errs.String()}
}

func TestEveryVerbKeepsItsWordAboutExitCodesAndOutput(t *testing.T) {
	tests := []struct {
		name string
		args []string
		in   string
		code int
		out  string // exactly
		err  string // somewhere on stderr
	}{
		{name: "no verb", code: exitUsage, err: "expected one of"},
		{name: "unknown verb", args: []string{"frobnicate"}, code: exitUsage, err: "frobnicate"},
		{name: "unknown flag", args: []string{"version", "--frobnicate"}, code: exitUsage, err: "--frobnicate"},

		// Friday 16:50 + 8 h of work: Monday 16:50.
		{name: "deadline over a weekend", args: []string{"deadline", "--from", "2026-03-13T16:50", "--add", "8h"}, out: "2026-03-16T16:50:00+07:00\n"},
		{name: "deadline at the end of a day", args: []string{"deadline", "--from", "2026-03-13T07:30", "--add", "8h"}, out: "2026-03-13T17:00:00+07:00\n"},
		{name: "deadline from another zone", args: []string{"deadline", "--from", "2026-03-13T09:50:00Z", "--add", "90m"}, out: "2026-03-16T08:50:00+07:00\n"},
		{name: "deadline in days", args: []string{"deadline", "--from", "2026-03-13T16:50", "--add", "2d"}, out: "2026-03-17T17:00:00+07:00\n"},
		{name: "deadline of nothing", args: []string{"deadline", "--from", "2026-03-14T10:00", "--add", "0h"}, out: "2026-03-14T10:00:00+07:00\n"},
		{name: "negative limit as its own word", args: []string{"deadline", "--from", "2026-03-13T16:50", "--add", "-8h"}, code: exitUsage, err: "--add"},
		{name: "negative limit", args: []string{"deadline", "--from", "2026-03-13T16:50", "--add=-8h"}, code: exitUsage, err: "sign"},
		{name: "no days", args: []string{"deadline", "--from", "2026-03-13T16:50", "--add", "0d"}, code: exitUsage, err: "at least one day"},
		{name: "a date that does not exist", args: []string{"deadline", "--from", "2026-02-30T10:00", "--add", "1h"}, code: exitUsage, err: "does not exist"},
		{name: "no start", args: []string{"deadline", "--add", "1h"}, code: exitUsage, err: "--from"},
		{name: "no limit", args: []string{"deadline", "--from", "2026-03-13T16:50"}, code: exitUsage, err: "--add"},
		{name: "lines and flags", args: []string{"deadline", "-", "--add", "1h"}, code: exitUsage, err: "per line"},
		{name: "stray argument", args: []string{"deadline", "8h"}, code: exitUsage, err: "unexpected argument"},
		{name: "calendar that is not there", args: []string{"deadline", "--from", "2026-03-13T16:50", "--add", "1h", "--calendar", "/nonexistent.yaml"}, code: exitUsage, err: "calendar"},
		{
			name: "deadline lines, good, bad and blank", args: []string{"deadline", "-"}, code: exitUsage,
			in: "2026-03-13T16:50 8h\r\n\n2026-03-13T16:50\n 2026-03-13T16:50\t2d \n2026-03-13T16:50 0d",
			out: "2026-03-16T16:50:00+07:00\nerror: the line is not of the form T D\nerror: the line is not of the form T D\n" +
				"2026-03-17T17:00:00+07:00\nerror: limit \"0d\": a limit in days has at least one day\n",
		},
		{name: "no lines", args: []string{"deadline", "-"}},

		{name: "sms of plain text", args: []string{"sms", "inspect", "abc"}, out: `{"coding":"gsm7","units":3,"segments":1,"unaccented":"abc","unaccented_segments":1}` + "\n"},
		{name: "sms of nothing", args: []string{"sms", "inspect", ""}, out: `{"coding":"gsm7","units":0,"segments":1,"unaccented":"","unaccented_segments":1}` + "\n"},
		{name: "sms keeps angle brackets", args: []string{"sms", "inspect", "<đ>&"}, out: `{"coding":"ucs2","units":4,"segments":1,"unaccented":"<d>&","unaccented_segments":1}` + "\n"},
		{name: "sms lines", args: []string{"sms", "inspect", "-"}, in: "€\r\n\n", out: `{"coding":"gsm7","units":2,"segments":1,"unaccented":"€","unaccented_segments":1}` + "\n" +
			`{"coding":"gsm7","units":0,"segments":1,"unaccented":"","unaccented_segments":1}` + "\n"},
		{name: "sms without a text", args: []string{"sms", "inspect"}, code: exitUsage, err: "text"},
		{name: "sms of two texts", args: []string{"sms", "inspect", "a", "b"}, code: exitUsage, err: "unexpected argument b"},

		{name: "reply at a time that is none", args: []string{"reply", "parse", "--now", "noon", "NHAN"}, code: exitUsage, err: "noon"},
		{name: "reply without a text", args: []string{"reply", "parse"}, code: exitUsage, err: "text"},

		{name: "smsc with an account that is none", args: []string{"smsc", "--account", "abc"}, code: exitUsage, err: "ID:PASSWORD"},
		{name: "smsc with a share that is none", args: []string{"smsc", "--error-rate", "2"}, code: exitUsage, err: "error_rate"},
		{name: "smsc with a status that is none", args: []string{"smsc", "--error-status", "RNOSUCH"}, code: exitUsage, err: "RNOSUCH"},
		{name: "smsc on a port that is none", args: []string{"smsc", "--listen", "127.0.0.1:99999"}, code: exitFailed, err: "listen"},

		{name: "calendar of a year", args: []string{"calendar", "--year", "2025"}, out: "2025: 250 working days, 2000h of working time\n"},
		{name: "calendar of a year too far", args: []string{"calendar", "--year", "1900"}, code: exitUsage, err: "1900"},
		{name: "configuration that is not there", args: []string{"doctor", "--config", "/nonexistent.yaml"}, code: exitFailed, out: "FAIL  config     configuration: open /nonexistent.yaml: no such file or directory\n"},
		{name: "migrate with a configuration that is not there", args: []string{"migrate", "--config", "/nonexistent.yaml"}, code: exitUsage, err: "nonexistent"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := runCLI(t, test.in, test.args...)
			if got.code != test.code {
				t.Errorf("exit code %d, want %d; stderr: %s", got.code, test.code, got.err)
			}
			if got.out != test.out {
				t.Errorf("stdout %q, want %q", got.out, test.out)
			}
			if !strings.Contains(got.err, test.err) {
				t.Errorf("stderr %q lacks %q", got.err, test.err)
			}
		})
	}
}

func TestHelpOfEveryVerbGoesToStdoutAndExitsWithZero(t *testing.T) {
	verbs := []string{"", "version", "serve", "smsc", "deadline", "sms", "sms inspect", "reply", "reply parse", "send",
		"migrate", "apikey", "apikey create", "user", "user create", "user list", "import", "export", "calendar", "clock", "clock accept", "restored", "doctor"}
	for _, verb := range verbs {
		got := runCLI(t, "", append(strings.Fields(verb), "-h")...)
		if got.code != exitDone || got.err != "" {
			t.Errorf("%q -h: exit code %d, stderr %q", verb, got.code, got.err)
		}
		if !strings.HasPrefix(got.out, strings.TrimSpace("Usage: notify1022 "+verb)) || !strings.Contains(got.out, "--config") {
			t.Errorf("%q -h says %q", verb, got.out)
		}
	}
}

func TestADeadlineIsExplainedLineByLine(t *testing.T) {
	got := runCLI(t, "", "deadline", "--from", "2026-04-24T16:00", "--add", "2h", "--explain") // Friday before a holiday on Monday
	want := "2026-04-28T08:30:00+07:00\n"
	if got.code != exitDone || !strings.HasPrefix(got.out, want) || !strings.Contains(got.out, "Giỗ Tổ Hùng Vương") {
		t.Errorf("exit code %d, stdout %q", got.code, got.out)
	}
}

func TestACalendarFileDecidesADeadline(t *testing.T) {
	dir := t.TempDir()
	calendar := mustWrite(t, dir, "calendar.yaml", `
hours: {mon: ["08:00-12:00"], tue: ["08:00-12:00"]}
announced_until: 2026-12-31
`)
	config := mustWrite(t, dir, "config.yaml", "calendar: "+calendar+"\n")
	for _, args := range [][]string{{"--calendar", calendar}, {"--config", config}} {
		got := runCLI(t, "", append([]string{"deadline", "--from", "2026-03-13T16:50", "--add", "8h"}, args...)...)
		if got.out != "2026-03-17T12:00:00+07:00\n" { // a Tuesday
			t.Errorf("with %s: exit code %d, stdout %q, stderr %q", args[0], got.code, got.out, got.err)
		}
	}
	wrong := mustWrite(t, dir, "wrong.yaml", "hours: {mon: [\"12:00-08:00\"]}\nholiday: 1\n")
	if got := runCLI(t, "", "calendar", wrong); got.code != exitUsage || !strings.Contains(got.err, "holiday") {
		t.Errorf("an unknown key: exit code %d, stderr %q", got.code, got.err)
	}
}

func TestACalendarIsComparedWithTheOneInForce(t *testing.T) {
	file := mustWrite(t, t.TempDir(), "calendar.yaml", `
hours: {mon: ["07:30-11:30", "13:00-17:00"], tue: ["07:30-11:30", "13:00-17:00"], wed: ["07:30-11:30", "13:00-17:00"],
  thu: ["07:30-11:30", "13:00-17:00"], fri: ["07:30-11:30", "13:00-17:00"]}
announced_until: 2099-12-31
off: [{date: 2025-01-01, name: a}]
`)
	got := runCLI(t, "", "calendar", file, "--year", "2025")
	for _, want := range []string{"2025: 260 working days", "2025-01-27 Mon: off -> 07:30-11:30 13:00-17:00", "2025-04-26 Sat: 07:30-11:30 13:00-17:00 -> off"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("stdout %q lacks %q", got.out, want)
		}
	}
	if strings.Contains(got.out, "2025-01-01") {
		t.Errorf("a date that stays is listed: %q", got.out)
	}
}

func TestAReplyIsShownWithAllItsKeys(t *testing.T) {
	got := runCLI(t, "NHAN 57234\n", "reply", "parse", "--now", "2026-11-23T09:00", "-")
	var parsed map[string]any
	if err := json.Unmarshal([]byte(got.out), &parsed); err != nil || got.code != exitDone {
		t.Fatalf("exit code %d, stdout %q: %v", got.code, got.out, err)
	}
	for _, key := range []string{"command", "codes", "at", "until", "score", "text", "problem"} {
		if _, ok := parsed[key]; !ok {
			t.Errorf("the key %s is missing: %s", key, got.out)
		}
	}
	if parsed["command"] != "ack" {
		t.Errorf("NHAN is %v", parsed["command"])
	}
}

func TestLinesThatAreTooLongAreAnErrorAndTheRestGoesOn(t *testing.T) {
	longest := strings.Repeat("a", maxLine)
	in := longest + "\n" + longest + "\r\n" + longest + "b\n" + strings.Repeat("c", 3*maxLine) + "\nlast"
	var out bytes.Buffer
	var seen []int
	err := eachLine(strings.NewReader(in), &out, func(line string) (string, error) {
		seen = append(seen, len(line))
		return line[:1], nil
	})
	if err != errTold {
		t.Errorf("error %v, want errTold", err)
	}
	tooLong := "error: " + errLineTooLong.Error() + "\n"
	if want := "a\na\n" + tooLong + tooLong + "l\n"; out.String() != want {
		t.Errorf("output %q, want %q", out.String(), want)
	}
	if len(seen) != 3 || seen[0] != maxLine || seen[1] != maxLine {
		t.Errorf("lines of %v bytes were answered", seen)
	}
}

func TestALineIsAnsweredBeforeTheNextOneIsRead(t *testing.T) {
	in, typed := io.Pipe()
	shown, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- eachLine(in, out, func(line string) (string, error) { return "<" + line + ">", nil })
		out.Close()
	}()
	answer := make([]byte, 16)
	for _, line := range []string{"one", "two"} {
		if _, err := io.WriteString(typed, line+"\n"); err != nil {
			t.Fatal(err)
		}
		n, err := shown.Read(answer)
		if err != nil || string(answer[:n]) != "<"+line+">\n" {
			t.Fatalf("answer %q, %v", answer[:n], err)
		}
	}
	typed.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// brokenWriter is a pipe whose reader has gone.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestAnOutputThatIsGoneEndsTheRun(t *testing.T) {
	c := &console{in: strings.NewReader("a\nb\n"), out: brokenWriter{}, err: io.Discard}
	if code := c.run(context.Background(), []string{"sms", "inspect", "-"}); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
}

func mustWrite(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
