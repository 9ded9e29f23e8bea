package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// installation writes a configuration of its own directory and returns its path.
func installation(t *testing.T, more string) string {
	t.Helper()
	dir := t.TempDir()
	return mustWrite(t, dir, "config.yaml", fmt.Sprintf("environment: simulation\nlisten: 127.0.0.1:0\ndatabase: sqlite:%s\n%s", filepath.Join(dir, "data", "n.db"), more))
}

func TestMigrateMakesTheDatabaseAndMayRunAgain(t *testing.T) {
	t.Parallel()
	config := installation(t, "")
	for range 2 {
		got := runCLI(t, "", "migrate", "--config", config)
		if got.code != exitDone || !strings.HasPrefix(got.out, "schema is up to date: sqlite, installation ") {
			t.Errorf("%+v", got)
		}
	}
}

// field failure 51
func TestADatabaseOfTheOtherEnvironmentIsRefused(t *testing.T) {
	config := installation(t, "")
	if got := runCLI(t, "", "migrate", "--config", config); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	path := filepath.Join(filepath.Dir(config), "data", "n.db")
	other := mustWrite(t, t.TempDir(), "c.yaml", "environment: production\npublic_url: https://1022.vn\ndatabase: sqlite:"+path+"\n"+goodSMSC)
	for _, verb := range [][]string{{"serve"}, {"apikey", "list"}} {
		if got := runCLI(t, "", append(verb, "--config", other)...); got.code != exitFailed || !strings.Contains(got.err, "was made for simulation") {
			t.Errorf("%s: %+v", verb[0], got)
		}
	}
}

func TestAnAPIKeyIsPrintedAloneAndListedWithoutItsSecret(t *testing.T) {
	config := installation(t, "")
	made := runCLI(t, "", "apikey", "create", "--config", config, "--name", "tổng đài", "--role", "operator")
	if made.code != exitDone || !regexp.MustCompile(`^[A-Za-z0-9_-]{20,}\n$`).MatchString(made.out) {
		t.Fatalf("%+v", made)
	}
	list := runCLI(t, "", "apikey", "list", "--config", config)
	if list.code != exitDone || list.out != "1\ttổng đài\toperator\t\tin use\n" {
		t.Errorf("%+v", list)
	}
	if got := runCLI(t, "", "apikey", "revoke", "1", "--config", config); got.code != exitDone {
		t.Errorf("%+v", got)
	}
	if got := runCLI(t, "", "apikey", "revoke", "1", "--config", config); got.code != exitUsage {
		t.Errorf("revoked twice: %+v", got)
	}
	if list := runCLI(t, "", "apikey", "list", "--config", config); !strings.Contains(list.out, "revoked") {
		t.Errorf("%+v", list)
	}
}

func TestAccountsAndKeysNeedARoleThatExists(t *testing.T) {
	config := installation(t, "")
	tests := []struct {
		args []string
		err  string
	}{
		{[]string{"--name", "a", "--role", "king"}, "--role"},
		{[]string{"--name", "", "--role", "operator"}, "--name"},
		{[]string{"--name", "a", "--role", "officer"}, "--unit"},
		{[]string{"--name", "a", "--role", "operator", "--unit", "X"}, "--unit"},
		{[]string{"--name", "a"}, "--role"},
	}
	for _, test := range tests {
		for _, verb := range []string{"apikey", "user"} {
			got := runCLI(t, "", append([]string{verb, "create", "--config", config}, test.args...)...)
			if got.code != exitUsage || !strings.Contains(got.err, test.err) || got.out != "" {
				t.Errorf("%s %v: %+v", verb, test.args, got)
			}
		}
	}
}

func TestAnAccountIsMadeOnceWithAPasswordThatIsPrintedAlone(t *testing.T) {
	t.Parallel()
	config := installation(t, "")
	args := []string{"user", "create", "--config", config, "--name", "lan", "--full-name", "Lan", "--role", "shift_lead"}
	made := runCLI(t, "", args...)
	if made.code != exitDone || !regexp.MustCompile(`^[A-Z0-9]{20,}\n$`).MatchString(made.out) {
		t.Fatalf("%+v", made)
	}
	if again := runCLI(t, "", args...); again.code != exitUsage || again.out != "" {
		t.Errorf("the name twice: %+v", again)
	}
	if list := runCLI(t, "", "user", "list", "--config", config); list.out != "1\tlan\tLan\tshift_lead\t\tin use\n" {
		t.Errorf("%+v", list)
	}
}

func TestTheDoctorFindsWhatAStartLacks(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	open, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	entry := func(addr net.Addr) string { return strings.Replace(goodSMSC, "127.0.0.1:2775", addr.String(), 1) }
	tests := []struct {
		name, config string
		migrate      bool
		code         int
		want         []string
	}{
		{"a fresh simulation", installation(t, ""), false, exitDone, []string{"ok    config", "warn  database", "ok    smsc       the built-in simulator", "warn  policy", "warn  mail", "warn  probe      no phone", "warn  heartbeat  nothing outside"}},
		{"a service that is watched", installation(t, "probe: {phone: \"0570000999\"}\nheartbeat: "+t.TempDir()+"/alive\n"), false, exitDone, []string{"ok    probe      each 5m", "ok    heartbeat  after each audit"}},
		{"a simulation that has run", installation(t, entry(open.Addr())), true, exitDone, []string{"ok    database   sqlite", "ok    schema", "ok    files", "warn  alarms", "ok    texts", "ok    smsc       vnpt can be reached", "ok    redis      embedded"}},
		{"an SMSC that is away", installation(t, entry(closed.Addr())), true, exitFailed, []string{"FAIL  smsc"}},
		{"a mail server that is away", installation(t, "mail: {addr: \""+closed.Addr().String()+"\"}\n"), true, exitFailed, []string{"FAIL  mail"}},
		{"a place for files that is none", installation(t, "files: "+mustWrite(t, t.TempDir(), "file", "")+"\n"), true, exitFailed, []string{"FAIL  files"}},
		{"a policy that is wrong", installation(t, "policy: "+mustWrite(t, t.TempDir(), "p.yaml", "overdue_from: never\n")+"\n"), true, exitFailed, []string{"FAIL  policy", "overdue_from"}},
		{"links without codes in production", mustWrite(t, t.TempDir(), "c.yaml", "environment: production\npublic_url: https://1022.vn\nslip_passcode: \"off\"\ndatabase: sqlite:"+t.TempDir()+"/p.db\n"+entry(open.Addr())), false, exitDone, []string{"warn  links      slip_passcode is off"}},
		{"a Redis that is away", installation(t, "redis: redis://"+closed.Addr().String()+"\n"), true, exitFailed, []string{"FAIL  redis"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.migrate {
				if got := runCLI(t, "", "migrate", "--config", test.config); got.code != exitDone {
					t.Fatalf("%+v", got)
				}
			}
			got := runCLI(t, "", "doctor", "--config", test.config)
			if got.code != test.code {
				t.Errorf("exit code %d, want %d: %s", got.code, test.code, got.out)
			}
			for _, want := range test.want {
				if !strings.Contains(got.out, want) {
					t.Errorf("%q lacks %q", got.out, want)
				}
			}
		})
	}
}

func TestServeRefusesWhatCannotWork(t *testing.T) {
	config := installation(t, "")
	production := mustWrite(t, t.TempDir(), "c.yaml", "environment: production\npublic_url: https://1022.vn\n"+goodSMSC)
	tests := []struct {
		name string
		args []string
		err  string
	}{
		{"a role that is none", []string{"--config", config, "--role", "cook"}, "cook"},
		{"split roles on SQLite", []string{"--config", config, "--role", "web"}, "SQLite"},
		{"two of three roles on SQLite", []string{"--config", config, "--role", "web", "--role", "worker"}, "SQLite"},
		{"a time that is none", []string{"--config", config, "--sim-now", "noon"}, "--sim-now"},
		{"a negative speed", []string{"--config", config, "--sim-speed=-1"}, "--sim-speed"},
		{"a simulated clock in production", []string{"--config", production, "--sim-speed", "2"}, "only in simulation"},
		{"split roles on embedded Redis", []string{"--config", installation(t, ""), "--role", "web"}, "split roles"},
		{"production without an SMSC", []string{"--config", mustWrite(t, t.TempDir(), "c.yaml", "environment: production\npublic_url: https://1022.vn\n")}, "smsc"},
		{"a calendar that is not there", []string{"--config", installation(t, "calendar: /nonexistent.yaml\n")}, "nonexistent"},
	}
	for _, test := range tests {
		got := runCLI(t, "", append([]string{"serve"}, test.args...)...)
		if got.code != exitUsage || !strings.Contains(got.err, test.err) || got.out != "" {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

func TestServeFailsOnAPortThatIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if got := runCLI(t, "", "serve", "--config", installation(t, ""), "--listen", taken.Addr().String()); got.code != exitFailed || !strings.Contains(got.err, "listen") {
		t.Errorf("%+v", got)
	}
}

// A command that was not told where its work is must not do it in a database of its own.
func TestACommandWithoutAConfigurationMakesNoDatabase(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{{"clock", "accept"}, {"user", "create", "--name", "lan", "--role", "operator"}, {"apikey", "list"}, {"report", "--period", "2026-11"},
		{"export", "units"}, {"personal", "export", "--phone", "0570000001"}, {"restored", "--hold"}, {"send", "--to", "0570000001", "--template", "T1"}} {
		got := runCLI(t, "", args...)
		if got.code != exitUsage || !strings.Contains(got.err, "--config") {
			t.Errorf("%v: %+v", args, got)
		}
	}
	if got := runCLI(t, "", "doctor"); got.code != exitDone || !strings.Contains(got.out, "not there yet") {
		t.Errorf("%+v", got)
	}
	if left, err := os.ReadDir("."); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestSendRefusesWhatCannotBeSent(t *testing.T) {
	config := installation(t, "")
	tests := []struct {
		name string
		args []string
		err  string
	}{
		{"a number that is none", []string{"--to", "12", "--template", "T1"}, "--to"},
		{"a landline", []string{"--to", "02253842345", "--template", "T1"}, "landline"},
		{"a text that is none", []string{"--to", "0570000001", "--template", "NOSUCH"}, "NOSUCH"},
		{"a variable left out", []string{"--to", "0570000001", "--template", "T1", "--var", "ma=HP261116-0001"}, "missing variable"},
		{"a variable without a value", []string{"--to", "0570000001", "--template", "T1", "--var", "ma"}, "name=value"},
		{"nobody", []string{"--template", "T1"}, "--to"},
	}
	for _, test := range tests {
		got := runCLI(t, "", append([]string{"send", "--config", config}, test.args...)...)
		if got.code != exitUsage || !strings.Contains(got.err, test.err) || got.out != "" {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

func TestSendWithoutAServiceQueuesAndDoesNotWaitForEver(t *testing.T) {
	config := installation(t, "")
	args := []string{"send", "--config", config, "--to", "0570000001", "--template", "T1"}
	for name, value := range alert() {
		args = append(args, "--var", name+"="+value)
	}
	if got := runCLI(t, "", args...); got.code != exitDone || got.out != "1\n" {
		t.Errorf("%+v", got)
	}
	got := runCLI(t, "", append(args, "--wait", "--timeout", "300ms")...)
	if got.code != exitFailed || got.out != "2\n" || !strings.Contains(got.err, "still queued") {
		t.Errorf("%+v", got)
	}
}
