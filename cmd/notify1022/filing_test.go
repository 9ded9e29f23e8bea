package main

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/templates"
)

func TestEachSenderHasItsOwnRuleForRegisteredTexts(t *testing.T) {
	cfg, _, err := LoadConfig(mustWrite(t, t.TempDir(), "c.yaml", "registered_texts: warn\n"+goodSMSC+"    registered_texts: {citizen: enforce}\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	c1, _ := templates.Builtin().Lookup(templates.C1)
	o1, _ := templates.Builtin().Lookup(templates.O1)
	e1, _ := templates.Builtin().Lookup(templates.E1)
	c8n, _ := templates.Builtin().Lookup(templates.C8n)
	for key, want := range map[*templates.Template]string{&c1: "1022HP enforce", &o1: "8022 warn", &e1: "8022 warn, 1022HP enforce", &c8n: "8022 warn"} {
		var got []string
		for _, s := range sendersOf(cfg.senders(), *key) {
			got = append(got, s.address+" "+s.rule)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s comes from %v, want %s", key.Key, got, want)
		}
	}
}

func TestATextIsHeldAgainstWhatIsOnFileForItsSender(t *testing.T) {
	lane := func(only escalation.Lane) func(escalation.Lane) bool {
		return func(l escalation.Lane) bool { return only == "" || l == only }
	}
	words := &catalogue{}
	words.current.Store(templates.Builtin())
	t1, _ := templates.Builtin().Lookup(templates.T1)
	forms, err := templates.Forms(t1.Text)
	if err != nil {
		t.Fatal(err)
	}
	own := newFilings([]store.RegisteredText{{Key: "T1", Sender: "8022", Text: forms[0]}, {Key: "T1", Sender: "8055", Text: "Tong dai {1}"}})
	row := func(class escalation.Class, email string) *escalation.Outgoing {
		return &escalation.Outgoing{Template: "T1", Vars: alert(), Class: class, Lane: escalation.LaneBulk, Email: email}
	}
	enforced := sender{"8022", escalation.OfficerSender, filingEnforce, lane("")}
	tests := []struct {
		why     string
		filed   filings
		senders []sender
		row     *escalation.Outgoing
		refused bool
		warned  bool
	}{
		{"it fits", own, []sender{enforced}, row(escalation.ClassReport, ""), false, false},
		{"it does not fit", filings{{"T1", "8022"}: own[filingKey{"T1", "8055"}]}, []sender{enforced}, row(escalation.ClassReport, ""), true, false},
		{"nothing is on file", filings{}, []sender{enforced}, row(escalation.ClassReport, ""), true, false},
		{"only warned", filings{}, []sender{{"8022", escalation.OfficerSender, filingWarn, lane("")}}, row(escalation.ClassReport, ""), false, true},
		{"nobody looks", filings{}, []sender{{"8022", escalation.OfficerSender, filingOff, lane("")}}, row(escalation.ClassReport, ""), false, false},
		{"an alarm is tried", filings{}, []sender{enforced}, row(escalation.ClassAlarm, ""), false, true},
		{"a mail is nobody's text", filings{}, []sender{enforced}, row(escalation.ClassReport, "a@example.vn"), false, false},
		{"another kind of sender", filings{}, []sender{{"1022HP", escalation.CitizenSender, filingEnforce, lane("")}}, row(escalation.ClassReport, ""), false, false},
		{"an account of another lane", filings{}, []sender{{"8055", escalation.OfficerSender, filingEnforce, lane(escalation.LaneUrgent)}}, row(escalation.ClassReport, ""), false, false},
		{"one of two accounts would drop it", own, []sender{enforced, {"8055", escalation.OfficerSender, filingEnforce, lane("")}}, row(escalation.ClassReport, ""), true, false},
	}
	for _, test := range tests {
		var log bytes.Buffer
		words.filed.Store(&test.filed)
		r := &renderer{catalogue: words, senders: test.senders, log: slog.New(slog.NewTextHandler(&log, nil))}
		err := r.Render(t.Context(), test.row)
		if errors.Is(err, templates.ErrUnregistered) != test.refused || err == nil == test.refused || strings.Contains(log.String(), "may drop") != test.warned {
			t.Errorf("%s: %v, log %q", test.why, err, log.String())
		}
		if test.refused != (test.row.Text == "") {
			t.Errorf("%s: frozen as %q", test.why, test.row.Text)
		}
		if err != nil && strings.Contains(err.Error(), "cần gọi lại") {
			t.Errorf("%s: the error shows a value: %v", test.why, err)
		}
	}
}
