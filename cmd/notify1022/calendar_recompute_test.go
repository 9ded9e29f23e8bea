package main

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/store/storetest"
)

// field failures 15, 16
func TestTheCalendarCommandMovesOpenDeadlinesOnceAfterADryRun(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		dir := t.TempDir()
		built := builtCalendar(t)
		was := mustWrite(t, dir, "was.yaml", built)
		off := nextWorkingDay(t, was)
		edited := mustWrite(t, dir, "edited.yaml", strings.Replace(built, "\noff:\n", fmt.Sprintf("\noff:\n  - {date: %q, name: \"nghỉ bão\", document: \"QĐ thử\"}\n", off), 1))
		config := func(calendar string) string {
			return mustWrite(t, dir, filepath.Base(calendar)+".config", fmt.Sprintf("database: %s\ncalendar: %s\n", dsn, calendar))
		}
		before := accepted(t, config(was))
		dry := runCLI(t, "", "calendar", "--config", config(edited), "--was", was, "--recompute", "--dry-run")
		if dry.code != exitDone || !strings.Contains(dry.out, "would move") || strings.Contains(dry.out, "\n0 deadlines") {
			t.Fatalf("%+v", dry)
		}
		if now := stored(t, config(was), before.Code); now.Version != before.Version {
			t.Error("the dry run changed the petition")
		}
		real := runCLI(t, "", "calendar", "--config", config(edited), "--was", was, "--recompute")
		now := stored(t, config(edited), before.Code)
		if real.code != exitDone || !now.Rung(escalation.RungOverdue).Due.After(before.Rung(escalation.RungOverdue).Due) {
			t.Errorf("%+v: overdue at %s, was %s", real, now.Rung(escalation.RungOverdue).Due, before.Rung(escalation.RungOverdue).Due)
		}
		if again := runCLI(t, "", "calendar", "--config", config(edited), "--was", was, "--recompute"); !strings.HasPrefix(again.out, "0 deadlines") {
			t.Errorf("%+v", again)
		}
	})
}

// nextWorkingDay is a date that the 48 hours of a petition taken in now cross.
func nextWorkingDay(t *testing.T, calendar string) string {
	t.Helper()
	cal, _, err := loadCalendar(calendar)
	if err != nil {
		t.Fatal(err)
	}
	return cal.Add(time.Now(), 12*time.Hour).Format(time.DateOnly)
}

// opened puts together as much of a service as decides.
func opened(t *testing.T, config string) *recomputation {
	t.Helper()
	cfg, _, err := LoadConfig(config, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &recomputation{}
	if err := r.open(t.Context(), cfg, &settings{log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.db.Close() })
	return r
}

func accepted(t *testing.T, config string) escalation.Petition {
	t.Helper()
	return acceptedBy(t, config, escalation.Unit{Code: "SXD"}, "+84570000001")
}

// acceptedBy takes a petition in for a new unit whose officer has the number.
func acceptedBy(t *testing.T, config string, unit escalation.Unit, phone string) escalation.Petition {
	t.Helper()
	if got := runCLI(t, "", "migrate", "--config", config); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	r := opened(t, config)
	if err := r.db.SaveUnits(t.Context(), escalation.Unit{Code: unit.Code, Name: "Sở Xây dựng", SMSName: "So XD", Kind: escalation.Department, Calendar: unit.Calendar}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.db.SaveContacts(t.Context(), escalation.Contact{Unit: unit.Code, Role: escalation.Focal, Name: "Đầu mối", Phone: phone}); err != nil {
		t.Fatal(err)
	}
	p, err := r.desk.Accept(t.Context(), escalation.Intake{Channel: "phone", Kind: 1, Content: "Đèn đường trước ngõ tắt bốn tối nay", Unit: unit.Code,
		Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0570000004"}}, escalation.Actor{Name: "Tổng đài viên", Role: escalation.Operator, Channel: escalation.ByConsole})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func stored(t *testing.T, config, code string) store.Case {
	t.Helper()
	found, err := opened(t, config).db.PetitionByCode(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
