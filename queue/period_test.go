package queue

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

var hanoi = time.FixedZone("+07", 7*3600)

func vn(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", s, hanoi)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// workweek is Monday to Friday.
func workweek(day time.Time) bool {
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
}

// post is Digests that notes what it was asked for.
type post struct {
	mu   sync.Mutex
	sent []string
	fail error
}

func (p *post) note(kind string, at time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return p.fail
	}
	p.sent = append(p.sent, kind+" "+at.In(hanoi).Format("02/01 15:04"))
	return nil
}

func (p *post) Forwarded(_ context.Context, at time.Time) error { return p.note("forwarded", at) }
func (p *post) Overdue(_ context.Context, at time.Time) error   { return p.note("overdue", at) }
func (p *post) Morning(_ context.Context, at time.Time) error   { return p.note("morning", at) }

func TestTheOfficesDigestIsDueAtElevenAndHalfPastFourOfWorkingDays(t *testing.T) {
	t.Parallel()
	digest := DigestPeriods(&post{}, hanoi, workweek)[0].Next
	for _, c := range []struct{ after, want string }{
		{"2026-11-20 10:59:59", "2026-11-20 11:00:00"}, // Friday
		{"2026-11-20 11:00:00", "2026-11-20 16:30:00"},
		{"2026-11-20 16:30:00", "2026-11-23 11:00:00"}, // over the weekend
		{"2026-11-21 12:00:00", "2026-11-23 11:00:00"}, // Saturday
		{"2026-12-31 23:59:59", "2027-01-01 11:00:00"}, // Friday; holidays are the calendar's business
	} {
		if got := digest(vn(t, c.after)); !got.Equal(vn(t, c.want)) {
			t.Errorf("after %s: %s, want %s", c.after, got, c.want)
		}
	}
	if got := DailyAt(hanoi, func(time.Time) bool { return false }, time.Hour)(vn(t, "2026-11-20 10:00:00")); !got.IsZero() {
		t.Errorf("a year without a day: %s, want none", got)
	}
}

// nodes are calendars of one installation.
func nodes(n int, clock Clock, d Digests) []*calendar {
	shared := &diary{}
	var list []*calendar
	for range n {
		list = append(list, newCalendar(&WorkerConfig{Periods: shared, Clock: clock, Metrics: NewMetrics(), Log: quiet(),
			Jobs: DigestPeriods(d, hanoi, workweek)}))
	}
	return list
}

func TestThreeNodesSendEachDigestOnce(t *testing.T) {
	t.Parallel()
	p, clock := &post{}, &hands{at: vn(t, "2026-11-23 09:00:00")} // Monday
	list := nodes(3, clock, p)                                    // field failure 13
	for at := clock.at; at.Before(vn(t, "2026-11-23 17:00:00")); at = at.Add(7 * time.Minute) {
		clock.set(at)
		for _, n := range list {
			n.look(context.Background())
		}
	}
	want := "[overdue 23/11 08:00 forwarded 20/11 16:30 forwarded 23/11 11:00 forwarded 23/11 16:30]"
	if got := fmt.Sprint(p.sent); got != want && got != "[forwarded 20/11 16:30 overdue 23/11 08:00 forwarded 23/11 11:00 forwarded 23/11 16:30]" {
		t.Errorf("sent %s, want %s", got, want)
	}
}

func TestAfterAnOutageTheLatestDigestAloneIsSent(t *testing.T) {
	t.Parallel()
	p, clock := &post{}, &hands{at: vn(t, "2026-11-16 09:00:00")} // Monday
	n := nodes(1, clock, p)[0]
	n.look(context.Background())
	p.sent = nil
	clock.set(vn(t, "2026-11-20 15:00:00")) // Friday: eight digests missed; field failure 47
	n.look(context.Background())
	if got := fmt.Sprint(p.sent); got != "[forwarded 20/11 11:00 overdue 20/11 08:00]" {
		t.Errorf("sent %s", got)
	}
}

func TestAFailedDigestIsTriedAgainUntilTheNextTakesItsPlace(t *testing.T) {
	t.Parallel()
	p, clock := &post{fail: errTest}, &hands{at: vn(t, "2026-11-20 11:01:00")} // Friday
	n := nodes(1, clock, p)[0]
	n.look(context.Background())
	p.fail = nil
	n.look(context.Background()) // too early to try again
	if len(p.sent) != 0 {
		t.Fatalf("sent %v without a pause", p.sent)
	}
	for _, j := range n.jobs {
		j.retry = time.Time{}
	}
	n.look(context.Background())
	if got := fmt.Sprint(p.sent); got != "[forwarded 20/11 11:00 overdue 20/11 08:00]" {
		t.Errorf("sent %s", got)
	}
}

func TestLateWorkIsWarnedOfWhereSomebodyWaitsForIt(t *testing.T) {
	t.Parallel()
	at := vn(t, "2026-11-20 10:00:00") // Friday
	for _, c := range []struct {
		name    string
		clock   Clock
		anytime bool
		want    string
	}{
		{"a digest", &hands{at: at}, false, "level=WARN"},
		{"pruning", &hands{at: at}, true, "level=INFO"},
		{"a clock's stride", &stageClock{hands{at: at}}, false, ""},
	} {
		var log bytes.Buffer
		n := newCalendar(&WorkerConfig{Periods: &diary{}, Clock: c.clock, Metrics: NewMetrics(), Log: slog.New(slog.NewTextHandler(&log, nil)),
			Jobs: []Period{{Kind: "work", Anytime: c.anytime, Next: DailyAt(hanoi, nil, 8*time.Hour), Run: func(context.Context, time.Time) error { return nil }}}})
		n.look(context.Background())
		if got := log.String(); c.want == "" && got != "" || !strings.Contains(got, c.want) || n.jobs[0].owed != (time.Time{}) {
			t.Errorf("%s: logged %q, want %s", c.name, got, c.want)
		}
	}
}

// dying is a diary whose work is held by a node that dies: it is free again after some
// questions.
type dying struct {
	diary
	held int
}

func (d *dying) Once(ctx context.Context, kind, period string, fn func(context.Context) error) (bool, error) {
	if d.held > 0 {
		d.held--
		return false, nil
	}
	return d.diary.Once(ctx, kind, period, fn)
}

func TestADigestOfANodeThatDiedIsSentByAnother(t *testing.T) {
	t.Parallel()
	p, clock := &post{}, &hands{at: vn(t, "2026-11-23 08:00:01")} // Monday
	n := newCalendar(&WorkerConfig{Periods: &dying{held: 3}, Clock: clock, Metrics: NewMetrics(), Log: quiet(), Jobs: DigestPeriods(p, hanoi, workweek)[1:]})
	for range 4 {
		n.look(context.Background())
		n.jobs[0].retry = time.Time{} // half a minute passes
	}
	if got := fmt.Sprint(p.sent); got != "[overdue 23/11 08:00]" {
		t.Errorf("sent %s", got)
	}
}

// A slip whose transaction began before the instant and committed after it belongs to
// the digest of that instant.
func TestTheForwardedDigestWaitsForWhatIsBeingCommitted(t *testing.T) {
	t.Parallel()
	p, clock := &post{}, &hands{at: vn(t, "2026-11-23 10:59:00")}
	n := nodes(1, clock, p)[0]
	n.look(context.Background())
	p.mu.Lock()
	p.sent = nil // those of the days before
	p.mu.Unlock()
	for _, c := range []struct{ at, want string }{
		{"2026-11-23 11:00:00", "[]"},
		{"2026-11-23 11:00:39", "[]"},
		{"2026-11-23 11:00:40", "[forwarded 23/11 11:00]"},
	} {
		clock.set(vn(t, c.at))
		n.look(context.Background())
		if got := fmt.Sprint(p.sent); got != c.want {
			t.Errorf("at %s: %s, want %s", c.at, got, c.want)
		}
	}
}

// overdueAt is one node that sends the overdue digest at eight of the days that days
// accepts, which a test may edit.
func overdueAt(clock Clock, p *post, days *func(time.Time) bool) *calendar {
	return newCalendar(&WorkerConfig{Periods: &diary{}, Clock: clock, Metrics: NewMetrics(), Log: quiet(),
		Jobs: DigestPeriods(p, hanoi, func(day time.Time) bool { return (*days)(day) })[1:]})
}

// except are the days with one of them turned over: off, or worked.
func except(days func(time.Time) bool, date string) func(time.Time) bool {
	return func(day time.Time) bool { return days(day) != (day.Format(time.DateOnly) == date) }
}

// A digest goes by the calendar that is in force when it is due.
func TestTheDigestGoesByTheCalendarAsItWasEdited(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, edited, date, want string }{
		{"Monday is made a day off on Sunday", "2026-11-22 20:00:00", "2026-11-23", "[overdue 20/11 08:00 overdue 24/11 08:00]"},
		{"Monday is made a day off in its last hour", "2026-11-23 07:59:00", "2026-11-23", "[overdue 20/11 08:00 overdue 24/11 08:00]"},
		{"Saturday is to be worked, on Friday", "2026-11-20 16:00:00", "2026-11-21", "[overdue 20/11 08:00 overdue 21/11 08:00 overdue 23/11 08:00 overdue 24/11 08:00]"},
		{"Saturday was worked, on Sunday", "2026-11-22 20:00:00", "2026-11-21", "[overdue 20/11 08:00 overdue 23/11 08:00 overdue 24/11 08:00]"},
	} {
		days := workweek
		p, clock := &post{}, &hands{at: vn(t, "2026-11-20 08:00:30")} // Friday
		n := overdueAt(clock, p, &days)
		for at := clock.at; at.Before(vn(t, "2026-11-24 09:00:00")); at = at.Add(time.Minute) {
			if at.After(vn(t, c.edited)) {
				days = except(workweek, c.date)
			}
			clock.set(at)
			n.jobs[0].asked = time.Time{} // a tick passes
			n.look(context.Background())
		}
		if got := fmt.Sprint(p.sent); got != c.want {
			t.Errorf("%s: sent %s, want %s", c.name, got, c.want)
		}
	}
}

// However fast a clock goes, an instant that comes is asked for once more.
func TestADayOffIsHeededAlsoWithinATick(t *testing.T) {
	t.Parallel()
	days := workweek
	p, clock := &post{}, &hands{at: vn(t, "2026-11-20 08:00:30")} // Friday
	n := overdueAt(clock, p, &days)
	n.look(context.Background())
	days = except(workweek, "2026-11-23") // Monday
	clock.set(vn(t, "2026-11-23 08:00:00"))
	n.look(context.Background())
	if got := fmt.Sprint(p.sent); got != "[overdue 20/11 08:00]" {
		t.Errorf("sent %s", got)
	}
}

func TestAFastClockAsksForTheNextInstantOnceATick(t *testing.T) {
	t.Parallel()
	begun, asked := time.Now(), 0
	clock := &stageClock{hands{at: vn(t, "2026-11-20 08:00:30")}} // Friday
	n := newCalendar(&WorkerConfig{Periods: &diary{}, Clock: clock, Metrics: NewMetrics(), Log: quiet(), Jobs: []Period{{Kind: "work",
		Next: func(at time.Time) time.Time { asked++; return DailyAt(hanoi, nil, 8*time.Hour)(at) },
		Run:  func(context.Context, time.Time) error { return nil }}}})
	n.look(context.Background())
	asked = 0
	for range 1000 {
		clock.set(clock.at.Add(time.Minute)) // less than a day in all
		n.look(context.Background())
	}
	if most := int(time.Since(begun)/periodTick) + 1; asked > most {
		t.Errorf("asked %d times in %s", asked, time.Since(begun))
	}
}

// A service manager waits thirty seconds, and what drains the gateway comes after the worker.
func TestPeriodicWorkIsBrokenOffSoonAfterAStopAndIsNotDone(t *testing.T) {
	t.Parallel()
	shared, begun := &diary{}, make(chan struct{}, 2)
	block := func(ctx context.Context, _ time.Time) error {
		begun <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}
	every := DailyAt(hanoi, nil, 8*time.Hour)
	l := newLadder(&hands{at: vn(t, "2026-11-20 10:00:00")}) // Friday
	w := testWorker(t, l, nil, func(c *WorkerConfig) {
		c.Periods, c.Jobs = shared, []Period{{Kind: "long", Next: every, Run: block}, {Kind: "next", Next: every, Run: block}}
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	next(t, begun, "periodic work")
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the worker works on ten seconds after the stop")
	}
	if len(begun) != 0 || len(shared.done) != 0 {
		t.Errorf("begun after the stop: %d, done %v", len(begun), shared.done)
	}
}
