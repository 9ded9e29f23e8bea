package queue

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"notify1022/escalation"
)

// inspector gives what the test says.
type inspector struct {
	found Audit
	err   error
}

func (i *inspector) Audit(context.Context, ...int64) (Audit, error) { return i.found, i.err }

// siren notes alarms.
type siren struct {
	texts     []string
	occasions []string // also of those that failed
	err       error
	during    func() // while it is being sent; nil: nothing happens
}

func (s *siren) Alarm(ctx context.Context, occasion, text string) error {
	if ctx.Err() != nil { // nothing can be sent in no time
		return ctx.Err()
	}
	s.occasions = append(s.occasions, occasion)
	if s.during != nil {
		s.during()
	}
	if s.err == nil {
		s.texts = append(s.texts, text)
	}
	return s.err
}

// hotwatch is some watches of one installation, by a clock that the test moves.
type hotwatch struct {
	*inspector
	*siren
	now   time.Time
	list  []*watch
	beats int
}

func watches(n int) *hotwatch {
	h := &hotwatch{inspector: &inspector{}, siren: &siren{}, now: time.Date(2026, 11, 23, 2, 5, 0, 0, time.UTC)}
	clock := func() time.Time { return h.now }
	shared, faults := &diary{}, &ownFaults{now: clock}
	for range n {
		h.list = append(h.list, &watch{auditor: h.inspector, alarm: h.siren, periods: shared, faults: faults, own: &ownFaults{now: clock}, metrics: NewMetrics(),
			log: quiet(), alive: func(context.Context) error { h.beats++; return errTest }}) // its own failure disturbs nothing
	}
	return h
}

// look lets each watch look, once a minute, until the time has passed.
func (h *hotwatch) look(t *testing.T, found Audit, err error, after time.Duration) {
	t.Helper()
	h.found, h.inspector.err = found, err
	for end := h.now.Add(after); h.now.Before(end); {
		h.now = h.now.Add(time.Minute)
		for _, w := range h.list {
			w.look(t.Context())
		}
	}
}

func TestAnAlarmIsRaisedOnceForAllNodesAndAgainAfterAnHour(t *testing.T) {
	t.Parallel()
	h := watches(2)
	for _, step := range []struct {
		what  string
		found Audit
		err   error
		after time.Duration
		want  int
	}{
		{"all is well", Audit{OldestRung: time.Minute}, nil, time.Minute, 0},
		{"silent petitions", Audit{Silent: 2}, nil, time.Minute, 1},
		{"the same, more of them", Audit{Silent: 3}, nil, time.Minute, 1},
		{"something else besides", Audit{Silent: 3, OldestRung: 3 * time.Minute}, nil, time.Minute, 2},
		{"nearly an hour later", Audit{Silent: 3, OldestRung: 9 * time.Minute}, nil, 59 * time.Minute, 2},
		{"an hour later", Audit{Silent: 3, OldestRung: 9 * time.Minute}, nil, time.Minute, 3},
		{"the audit fails: each node says so", Audit{}, errTest, time.Minute, 5},
		{"and does not repeat it", Audit{}, errTest, time.Minute, 5},
		{"not when it comes and goes either", Audit{}, nil, time.Minute, 5},
		{"and comes", Audit{}, errTest, time.Minute, 5},
	} {
		h.look(t, step.found, step.err, step.after)
		if len(h.texts) != step.want {
			t.Errorf("%s: %d alarms, want %d: %q", step.what, len(h.texts), step.want, h.texts)
		}
	}
}

// One fault does not pass for another, nor for itself when it had gone for long.
func TestEachFaultIsAnAlarmOfItsOwn(t *testing.T) {
	t.Parallel()
	budget, clock, archive := Audit{OverBudget: 3}, Audit{ClockStep: 24 * time.Hour}, Audit{Archived: true}
	for _, c := range []struct {
		name  string
		steps []Audit // fifteen minutes each
		want  int
	}{
		{"the clock after the budget", []Audit{budget, {}, clock}, 2},
		{"the archive after the clock, at once", []Audit{clock, archive}, 2},
		{"the same again", []Audit{clock, {}, clock}, 2},
		{"all of them in turn", []Audit{budget, clock, archive, {Silent: 1}}, 4},
		{"one that stays", []Audit{clock, clock, clock}, 1},
		{"one less", []Audit{{ClockStep: time.Hour, Archived: true}, archive}, 1},
	} {
		h := watches(2)
		for _, found := range c.steps {
			h.look(t, found, nil, 15*time.Minute)
		}
		if len(h.texts) != c.want {
			t.Errorf("%s: %d alarms, want %d: %q", c.name, len(h.texts), c.want, h.texts)
		}
	}
}

func TestAFaultThatComesAndGoesIsToldOfHourly(t *testing.T) {
	t.Parallel()
	h := watches(2)
	for range 60 { // two hours
		h.look(t, Audit{OldestRung: 3 * time.Minute}, nil, time.Minute)
		h.look(t, Audit{}, nil, time.Minute)
	}
	if len(h.texts) != 2 {
		t.Errorf("%d alarms in two hours", len(h.texts))
	}
}

func TestAnAlarmThatCouldNotBeSentIsTriedAgain(t *testing.T) {
	t.Parallel()
	h := watches(1)
	h.siren.err = errTest
	silent := Audit{Silent: 1, SilentCodes: []string{"HP261123-0001"}}
	h.look(t, silent, nil, 3*time.Minute)
	h.siren.err = nil
	h.look(t, silent, nil, time.Minute)
	if len(h.texts) != 1 || h.texts[0] != "1 phản ánh không có bước xử lý tiếp theo, cần mở ra xử lý: HP261123-0001" {
		t.Errorf("alarms %q", h.texts)
	}
	if len(h.occasions) != 4 || h.occasions[0] == "" || h.occasions[0] != h.occasions[3] {
		t.Errorf("it is another one each time: %q", h.occasions)
	}
}

// field failure 7
func TestTheHeartbeatStaysAwayWhileNobodyWasTold(t *testing.T) {
	t.Parallel()
	h := watches(1)
	h.siren.err = errTest
	silent := Audit{Silent: 1}
	for _, step := range []struct {
		what  string
		found Audit
		err   error // of the alarm
		want  int
	}{
		{"the alarm cannot be sent", silent, errTest, 0},
		{"the alarm was told", silent, nil, 1},
		{"it is not told again within the hour", silent, nil, 2},
		{"all is well", Audit{}, nil, 3},
	} {
		h.siren.err = step.err
		h.look(t, step.found, nil, time.Minute)
		if h.beats != step.want {
			t.Errorf("%s: %d beats, want %d", step.what, h.beats, step.want)
		}
	}
}

// Another worker looks while the first one tries to send, and fails.
//
// field failure 7
func TestNobodysHeartbeatGoesOutForAnAlarmThatIsBeingSent(t *testing.T) {
	t.Parallel()
	h := watches(2)
	first, second := h.list[0], h.list[1]
	h.found, h.siren.err = Audit{Silent: 1}, errTest
	h.during = func() { second.look(context.Background()) }
	for range 5 {
		first.look(t.Context())
	}
	if h.beats != 0 || len(h.occasions) != 5 {
		t.Errorf("%d beats, %d tries", h.beats, len(h.occasions))
	}
	h.during, h.siren.err = nil, nil // the second one looks by itself, and the text goes out
	second.look(t.Context())
	first.look(t.Context())
	if h.beats != 2 || len(h.texts) != 1 {
		t.Errorf("%d beats of two, %d alarms", h.beats, len(h.texts))
	}
}

// readOnly is a database that can be read and not written.
type readOnly struct{ Faults }

func (readOnly) NoteFaults(context.Context, ...string) ([]escalation.Fault, error) {
	return nil, errors.New("the disk is full")
}

func TestAFaultThatCannotBeNotedIsToldAllTheSame(t *testing.T) {
	t.Parallel()
	h := watches(2)
	for _, w := range h.list {
		w.faults = readOnly{}
	}
	h.look(t, Audit{OldestRung: time.Hour}, nil, 5*time.Minute)
	if len(h.texts) != 2 || h.beats != 0 { // each for itself
		t.Errorf("%d alarms, %d beats", len(h.texts), h.beats)
	}
	for _, text := range h.texts {
		if !strings.Contains(text, "không ghi được cơ sở dữ liệu") || !strings.Contains(text, "bước leo thang trễ 1 giờ") {
			t.Errorf("it says %q", text)
		}
	}
}

// While nothing is due a database that takes no writes shows itself nowhere else.
func TestADatabaseThatTakesNoWritesIsToldOfThoughNothingElseIsWrong(t *testing.T) {
	t.Parallel()
	h := watches(2)
	shared := h.list[0].faults
	h.look(t, Audit{}, nil, time.Minute)
	if len(h.texts) != 0 || h.beats != 2 {
		t.Errorf("all is well: %q, %d beats", h.texts, h.beats)
	}
	for _, w := range h.list {
		w.faults = readOnly{}
	}
	h.look(t, Audit{}, nil, 59*time.Minute)
	if len(h.texts) != 2 || h.beats != 2 || !strings.Contains(h.texts[0], "không ghi được cơ sở dữ liệu: xem") {
		t.Errorf("it takes no writes: %q, %d beats", h.texts, h.beats)
	}
	h.look(t, Audit{}, nil, 2*time.Minute)
	if len(h.texts) != 4 {
		t.Errorf("within the second hour: %q", h.texts)
	}
	for _, w := range h.list {
		w.faults = shared
	}
	h.look(t, Audit{}, nil, time.Minute)
	if len(h.texts) != 4 || h.beats != 4 {
		t.Errorf("it takes writes again: %q, %d beats", h.texts, h.beats)
	}
}

// faltering is a database whose every other write comes too late, as it seems to a process that
// stood still meanwhile.
type faltering struct {
	Faults
	late bool
}

func (f *faltering) NoteFaults(ctx context.Context, kinds ...string) ([]escalation.Fault, error) {
	if f.late = !f.late; f.late {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return f.Faults.NoteFaults(ctx, kinds...)
}

func TestAProcessThatStoodStillInItsWriteCallsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, own, beats := &siren{}, &ownFaults{now: time.Now}, 0
		w := &watch{auditor: &inspector{}, alarm: s, periods: &diary{}, faults: &faltering{Faults: own}, own: own, metrics: NewMetrics(), log: quiet(),
			alive: func(context.Context) error { beats++; return nil }}
		if w.look(t.Context()); len(s.texts) != 0 || beats != 1 {
			t.Errorf("told: %q; %d signs of life", s.texts, beats)
		}
	})
}

// hung is a database that answers nothing.
type hung struct{}

func (hung) Audit(ctx context.Context, _ ...int64) (Audit, error) {
	<-ctx.Done()
	return Audit{}, ctx.Err()
}

// punctual is an alarm that is of no use when its time is over.
type punctual struct{ told int }

func (p *punctual) Alarm(ctx context.Context, _, _ string) error {
	if ctx.Err() == nil {
		p.told++
	}
	return ctx.Err()
}

func TestADatabaseThatHangsLeavesTimeForTheAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, own := &punctual{}, &ownFaults{now: time.Now}
		w := &watch{auditor: hung{}, alarm: p, periods: &diary{}, faults: own, own: own, metrics: NewMetrics(), log: quiet()}
		w.look(t.Context())
		if p.told != 1 {
			t.Errorf("%d were told", p.told)
		}
	})
}

// hiccup is a database that answers one audit too late, as it seems to a process that stood
// still meanwhile, and the next one well.
type hiccup struct {
	inspector
	late bool
}

func (h *hiccup) Audit(ctx context.Context, stuck ...int64) (Audit, error) {
	if h.late = !h.late; h.late {
		return hung{}.Audit(ctx)
	}
	return h.inspector.Audit(ctx, stuck...)
}

func TestAProcessThatStoodStillInItsAuditCallsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, own, beats := &siren{}, &ownFaults{now: time.Now}, 0
		w := &watch{auditor: &hiccup{}, alarm: s, periods: &diary{}, faults: own, own: own, metrics: NewMetrics(), log: quiet(),
			alive: func(context.Context) error { beats++; return nil }}
		if w.look(t.Context()); len(s.texts) != 0 || beats != 1 {
			t.Errorf("told: %q; %d signs of life", s.texts, beats)
		}
	})
}

// halting is a database that is read and does not commit: it hangs, or gives the faults back
// without a word of it.
type halting struct {
	Faults
	hangs bool
}

func (h halting) NoteFaults(ctx context.Context, kinds ...string) ([]escalation.Fault, error) {
	if h.hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return h.Faults.NoteFaults(ctx, kinds...)
}

func (h halting) FaultsTold(ctx context.Context, kinds ...string) error {
	<-ctx.Done()
	return ctx.Err()
}

// A database that does not commit keeps nobody from being told, and does not have everybody
// told each minute either.
func TestADatabaseThatCommitsNothingHasTheAlarmToldOnceAnHour(t *testing.T) {
	for name, hangs := range map[string]bool{"what is wrong cannot be noted": true, "that it was told cannot be": false} {
		synctest.Test(t, func(t *testing.T) {
			s, own := &siren{}, &ownFaults{now: time.Now}
			w := &watch{auditor: &inspector{found: Audit{OldestRung: time.Hour}}, alarm: s, periods: &diary{}, faults: halting{&ownFaults{now: time.Now}, hangs}, own: own,
				metrics: NewMetrics(), log: quiet()}
			for begun := time.Now(); time.Since(begun) < 90*time.Minute; time.Sleep(auditEvery) {
				w.look(t.Context())
			}
			if len(s.texts) != 2 {
				t.Errorf("%s: %d were told in an hour and a half", name, len(s.texts))
			}
		})
	}
}
