package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

func TestAPolicyFileChangesWhatItNamesAndKeepsTheRest(t *testing.T) {
	path := mustWrite(t, t.TempDir(), "policy.yaml", `
version: qd-2027
decision: 12/2027/QĐ-UBND
valid_from: 2027-01-01
valid_to: 2028-01-01T00:00:00+07:00
overdue_from: head_notified
citizen_quiet: {from: "20:00", to: "08:00"}
`)
	policy, err := loadPolicy(path)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2027, 1, 1, 0, 0, 0, 0, worktime.Zone())
	if !policy.ValidFrom.Equal(from) || !policy.ValidTo.Equal(from.AddDate(1, 0, 0)) {
		t.Errorf("valid from %v to %v", policy.ValidFrom, policy.ValidTo)
	}
	builtin := escalation.DefaultPolicy()
	if policy.Version != "qd-2027" || policy.OverdueFrom != escalation.FromHeadNotified || policy.CitizenQuiet.From != "20:00" ||
		policy.LateAfter != builtin.LateAfter || len(policy.Rungs) != len(builtin.Rungs) {
		t.Errorf("%+v", policy)
	}
}

func TestAPolicyFileThatIsWrongNamesItsKey(t *testing.T) {
	for file, want := range map[string]string{
		"overdue_form: forwarded\n":      `unknown key "overdue_form"`,
		"late_after: soon\n":             "late_after",
		"valid_to: someday\n":            "valid_to",
		"rungs: []\n":                    "no head rung",
		"low_score: two\n":               "low_score",
		"rungs: [{rung: head, to: x}]\n": `unknown key "to"`,
		"rungs: [{rung: head, notify: [{to: boss, template: H1}]}]\n":                `notify[0].to: "boss" is no role`,
		"rungs: [{rung: head, notify: [{to: head, template: H99}]}]\n":               `notify[0].template: "H99" is no text`,
		"rungs: [{rung: head, notify: [{to: head, template: H1, promised: H1X}]}]\n": `notify[0].promised: "H1X" is no text`,
	} {
		_, err := loadPolicy(mustWrite(t, t.TempDir(), "policy.yaml", file))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", file, err, want)
		}
	}
}

func TestProductionTextsEveryNumberAndTheSimulatorToo(t *testing.T) {
	tests := []struct {
		name       string
		cfg        Config
		restricted bool
	}{
		{"production", Config{Environment: production, SMSC: []SMSC{{Name: "vnpt"}}}, false},
		{"a real SMSC in simulation", Config{Environment: simulation, SMSC: []SMSC{{Name: "vnpt"}}}, true},
		{"the built-in simulator", Config{Environment: simulation}, false},
	}
	for _, test := range tests {
		s := &service{cfg: test.cfg, log: slog.New(slog.DiscardHandler)}
		list, allowed, err := s.entries()
		if err != nil || len(list) != 1 || (allowed != nil) != test.restricted {
			t.Errorf("%s: %d entries, restricted %t, %v", test.name, len(list), allowed != nil, err)
		}
		s.Close()
	}
}
