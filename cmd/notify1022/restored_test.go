package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

func TestMessagesThatWentOutBeforeARestoreAreTakenAsSentFromTheCommandLine(t *testing.T) {
	config := installation(t, "")
	if got := runCLI(t, "", "migrate", "--config", config); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(filepath.Dir(config), "data", "n.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	notice := func(seq int) escalation.Notice {
		return escalation.Notice{Template: "T1", Class: escalation.ClassSlip, Lane: escalation.LaneSlip, Attempt: 1, Seq: seq, To: escalation.Recipient{Phone: "+84570000001"}}
	}
	ids, err := db.InsertMessages(t.Context(), []escalation.Notice{notice(1), notice(2), notice(3)})
	if err != nil {
		t.Fatal(err)
	}
	restored := func(in string, args ...string) ran {
		return runCLI(t, in, append([]string{"restored", "--config", config}, args...)...)
	}
	for _, bad := range [][]string{nil, {"--sent", "-", "--before", "2026-11-28T14:30"}, {"--before", "yesterday"}, {"--sent", "-"}} {
		if got := restored("12 x\n", bad...); got.code != exitUsage {
			t.Errorf("%q: %+v", bad, got)
		}
	}
	list := fmt.Sprintf("%d\n\n%d\n", ids[0], ids[0]+1000)
	if got := restored(list, "--sent", "-", "--dry-run"); got.code != exitDone || got.out != "of 2 messages 1 would be taken as sent\n" {
		t.Errorf("%+v", got)
	}
	if err := db.Heartbeat(t.Context(), "a gateway", "gateway"); err != nil {
		t.Fatal(err)
	}
	if got := restored(list, "--sent", "-"); got.code != exitFailed || !strings.Contains(got.err, "a gateway lives") {
		t.Errorf("beside a gateway: %+v", got)
	}
	if err := db.Leaving(t.Context(), "a gateway"); err != nil {
		t.Fatal(err)
	}
	if got := restored(list, "--sent", "-"); got.code != exitDone || got.out != "of 2 messages 1 taken as sent\n" {
		t.Errorf("%+v", got)
	}
	ahead := time.Now().Add(24 * time.Hour).Format("2006-01-02T15:04")
	if got := restored("", "--before", ahead); got.code != exitUsage {
		t.Errorf("an instant that lies ahead: %+v", got)
	}
	if got := restored("", "--before", "2000-01-01T00:00"); got.code != exitDone || got.out != "of 0 messages 0 taken as sent\n" {
		t.Errorf("%+v", got)
	}
}
