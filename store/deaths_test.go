package store_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/store/storetest"
)

// Stories of docs/field-failures.md in which a process dies or starts again.

// What the child of the test of a killed door is told, and what it says.
const (
	childDSN   = "NOTIFY1022_TEST_CHILD_DSN"
	childPoint = "NOTIFY1022_TEST_CHILD_POINT"
	childReady = "the child is where it shall die"
	childLimit = 30 * time.Second
)

// lingering is a ledger that stops before its commit.
type lingering struct {
	*store.Store
	here func()
}

// Tx never comes to its commit.
func (l lingering) Tx(ctx context.Context, fn func(escalation.Tx) error) error {
	return l.Store.Tx(ctx, func(tx escalation.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		l.here()
		return errors.New("it lived on")
	})
}

// die is the child: it records and forwards a petition and waits to be killed,
// before the commit or right after it, when nobody has been told to wake.
func die(t *testing.T, dsn, point string) {
	w := &world{t: t, dsn: dsn, domain: monday, machine: monday}
	w.Store = mustOpen(t, dsn, store.Options{Domain: w.now, Machine: w.machineNow})
	here := func() {
		os.Stdout.WriteString("\n" + childReady + "\n")
		<-time.After(childLimit)
	}
	desk := w.deskOver(w.Store)
	if point == "before" {
		desk = w.deskOver(lingering{w.Store, here})
	}
	_, err := desk.Accept(t.Context(), escalation.Intake{
		Channel: escalation.ByPhone, Kind: 1, Content: "Đèn đường hỏng ở ngã tư, tối rất nguy hiểm", Unit: "SXD",
		Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn A", Phone: citizenPhone},
	}, operator)
	if err != nil {
		t.Fatal(err)
	}
	here()
}

// killed runs this test again as a child and kills it at the point.
func killed(t *testing.T, dsn, point string) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestADoorKilledAroundItsCommitLeavesAllOrNothing$")
	child.Env = append(os.Environ(), childDSN+"="+dsn, childPoint+"="+point)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	timeout := time.AfterFunc(childLimit, func() { _ = child.Process.Kill() })
	defer timeout.Stop()
	said, ready := "", false
	for lines := bufio.NewScanner(out); !ready && lines.Scan(); {
		said, ready = said+lines.Text()+"\n", lines.Text() == childReady
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed
	if !ready {
		t.Fatalf("the child ended too early: %s", said)
	}
}

// field failure 1
func TestADoorKilledAroundItsCommitLeavesAllOrNothing(t *testing.T) {
	if dsn := os.Getenv(childDSN); dsn != "" {
		die(t, dsn, os.Getenv(childPoint))
		return
	}
	storetest.EachBackend(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn, store.Options{})
		killed(t, dsn, "before")
		w.left(0)
		killed(t, dsn, "after")
		codes := w.left(1)
		desk := w.desk()
		w.later(24*time.Hour - time.Second) // nobody armed a wake; the rungs are rows
		w.fireAll(desk)
		if n := len(w.texts(codes[0], "H1")); n != 0 {
			t.Errorf("%d H1 a second early", n)
		}
		w.later(time.Second)
		w.fireAll(desk)
		w.firedOnce(codes)
	})
}

// left checks how many petitions there are, each with its slip's text and its
// rungs and no text without a petition, and gives their codes.
func (w *world) left(want int) (codes []string) {
	w.t.Helper()
	page, err := w.ListPetitions(w.t.Context(), store.Filter{})
	w.must(err)
	messages, err := w.Messages(w.t.Context(), store.MessageFilter{})
	w.must(err)
	for _, p := range page.Items {
		codes = append(codes, p.Code)
	}
	if len(codes) != want || count(messages.Items, "O1") != want || count(messages.Items, "C4") != want {
		w.t.Fatalf("%d petitions with %d O1 and %d C4, want %d of each", len(codes), count(messages.Items, "O1"), count(messages.Items, "C4"), want)
	}
	instants, err := w.DueInstants(w.t.Context(), monday, monday.AddDate(0, 0, 30), 100)
	w.must(err)
	if (len(instants) == 0) != (want == 0) {
		w.t.Fatalf("%d petitions and %d instants at which something is due", want, len(instants))
	}
	return codes
}

// restarts opens the database anew at each second around the instant and fires
// and claims; it gives the second of each text's first claim, by template.
func (w *world) restarts(around time.Time) map[string][]string {
	w.t.Helper()
	seen := map[string][]string{}
	for s := -10; s <= 10; s++ {
		at := around.Add(time.Duration(s) * time.Second)
		w.later(at.Sub(w.now()))
		fresh, err := store.Open(w.t.Context(), w.dsn, store.Options{Domain: w.now, Machine: w.machineNow})
		w.must(err)
		node := &world{Store: fresh, t: w.t, dsn: w.dsn}
		node.fireAll(node.desk())
		rows, err := node.Claim(w.t.Context(), "gw", 100, time.Hour, render)
		w.must(err)
		for _, r := range rows {
			seen[r.Template] = append(seen[r.Template], at.In(monday.Location()).Format("Mon 15:04:05"))
		}
		w.must(fresh.Close())
	}
	return seen
}

// field failure 5
func TestRestartsAtEachSecondAroundAWindowLoseNothingAndSendNothingEarly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		p := w.accept(t.Context(), desk) // Monday 08:00
		w.claim(100)
		evening := monday.Add(14 * time.Hour)
		w.do(desk, p.Code, &escalation.PromiseTime{At: evening}, w.focalOfficer())
		w.later(evening.Sub(w.now())) // 22:00: the promise has passed, texts wait for 06:45
		w.fireAll(desk)
		for _, row := range w.claim(100) {
			if row.Template == "O3" {
				t.Fatal("an officer is texted at 22:00")
			}
		}
		morning := w.restarts(monday.Add(22*time.Hour + 45*time.Minute))
		if got := strings.Join(morning["O3"], " "); got != "Tue 06:45:00" {
			t.Errorf("O3 went out at %q, want Tue 06:45:00 once", got)
		}
		due := w.restarts(monday.Add(24 * time.Hour)) // the 8 h
		for _, template := range []string{"H1", "O7", "C6"} {
			if got := strings.Join(due[template], " "); got != "Tue 08:00:00" {
				t.Errorf("%s went out at %q, want Tue 08:00:00 once", template, got)
			}
		}
		w.firedOnce([]string{p.Code})
	})
}
