package main

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"notify1022/escalation"
	"notify1022/store/storetest"
)

// field failure 33
func TestHowManyRungsAChangedPolicyEndsIsSaidBeforeTheRestart(t *testing.T) {
	t.Parallel()
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		dir := t.TempDir()
		config := func(name, more string) string {
			return mustWrite(t, dir, name, fmt.Sprintf("listen: 127.0.0.1:0\nfiles: %s/files\ndatabase: %s\n%s", dir, dsn, more))
		}
		in := config("in.yaml", "")
		first := accepted(t, in)
		if _, err := opened(t, in).desk.Accept(t.Context(), escalation.Intake{Channel: "phone", Kind: 1, Content: "Nắp cống vỡ trước số nhà tôi", Unit: "SXD",
			Citizen: escalation.CitizenIntake{Name: "Trần Thị Mẫu", Phone: "0570000005"}}, escalation.Actor{Name: "Tổng đài viên", Role: escalation.Operator, Channel: escalation.ByConsole}); err != nil {
			t.Fatal(err)
		}
		if r := first.Rung(escalation.RungHead); r.State != escalation.Armed {
			t.Fatalf("the head rung is %s", r.State)
		}
		ladder := escalation.DefaultPolicy().Rungs
		less, err := yaml.Marshal(map[string]any{"rungs": slices.DeleteFunc(slices.Clone(ladder), func(r escalation.RungSpec) bool {
			return r.Ladder == escalation.ForwardLadder && r.Name == escalation.RungNudge
		})})
		if err != nil {
			t.Fatal(err)
		}
		const said = "2 armed rungs are not in it, and tell nobody when they fall due: forward/nudge 2"
		out := config("out.yaml", "policy: "+mustWrite(t, dir, "less.yaml", string(less))+"\n")
		if got := runCLI(t, "", "doctor", "--config", out); got.code != exitDone || !strings.Contains(got.out, "warn  policy     "+said) {
			t.Errorf("%+v", got)
		}
		if got := runCLI(t, "", "doctor", "--config", in); got.code != exitDone || strings.Contains(got.out, "armed rungs") {
			t.Errorf("by the policy that armed them: %+v", got)
		}
		cfg, _, err := LoadConfig(out, nil)
		if err != nil {
			t.Fatal(err)
		}
		log, told := loggedWords(t, `rungs=2 names="forward/nudge 2"`)
		_, stop, err := startRoom(t.Context(), cfg, order{log: log})
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-told:
		case <-time.After(time.Minute):
			t.Error("the worker does not say it")
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// loggedWords is a log, and what is closed once a line of it holds the words.
func loggedWords(t *testing.T, words string) (*slog.Logger, <-chan struct{}) {
	t.Helper()
	read, write := io.Pipe()
	said := make(chan struct{})
	go func() {
		once := sync.OnceFunc(func() { close(said) })
		for lines := bufio.NewScanner(read); lines.Scan(); {
			if strings.Contains(lines.Text(), words) {
				once()
			}
		}
	}()
	t.Cleanup(func() { write.Close() })
	return slog.New(slog.NewTextHandler(write, nil)), said
}
