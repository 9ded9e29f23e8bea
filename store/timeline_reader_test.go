package store_test

import (
	"fmt"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
)

// pencil is what somebody knows who reads timelines with a pencil in hand.
type pencil struct {
	city     *worktime.Calendar
	worksBy  func(unit string, at time.Time) *worktime.Calendar
	units    map[string]string                      // code by short name
	people   map[string]string                      // unit by who works there
	told     func(unit string, at time.Time) string // whom its slips went to; empty: it has nobody
	policies map[string]rules                       // by version
	seen     map[string]int                         // what the timelines were about
}

// reader goes through one timeline.
type reader struct {
	*pencil
	facts  []escalation.Fact
	turn   *retold
	course int // place of its first turn
	votes  map[string]vote
	known  []string // codes of the followers

	said     string // of the line
	rules    rules  // in force at the line
	began    time.Time
	hour     time.Time // by which 1022 has to ask; zero: it forwarded in the same breath
	anewHour bool      // it has begun again since 1022 has the petition
	asking   bool      // somebody has asked the citizen, and nothing has come
	first    time.Time // forward of the course
	limit    *deadline // the head's, of the course
	files    []*file   // of the course
	gone     time.Time // the course ended with nothing to be written about any more
	anew     bool      // a course is not the petition's first: what is urgent is so from now on
	question *question
}

// vote is a citizen's: of the answer and of 1022.
type vote struct {
	at             time.Time
	score, service int
}

// retold is a turn under way, with what its spans are made of.
type retold struct {
	escalation.Fact
	eight    *deadline // the officer's
	policy   string    // that gave it
	before   time.Time // the head's time ended so long ago, with another party
	taken    time.Time // the Office took it in the midst of the turn
	headHas  bool
	took     bool      // somebody of the unit has acted, or was named
	promised time.Time // the last promise
	missed   bool
	due      []time.Time // promises that were missed, when they fell due
	ranOut   []time.Time // when the head's time did in this turn
	sentBack []stretchOf
	given    time.Time // a result that waits
	held     []stretchOf
	holds    bool
	until    time.Time // of the hold that runs
	over     bool
}

// stretchOf is [from, to); an open one has no end.
type stretchOf struct{ from, to time.Time }

// retell reads a petition's timeline.
func (k *pencil) retell(entries []escalation.Entry) []escalation.Fact {
	l := &reader{pencil: k, votes: map[string]vote{}}
	for _, e := range entries {
		l.read(e)
	}
	l.close(true)
	for i := range l.facts {
		f, first := &l.facts[i], l.facts[0]
		f.Turn, f.Channel, f.Kind, f.Field, f.Area, f.Denunciation, f.ReceivedAt = i+1, first.Channel, first.Kind, first.Field, first.Area, first.Denunciation, first.OpenedAt
		f.Urgent = l.facts[len(l.facts)-1].Urgent
		f.Disputed = i+1 < len(l.facts) && l.facts[i+1].Office
	}
	return l.facts
}

// note counts what a timeline was about, so that a history that is too tame shows.
func (l *reader) note(what string, is bool) {
	if is {
		l.seen[what]++
	}
}

// open begins a turn.
func (l *reader) open(at time.Time, reopened bool) {
	urgent := l.turn != nil && l.turn.Urgent
	if reopened {
		l.course, l.anew = len(l.facts), true
		l.began, l.asking = at, false
		l.beginsHour(at, false)
		l.first, l.limit, l.files, l.question, l.gone = time.Time{}, nil, nil, nil, time.Time{}
	}
	l.turn = &retold{Fact: escalation.Fact{OpenedAt: at, Reopened: reopened, Urgent: urgent}}
}

// ends notes how the turn ended; an answer that stands has ended it before.
func (t *retold) ends(at time.Time, how escalation.Outcome) {
	t.resume(at)
	if t.Outcome == escalation.OutcomeOpen {
		t.Outcome, t.DoneAt = how, at
	}
}

// leads reports whether an act is of the lead's people, or of who speaks for them. A
// co-operating unit acts on a slip of its own.
func (l *reader) leads(e escalation.Entry) bool {
	unit := l.people[e.Actor]
	l.note("co-operating", unit != "" && unit != l.turn.Unit)
	return unit == "" || unit == l.turn.Unit
}

// acknowledged notes the first act of the unit, or for it.
func (l *reader) acknowledged(e escalation.Entry) {
	if t := l.turn; t.Unit != "" && t.AcknowledgedAt.IsZero() && l.leads(e) {
		t.AcknowledgedAt = e.At
		l.note("acknowledged for the unit", l.people[e.Actor] == "")
	}
	l.takes(e)
}

// takes notes whose work it is: the first of the unit who acts, but for a head to whom the
// end of the 8 h has brought it. These slips' pages ask for no code: nobody is known there.
func (l *reader) takes(e escalation.Entry) {
	t := l.turn
	if t.Unit == "" || t.took || l.people[e.Actor] != t.Unit || e.Channel == escalation.BySlipPage {
		return
	}
	if e.Role == escalation.Head && t.headHas {
		l.note("the head's after the 8 h", true)
		return
	}
	t.Officer, t.took = e.Actor, true
}

// assigns notes whom the unit has named (Đ17.4).
func (l *reader) assigns() {
	name, _, _ := strings.Cut(strings.TrimPrefix(l.said, "giao "), " xử lý")
	l.turn.Officer, l.turn.took = name, true
	l.note("named by the unit", true)
}

// handsOver gives the successor what nobody had taken.
func (l *reader) handsOver() {
	before, after, _ := strings.Cut(l.said, " bàn giao cho ")
	if t := l.turn; !t.took && t.Officer == before {
		t.Officer, _, _ = strings.Cut(after, " (")
		l.note("handed over untouched", true)
	}
}

// resume ends a hold.
func (t *retold) resume(at time.Time) {
	if t.holds {
		t.holds, t.held[len(t.held)-1].to = false, earlierOf(at, t.until)
	}
}

// moves ends the turn of a unit and begins the next one; where no unit has it, the turn
// goes on. The limit goes with the petition.
func (l *reader) moves(at time.Time, how escalation.Outcome) {
	if l.turn.Unit == "" {
		return
	}
	l.turn.ends(at, how)
	l.question = nil
	l.limit.goOn(at, 0, l.city)
	l.close(false)
	l.open(at, false)
	l.turn.before = l.facts[len(l.facts)-1].OverdueAt
}

// reopens begins another course.
func (l *reader) reopens(at time.Time) {
	if l.gone.IsZero() {
		l.gone = at
	}
	l.close(true)
	l.open(at, true)
	l.note("reopened", true)
}

// toOffice gives the turn to the Office, which may have it already. No limit binds it, and
// the unit that it names has the whole time (Đ9.5).
func (l *reader) toOffice(at time.Time) {
	if at.Equal(l.began) {
		l.hour = time.Time{}
	}
	l.first, l.limit, l.anew = time.Time{}, nil, true
	if l.turn.Office {
		return
	}
	l.note("Office", true)
	l.turn.Office = true
	if l.turn.taken = at; at.Equal(l.turn.OpenedAt) {
		l.turn.taken = time.Time{}
	}
}

// lineOf is what a line says; those of a denunciation stand where only shift leads read.
func lineOf(e escalation.Entry, locked bool) string {
	if locked && e.Private != "" {
		said, _, _ := strings.Cut(e.Private, "\n")
		return said
	}
	return e.Text
}

func (l *reader) read(e escalation.Entry) {
	e.At = e.At.UTC()
	l.rules = l.policies[e.Policy]
	if l.rules.hour == 0 {
		panic("no such policy: " + e.Policy)
	}
	if escalation.Verb(e.Action) == escalation.VerbAccept {
		l.accepts(e)
		return
	}
	l.said = lineOf(e, l.facts0().Denunciation)
	if !l.moved(e) && !l.clocked(e) {
		l.other(e)
	}
}

// facts0 is the petition's first turn.
func (l *reader) facts0() escalation.Fact {
	if len(l.facts) > 0 {
		return l.facts[0]
	}
	return l.turn.Fact
}

// accepts reads the line of the recording.
func (l *reader) accepts(e escalation.Entry) {
	locked := e.Text == "tiếp nhận"
	l.note("denunciation", locked)
	f, at := escalation.Fact{Denunciation: locked}, e.At
	for _, part := range strings.Split(lineOf(e, locked), "; ") {
		name, value, _ := strings.Cut(part, ": ")
		switch {
		case strings.HasPrefix(part, "tiếp nhận qua "):
			f.Channel = escalation.Channel(strings.TrimPrefix(part, "tiếp nhận qua "))
		case strings.HasPrefix(part, "loại "):
			fmt.Sscanf(part, "loại %d", &f.Kind)
		case name == "lĩnh vực" && !locked:
			f.Field = value
		case name == "địa bàn" && !locked:
			f.Area = value
		case part == "khẩn":
			f.Urgent = true
		case strings.HasPrefix(part, "đến lúc "):
			at = clockIn(part, "đến lúc ", e.At)
			l.note("letter that lay", true)
		}
	}
	l.open(at, false)
	f.OpenedAt = at
	l.turn.Fact = f
	l.began = e.At
	l.beginsHour(at, false)
	if f.Urgent {
		l.note("urgent", true)
		l.owesFile(at)
	}
}

// moved reads the lines after which somebody else has the petition.
func (l *reader) moved(e escalation.Entry) bool {
	t := l.turn
	switch verb := escalation.Verb(e.Action); verb {
	case escalation.VerbForward:
		if strings.Contains(l.said, "Văn phòng UBND thành phố chủ trì") {
			l.toOffice(e.At)
			return true
		}
		l.forwards(e)
	case escalation.VerbReassign:
		l.note("rerouted", t.Unit != "")
		l.moves(e.At, escalation.OutcomeMoved)
	case escalation.VerbAcceptReturn:
		if strings.Contains(l.said, "đơn vị phối hợp") {
			return true
		}
		l.moves(e.At, escalation.OutcomeReturned)
		l.beginsHour(e.At, false)
		l.note("returned", true)
		if e.Status == escalation.Disputed {
			l.toOffice(e.At)
		}
	case escalation.VerbDispute:
		if t.over {
			l.reopens(e.At)
		} else {
			l.moves(e.At, escalation.OutcomeMoved)
		}
		l.note("dispute", true)
		l.toOffice(e.At)
	case escalation.VerbReopen:
		l.reopens(e.At)
	case escalation.VerbSupplement:
		if t.over {
			l.reopens(e.At)
			return true
		}
		if l.asking && t.Unit == "" && !t.Office {
			l.beginsHour(e.At, true)
		}
		l.asking = false
		l.answered(e.At)
	case escalation.VerbAnswer:
		t.Outcome, t.Level, t.ResultAt, t.DoneAt, t.over = escalation.OutcomeDirect, escalation.OperatorLevel, e.At, e.At, true
		l.gone = e.At
		l.votes = map[string]vote{}
	case escalation.VerbReject:
		t.ends(e.At, escalation.OutcomeRejected)
		t.over, l.gone = true, e.At
	case escalation.VerbWithdraw:
		t.ends(e.At, escalation.OutcomeWithdrawn)
		t.over, l.gone = true, e.At
	case escalation.VerbMerge:
		l.merges(e)
	default:
		return false
	}
	return true
}

// forwards begins a unit's time: the officer's afresh, the head's where none runs yet.
func (l *reader) forwards(e escalation.Entry) {
	names, _, _ := strings.Cut(strings.TrimPrefix(l.said, "chuyển "), ":")
	lead, _, _ := strings.Cut(names, ", ")
	l.moves(e.At, escalation.OutcomeMoved)
	t, by := l.turn, l.worksBy(l.units[lead], e.At)
	t.Round, t.Unit, t.ForwardedAt, t.policy = 1, l.units[lead], e.At, e.Policy
	t.Officer, t.took = l.told(t.Unit, e.At), false
	l.note("nobody is there", t.Officer == "")
	t.eight = begin(by, e.At, l.rules.focal, len(l.facts))
	if e.At.Equal(l.began) {
		l.hour = time.Time{}
		l.note("forward in the same breath", true)
	}
	if l.first.IsZero() {
		l.first = e.At
	}
	if l.limit == nil && !l.rules.fromHead {
		l.limit = begin(by, l.first, l.rules.head, len(l.facts))
	}
	l.note("calendar of a unit", by != l.city)
	l.note("limit of before", l.limit != nil && l.limit.turn != len(l.facts))
	if t.Urgent {
		l.owesFile(e.At)
	}
}

// other reads the lines that leave the petition where it is.
func (l *reader) other(e escalation.Entry) {
	t := l.turn
	switch e.Action {
	case string(escalation.VerbAcknowledge):
		if l.said != "Văn phòng UBND thành phố tiếp nhận chủ trì" {
			l.acknowledged(e)
		}
	case "call":
		if strings.HasSuffix(l.said, ": có người nhận") {
			l.acknowledged(e)
		}
	case string(escalation.VerbAssign):
		l.acknowledged(e)
		l.assigns()
	case "handover":
		l.handsOver()
	case string(escalation.VerbETA):
		l.promises(e)
	case string(escalation.VerbReturn):
		l.acknowledged(e)
	case string(escalation.VerbClarify):
		l.asking = true
		switch {
		case t.Unit != "":
			l.asksUnit(e)
		case !t.Office:
			l.asks(e.At)
		}
	case string(escalation.VerbResult):
		l.results(e)
	case string(escalation.VerbPublish):
		t.Published, t.PublishedAt, t.over = true, e.At, true
		l.votes = map[string]vote{}
		l.needsFile(t.given)
	case string(escalation.VerbUrgent), string(escalation.VerbEmergency):
		t.Urgent = true
		l.owesFile(e.At)
	case string(escalation.VerbWrittenFile):
		l.sendsFile(e.At)
	case string(escalation.VerbRating):
		l.rates(e)
	case "rung:eta":
		t.misses(true)
	}
}

// results notes an answer, or another wording of one that waits.
func (l *reader) results(e escalation.Entry) {
	t, site := l.turn, strings.Contains(l.said, "đường dẫn trên trang của đơn vị")
	switch {
	case strings.HasPrefix(l.said, "ý kiến phối hợp"):
		return
	case strings.HasPrefix(l.said, "sửa nội dung"):
		t.OwnSite = site
		return
	}
	l.acknowledged(e)
	t.resume(e.At)
	if !t.promised.IsZero() { // nobody was asked about it while the clock stood
		l.note("read after the promised time", t.missed && !e.At.After(t.promised))
		t.misses(e.At.After(t.promised))
		l.note("promise missed", t.missed)
	}
	t.answers(e.At)
	t.OwnSite = site
	l.note("own site", site)
	l.judge(e)
	l.question = nil
	l.stops(e.At)
	l.needsFile(e.At)
}

// answers notes a result, by who had the petition then.
func (t *retold) answers(at time.Time) {
	t.Outcome, t.ResultAt, t.DoneAt, t.given = escalation.OutcomeAnswered, at, at, at
	switch {
	case t.Unit == "" && t.Office:
		t.Level = escalation.OfficeLevel
	case t.Unit == "":
		t.Level = escalation.OperatorLevel
	case t.headHas && !at.Before(t.eight.due):
		t.Level = escalation.HeadLevel
	default:
		t.Level = escalation.FocalLevel
	}
}

// merges ends a petition that follows another, or notes who follows this one.
func (l *reader) merges(e escalation.Entry) {
	if child, ok := strings.CutPrefix(l.said, "nhận "); ok {
		code, _, _ := strings.Cut(child, " ")
		l.known = append(l.known, code)
		return
	}
	l.turn.ends(e.At, escalation.OutcomeMerged)
	l.turn.over, l.gone = true, e.At
}

// rates reads a vote; what an earlier one said of 1022 stays where this one says nothing.
func (l *reader) rates(e escalation.Entry) {
	who, _, followed := strings.Cut(strings.TrimPrefix(l.said, "người dân của "), " ")
	if !followed || !strings.HasPrefix(l.said, "người dân của ") {
		who = ""
	}
	answer, service, _ := strings.Cut(l.said, "Tổng đài 1022")
	v := vote{e.At, strings.Count(answer, "★"), strings.Count(service, "★")}
	if v.service == 0 {
		v.service = l.votes[who].service
	}
	l.votes[who] = v
}
