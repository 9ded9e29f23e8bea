package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// The rows that reports count, made again from nothing but the stored timeline, as
// somebody with a pencil would who knows the roster, the calendar and the words that each
// act writes.
//
// What a timeline does not say, because it was never written there in a form that can be
// read back (see untold):
//
//   - Kind, Field, Area, Urgent, Denunciation: they are of the petition, not of an act, and
//     may be corrected without a line about the old value.
//   - Round: the number of a ladder, inside the desk alone.
//   - OverdueAt: a line says that the 48 hours had ended and when that was noticed. When
//     they ended is the deadline stored with the slip; that there is one is compared.
//   - HeldByFocal and HeldByHead: they part at the stored deadline of the 8 hours. Their sum
//     is compared.
//   - Judged, WithinFocal, WithinHead, AskedInTime: the stored deadlines judge, so that the
//     policy of then does. They move with holds, results sent back and promises.
//   - Written, WrittenInTime: which file is owed for what is in the file itself.
//   - Of a denunciation also the channel, the unit and who acknowledged: its lines name
//     nobody on purpose (Đ1.2). Its petitions are left out as a whole.
//   - OwnSite: the address is part of the result, which the timeline keeps apart as private.
type timelineFacts struct {
	units  map[string]string // code by short name
	facts  []escalation.Fact
	turn   *retold
	course int // place of its first turn
	votes  map[string]vote
	known  []string // codes of the followers
}

// vote is a citizen's: of the answer and of 1022.
type vote struct {
	at             time.Time
	score, service int
}

// retold is a turn under way, with what its spans are made of.
type retold struct {
	escalation.Fact
	taken    time.Time // the Office took it in the midst of the turn
	headHas  bool
	missed   bool // the last promise
	sentBack []stretchOf
	given    time.Time // a result that waits
	held     []stretchOf
	until    time.Time // of the hold that runs
	over     bool
}

// stretchOf is [from, to); an open one has no end.
type stretchOf struct{ from, to time.Time }

// untold blanks what a timeline does not say.
func untold(f escalation.Fact) escalation.Fact {
	f.Petition, f.Code = 0, ""
	f.Kind, f.Field, f.Area, f.Urgent, f.Denunciation, f.Round = 0, "", "", false, false, 0
	f.Judged, f.WithinFocal, f.WithinHead, f.AskedInTime, f.Written, f.WrittenInTime, f.OwnSite = false, false, false, false, false, false, false
	f.HeldByFocal, f.HeldByHead = f.HeldByFocal+f.HeldByHead, 0
	if !f.OverdueAt.IsZero() {
		f.OverdueAt = time.Unix(0, 0)
	}
	return f
}

// retell reads a petition's timeline.
func retell(entries []escalation.Entry, units map[string]string) []escalation.Fact {
	l := &timelineFacts{units: units, votes: map[string]vote{}}
	for _, e := range entries {
		l.read(e)
	}
	l.close(true)
	for i := range l.facts {
		f := &l.facts[i]
		f.Turn, f.Channel, f.ReceivedAt = i+1, l.facts[0].Channel, l.facts[0].OpenedAt
		f.Disputed = i+1 < len(l.facts) && l.facts[i+1].Office
	}
	return l.facts
}

// open begins a turn.
func (l *timelineFacts) open(at time.Time, reopened bool) {
	if reopened {
		l.course = len(l.facts)
	}
	l.turn = &retold{Fact: escalation.Fact{OpenedAt: at, Reopened: reopened}}
}

// ends notes how the turn ended; an answer that stands has ended it before.
func (t *retold) ends(at time.Time, how escalation.Outcome) {
	t.resume(at)
	if t.Outcome == escalation.OutcomeOpen {
		t.Outcome, t.DoneAt = how, at
	}
}

// acknowledged notes the first act of the unit.
func (t *retold) acknowledged(e escalation.Entry) {
	if t.Unit != "" && t.AcknowledgedAt.IsZero() {
		t.AcknowledgedAt, t.Officer = e.At, e.Actor
	}
}

// resume ends a hold.
func (t *retold) resume(at time.Time) {
	if n := len(t.held); n > 0 && t.held[n-1].to.IsZero() {
		t.held[n-1].to = earlierOf(at, t.until)
	}
}

// moves ends the turn of a unit and begins the next one; where no unit has it, the turn
// goes on.
func (l *timelineFacts) moves(at time.Time, how escalation.Outcome) {
	if l.turn.Unit == "" {
		return
	}
	l.turn.ends(at, how)
	l.close(false)
	l.open(at, false)
}

// reopens begins another course.
func (l *timelineFacts) reopens(at time.Time) {
	l.close(true)
	l.open(at, true)
}

// toOffice gives the turn to the Office, which may have it already.
func (l *timelineFacts) toOffice(at time.Time) {
	if l.turn.Office {
		return
	}
	l.turn.resume(at)
	l.turn.Office = true
	if l.turn.taken = at; at.Equal(l.turn.OpenedAt) {
		l.turn.taken = time.Time{}
	}
}

func (l *timelineFacts) read(e escalation.Entry) {
	e.At = e.At.UTC()
	t := l.turn
	switch verb := escalation.Verb(e.Action); verb {
	case escalation.VerbAccept:
		l.open(e.At, false)
		l.turn.Channel = escalation.Channel(strings.TrimPrefix(e.Text, "tiếp nhận qua "))
	case escalation.VerbForward:
		if strings.Contains(e.Text, "Văn phòng UBND thành phố chủ trì") {
			l.toOffice(e.At)
			return
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(e.Text, "chuyển "), ":")
		lead, _, _ := strings.Cut(name, ", ")
		l.moves(e.At, escalation.OutcomeMoved)
		l.turn.Unit, l.turn.ForwardedAt = l.units[lead], e.At
	case escalation.VerbReassign:
		l.moves(e.At, escalation.OutcomeMoved)
	case escalation.VerbAcceptReturn:
		l.moves(e.At, escalation.OutcomeReturned)
		if e.Status == escalation.Disputed {
			l.toOffice(e.At)
		}
	case escalation.VerbDispute:
		if t.over {
			l.reopens(e.At)
		} else {
			l.moves(e.At, escalation.OutcomeMoved)
		}
		l.toOffice(e.At)
	case escalation.VerbReopen:
		l.reopens(e.At)
	case escalation.VerbSupplement:
		if t.over {
			l.reopens(e.At)
		}
	case escalation.VerbAcknowledge:
		if e.Text != "Văn phòng UBND thành phố tiếp nhận chủ trì" {
			t.acknowledged(e)
		}
	case escalation.VerbETA:
		t.acknowledged(e)
		t.Promises++
		t.missed = false
	case escalation.VerbReturn:
		t.acknowledged(e)
	case escalation.VerbClarify:
		t.acknowledged(e)
		if t.Unit == "" {
			l.asks()
		}
	case escalation.VerbResult:
		if !strings.HasPrefix(e.Text, "sửa nội dung") {
			t.acknowledged(e)
			t.answers(e.At)
		}
	case escalation.VerbSendBack:
		t.sentBack = append(t.sentBack, stretchOf{t.given, e.At})
		t.Outcome, t.Level, t.ResultAt, t.DoneAt = 0, 0, time.Time{}, time.Time{}
	case escalation.VerbPublish:
		t.Published, t.PublishedAt, t.over = true, e.At, true
		l.votes = map[string]vote{}
	case escalation.VerbAnswer:
		t.Outcome, t.Level, t.ResultAt, t.DoneAt, t.over = escalation.OutcomeDirect, escalation.OperatorLevel, e.At, e.At, true
		l.votes = map[string]vote{}
	case escalation.VerbReject:
		t.ends(e.At, escalation.OutcomeRejected)
		t.over = true
	case escalation.VerbWithdraw:
		t.ends(e.At, escalation.OutcomeWithdrawn)
		t.over = true
	case escalation.VerbMerge:
		l.merges(e)
	case escalation.VerbHold:
		t.held = append(t.held, stretchOf{from: e.At})
		t.until = clockIn(e.Text, e.At)
	case escalation.VerbResume, "rung:resume":
		t.resume(e.At)
	case escalation.VerbRating:
		l.rates(e)
	case "rung:head":
		t.headHas = true
	case "rung:overdue":
		t.OverdueAt = e.At
	case "rung:eta":
		t.Missed++
		t.missed = true
	}
}

// answers notes a result, by who had the petition then.
func (t *retold) answers(at time.Time) {
	t.resume(at)
	t.Outcome, t.ResultAt, t.DoneAt, t.given = escalation.OutcomeAnswered, at, at, at
	switch {
	case t.Unit == "" && t.Office:
		t.Level = escalation.OfficeLevel
	case t.Unit == "":
		t.Level = escalation.OperatorLevel
	case t.headHas:
		t.Level = escalation.HeadLevel
	default:
		t.Level = escalation.FocalLevel
	}
}

// asks notes that 1022 asked the citizen: what it does in a course stands in the first turn.
func (l *timelineFacts) asks() {
	if l.course == len(l.facts) {
		l.turn.Asked = true
	} else {
		l.facts[l.course].Asked = true
	}
}

// merges ends a petition that follows another, or notes who follows this one.
func (l *timelineFacts) merges(e escalation.Entry) {
	if child, ok := strings.CutPrefix(e.Text, "nhận "); ok {
		code, _, _ := strings.Cut(child, " ")
		l.known = append(l.known, code)
		return
	}
	l.turn.ends(e.At, escalation.OutcomeMerged)
	l.turn.over = true
}

// rates reads a vote; what an earlier one said of 1022 stays where this one says nothing.
func (l *timelineFacts) rates(e escalation.Entry) {
	who, _, followed := strings.Cut(strings.TrimPrefix(e.Text, "người dân của "), " ")
	if !followed || !strings.HasPrefix(e.Text, "người dân của ") {
		who = ""
	}
	answer, service, _ := strings.Cut(e.Text, "Tổng đài 1022")
	v := vote{e.At, strings.Count(answer, "★"), strings.Count(service, "★")}
	if v.service == 0 {
		v.service = l.votes[who].service
	}
	l.votes[who] = v
}

// close books the turn; last: nothing of its course comes after it.
func (l *timelineFacts) close(last bool) {
	t, cal := l.turn, escalation.WorkCalendar(citysAlone().City)
	span := func(from, to time.Time) time.Duration {
		if from.IsZero() || !to.After(from) {
			return 0
		}
		return cal.Between(from, to).Truncate(time.Second)
	}
	t.AcknowledgedIn = span(t.ForwardedAt, t.AcknowledgedAt)
	from := t.ForwardedAt
	if from.IsZero() {
		from = t.OpenedAt
	}
	t.AnsweredIn = 0
	if t.Outcome == escalation.OutcomeAnswered || t.Outcome == escalation.OutcomeDirect {
		t.AnsweredIn = span(from, t.ResultAt)
	}
	t.spans(span)
	if t.Outcome == escalation.OutcomeAnswered && t.Promises > 0 && !t.missed && t.Unit != "" {
		t.Kept = 1
	}
	if l.course == len(l.facts) {
		decided := t.ForwardedAt
		if decided.IsZero() && (t.Outcome == escalation.OutcomeRejected || t.Outcome == escalation.OutcomeDirect) {
			decided = t.DoneAt
		}
		t.AtOnce = !t.Reopened && !decided.IsZero() && span(t.OpenedAt, decided) <= 15*time.Minute
	}
	if last && !t.ResultAt.IsZero() {
		given := func(who string) vote {
			if v := l.votes[who]; !v.at.Before(t.ResultAt) {
				return v
			}
			return vote{}
		}
		t.Score, t.Service = given("").score, given("").service
		for _, code := range l.known {
			t.Followers[given(code).score]++
			t.FollowersOn1022[given(code).service]++
		}
	}
	l.facts = append(l.facts, t.Fact)
}

// spans are who had the turn how long.
func (t *retold) spans(span func(from, to time.Time) time.Duration) {
	until := t.ForwardedAt
	if until.IsZero() {
		until = t.DoneAt
	}
	if t.Office {
		taken := t.OpenedAt
		if !t.taken.IsZero() && t.taken.Before(until) {
			taken = t.taken
		}
		t.HeldByOffice = span(taken, until)
		until = taken
	}
	t.HeldBy1022 = span(t.OpenedAt, until)
	if t.Unit != "" && !t.DoneAt.IsZero() {
		unit := span(t.ForwardedAt, t.DoneAt)
		for _, s := range t.sentBack {
			lay := span(s.from, earlierOf(s.to, t.DoneAt))
			unit, t.HeldBy1022 = unit-lay, t.HeldBy1022+lay
		}
		for _, h := range t.held {
			paused := span(h.from, earlierOf(h.to, t.DoneAt))
			unit, t.HeldByOffice = unit-paused, t.HeldByOffice+paused
		}
		t.HeldByFocal = unit
	}
	t.HeldBy1022 += span(t.ResultAt, t.PublishedAt)
}

func earlierOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// clockIn reads the first "14h05 25/11" of a text, ahead of an instant.
func clockIn(text string, after time.Time) time.Time {
	_, clock, _ := strings.Cut(text, "đến ")
	var h, m, day, month int
	if _, err := fmt.Sscanf(clock, "%dh%d %d/%d", &h, &m, &day, &month); err != nil {
		panic(err)
	}
	local := after.In(monday.Location())
	at := time.Date(local.Year(), time.Month(month), day, h, m, 0, 0, monday.Location())
	if at.Before(after.Add(-time.Minute)) {
		at = at.AddDate(1, 0, 0)
	}
	return at
}

func TestFactsAreWhatTheTimelinesTell(t *testing.T) {
	for _, seed := range []uint64{1022, 2026, 1, 3, 6, 8, 10} {
		each(t, func(t *testing.T, w *world) {
			ids := live(w, seed, 400)
			units := map[string]string{"So XD": "SXD", "So GT": "SGTVT"}
			outcomes := map[escalation.Outcome]int{}
			for _, id := range ids {
				entries, err := w.Timeline(t.Context(), id)
				w.must(err)
				got, want := retell(entries, units), store.FactsOf(t, w.Store, id)
				if want[0].Denunciation {
					continue
				}
				for i := range want {
					outcomes[want[i].Outcome]++
					if i >= len(got) || untold(got[i]) != untold(want[i]) {
						t.Errorf("petition %d turn %d of %d (%d)\nstored   %+v\ntimeline %+v\n%s", id, i+1, len(want), len(got), untold(want[i]), slices.Concat(got, make([]escalation.Fact, i+1))[i], linesOf(entries))
						break
					}
				}
				if len(got) != len(want) {
					t.Errorf("petition %d has %d turns, its timeline %d", id, len(want), len(got))
				}
			}
			if len(outcomes) < 4 {
				t.Errorf("only these outcomes: %v", outcomes)
			}
		})
	}
}

// linesOf are the lines of a timeline, for a failure.
func linesOf(entries []escalation.Entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "  %s %s %s: %s [%s]\n", e.At.In(monday.Location()).Format("2006-01-02 15:04"), e.Actor, e.Action, e.Text, e.Status)
	}
	return b.String()
}
