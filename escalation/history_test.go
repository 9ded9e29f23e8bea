package escalation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// history is a town in which anything happens in any order; after each step it
// checks what must always hold (DESIGN §3, §4).
type history struct {
	*town
	t     *rapid.T
	seen  map[int64]Petition // of the step before
	facts map[int64][]Fact   // as they were saved
	steps int
	picks int
}

func newHistory(t *rapid.T) *history {
	h := &history{t: t, seen: map[int64]Petition{}, facts: map[int64][]Fact{}}
	h.town = newTown(t, "2026-03-05 15:00", func(s *Setting) { // Thursday: a weekend is near
		s.Policy.OverdueFrom = rapid.SampledFrom([]OverdueFrom{FromForwarded, FromForwarded, FromHeadNotified}).Draw(t, "overdue from")
		s.Policy.DissatisfiedTo = rapid.SampledFrom([]DissatisfiedTo{ToOffice, ToUnit}).Draw(t, "dissatisfied to")
		s.Policy.ETAExtendsFocal = rapid.Bool().Draw(t, "eta extends")
		s.Policy.ClarifyPausesUnit = rapid.Bool().Draw(t, "clarify pauses")
		s.Mail = rapid.Bool().Draw(t, "mail")
		s.CitizensCanReply = rapid.Bool().Draw(t, "citizens reply")
		withOwn(ownCalendar(t, "T7", "sat"), ownCalendar(t, "muộn", "late"), ownCalendar(t, "24h", "clock"))(s)
	})
	for _, unit := range []string{"XD", "MT", "GV"} { // "mất" is a name without a calendar
		h.worksBy(unit, rapid.SampledFrom([]string{"", "", "T7", "muộn", "24h", "mất"}).Draw(t, "calendar of "+unit))
	}
	return h
}

// anybody is who may try a command, most of them people who may.
var anybody = []Actor{operator, operator, operator, shiftLead, office, office, focalXD, focalXD, focalMT, focalGV, headXD, citizen, citizen,
	{Name: "Lãnh đạo", Role: CityLeader, Channel: ByConsole}}

// pick draws one of a list. The generator prefers what stands first, so the
// list is turned a little further each time.
func pick[T any](h *history, what string, list []T) T {
	i := rapid.IntRange(0, len(list)-1).Draw(h.t, what)
	h.picks += 5
	return list[(i+h.picks)%len(list)]
}

// step does one thing.
func (h *history) step() {
	h.steps++
	if len(h.petitions) == 0 {
		h.record()
		h.check()
		return
	}
	pick(h, "what", []func(){h.command, h.pass, h.command, h.send, h.command, h.outage, h.command, h.record, h.command, h.send, h.command, h.lose, h.command})()
	h.check()
}

func (h *history) record() {
	if len(h.petitions) >= 3 {
		return
	}
	in := lamp()
	in.Citizen.Phone = rapid.SampledFrom([]string{"0570000501", "0570000502", "02253000099"}).Draw(h.t, "citizen")
	in.Kind = rapid.IntRange(1, 5).Draw(h.t, "kind")
	in.Confidential, in.Urgent = rapid.IntRange(0, 4).Draw(h.t, "confidential") == 0, rapid.IntRange(0, 4).Draw(h.t, "urgent") == 0
	in.Denunciation = rapid.IntRange(0, 9).Draw(h.t, "denunciation") == 0
	in.Content = "Tôi là Đinh Thị Cư Dân, 15 phố Thử Nghiệm, đèn đường tắt, gọi " + in.Citizen.Phone
	if rapid.Bool().Draw(h.t, "excludes") {
		in.Exclude = []int64{101}
	}
	if p, err := h.desk.Accept(h.ctx, in, operator); err == nil {
		h.code = p.Code
	}
}

// pass lets time go by with the ladder looking after itself.
func (h *history) pass() {
	h.until(h.now.Add(rapid.SampledFrom([]time.Duration{time.Minute, 20 * time.Minute, time.Hour, 5 * time.Hour, 26 * time.Hour, 8 * 24 * time.Hour}).Draw(h.t, "passes")))
}

// outage lets time go by with nobody looking, and then fires what is due.
func (h *history) outage() {
	before := map[int64]Petition{}
	for id, p := range h.petitions {
		before[id] = p.clone()
	}
	h.now = h.now.Add(rapid.SampledFrom([]time.Duration{3 * time.Minute, 3 * time.Hour, 30 * time.Hour, 12 * 24 * time.Hour}).Draw(h.t, "outage"))
	h.sameDeadlines(before)
	for range 100 {
		if h.fire() == 0 {
			return
		}
	}
	h.Errorf("firing does not come to an end")
}

// sameDeadlines: whoever looks late finds the deadlines of who looked in time.
func (h *history) sameDeadlines(petitions map[int64]Petition) {
	for _, p := range petitions {
		env := h.env(0)
		punctual := p.clone()
		for range 1000 {
			next := punctual.NextDue()
			if next.IsZero() || next.After(h.now) {
				break
			}
			env.Now = next
			step, n := Fire(punctual, env)
			if n == 0 {
				break
			}
			punctual = step.Petition
		}
		late := p.clone()
		if step, n := Fire(p, h.env(0)); n > 0 {
			late = step.Petition
		}
		if a, b := waiting(punctual), waiting(late); !slices.Equal(a, b) || punctual.Status != late.Status {
			h.Errorf("%s: in time %s %v, after the outage %s %v", p.Code, punctual.Status, a, late.Status, b)
		}
	}
}

// waiting lists the rungs that have not fired, with their deadlines.
func waiting(p Petition) []string {
	var list []string
	for _, r := range p.Rungs {
		if r.State == Armed || r.State == Paused || r.State == Deferred {
			list = append(list, fmt.Sprintf("%s/%d %s %s %s", r.Name, r.Slip, r.State, r.Due.Format(time.DateTime), r.Left))
		}
	}
	slices.Sort(list)
	return list
}

// env is that of the desk with tokens that come again.
func (h *history) env(tokens int) Env {
	env, err := h.desk.env(h.ctx, &memoryTx{memory: h.memory}, time.Time{})
	if err != nil {
		h.Fatal(err)
	}
	again := func() string { tokens++; return fmt.Sprintf("x%09d", tokens) }
	env.Token, env.Salt = again, again
	return env
}

// send is a text from somebody's phone, often applied only later.
func (h *history) send() {
	from := pick(h, "from", []int{101, 101, 102, 103, 112, 127, 150, 501, 777, 901})
	verb := pick(h, "verb", []string{"NHAN", "HEN", "HEN", "XONG", "XONG", "SAI", "HOI", "NOIMAY", "DS", "TT", "DG", "NGHI 10/3", "ok", "asdf", "chua xong", "NGUNG"})
	codes := []string{"", "", "99999"}
	for _, b := range h.bindings {
		if b.Phone == phone(from) {
			codes = append(codes, b.Code, b.Code, b.PetCode)
		}
	}
	code := pick(h, "code", codes)
	tail := pick(h, "tail", []string{"", "15h", "2 ngay", "15h 30/4", "Da thay 3 bong den duong", "khong thuoc tham quyen", "5", "1 den van tat"})
	h.text(phone(from), verb+" "+code+" "+tail)
	if rapid.IntRange(0, 3).Draw(h.t, "waits") > 0 {
		h.applyAll()
	}
}

func (h *history) applyAll() {
	for _, in := range h.inbound {
		if !in.Applied {
			h.apply(in)
		}
	}
}

// lose makes a text fail for good.
func (h *history) lose() {
	if len(h.messages) == 0 {
		return
	}
	h.undelivered(pick(h, "message", h.messages))
}

// command tries a verb on a petition: decided twice beside the desk, which must
// come to the same and leave its input alone, then carried out.
func (h *history) command() {
	codes := make([]string, 0, len(h.ids))
	for code := range h.ids {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	h.code = pick(h, "petition", codes)
	actor := pick(h, "actor", anybody)
	if h.petition().Denunciation && actor == operator {
		actor = shiftLead
	}
	commands := append(good(h.now), &Forward{Unit: "VP"}, &Forward{Units: []UnitRef{{Code: "XD"}, {Code: "MT"}}}, &Forward{Unit: "LL"}, &Merge{Into: codes[0]},
		&Reassign{Unit: "XD"}, &Reassign{Unit: "VP"}, &AcceptReturn{Unit: "MT"}, &Rate{Score: 1, Comment: "đèn vẫn tắt"}, &PromiseTime{At: h.now.AddDate(0, 1, 0)},
		&PromiseTime{At: h.now.Add(time.Hour)}, &GiveResult{Text: "Lần này đã sửa xong thật."}, &GiveResult{Text: "xong"}, &TransferEmergency{To: "113", Unit: "GV"},
		&Publish{WrittenReminder: true}, &Publish{Written: NeedExplain, WrittenReason: "chậm"}, &SendBack{Reason: "chung chung", Written: NeedRemind, WrittenReason: "chậm"}, &HoldClock{Reason: "chờ", Until: h.now.Add(2 * time.Hour)}, &Forward{})
	if rapid.IntRange(0, 4).Draw(h.t, "fits") > 0 { // mostly what may succeed
		commands = slices.DeleteFunc(commands, func(c Command) bool {
			filed := (c.Verb() == VerbAskExplanation || c.Verb() == VerbExplanation) && len(h.petition().Files()) > 0
			fits := filed || c.Verb() == VerbMerge || c.Verb() == VerbResume || slices.Contains(allowed[c.Verb()], h.petition().Status)
			permitted := (&change{p: h.petition(), actor: actor}).permitted(c.Verb()) == nil
			return !fits || !permitted
		})
	}
	if len(commands) == 0 {
		return
	}
	cmd := pick(h, "command", commands)
	before := *h.petition()
	if _, merge := cmd.(*Merge); !merge {
		h.pure(before, cmd, actor)
	}
	messages := len(h.messages)
	after, err := h.desk.Do(h.ctx, h.code, cmd, actor, 0)
	var refusal *Problem
	if err != nil {
		if !errors.As(err, &refusal) || !reflect.DeepEqual(*h.petition(), before) || len(h.messages) != messages {
			h.Errorf("%s was refused (%v) and changed something", cmd.Verb(), err)
		}
		return
	}
	h.keeps(cmd.Verb(), before, after)
}

// keeps checks what no such verb may do.
func (h *history) keeps(verb Verb, before, after Petition) {
	if (verb == VerbAcknowledge || verb == VerbETA) && before.Status.Sticky() && after.Status != before.Status {
		h.Errorf("%s lowers %s to %s", verb, before.Status, after.Status)
	}
	stops := []Verb{VerbResult, VerbDispute, VerbHold, VerbResume, VerbWithdraw, VerbMerge, VerbAcceptReturn, VerbRefuseReturn, VerbReassign, VerbDirect, VerbForward,
		VerbReopen, VerbSupplement, VerbSendBack, VerbPublish, VerbRating, VerbEmergency,
		VerbAnswer, VerbReject} // by 1022, with what a unit has handed back: the 48 hours run on until then
	if h.policy.ClarifyPausesUnit {
		stops = append(stops, VerbClarify)
	}
	if h.policy.ETAExtendsFocal {
		stops = append(stops, VerbETA)
	}
	if !slices.Contains(stops, verb) && !slices.Equal(clock(before), clock(after)) {
		h.Errorf("%s touches the result clock: %v, %v", verb, clock(before), clock(after))
	}
}

// clock lists the rungs that count the time to the result.
func clock(p Petition) []string {
	counting := []RungName{RungFocalReminder, RungHead, RungHeadReminder, RungOverdue, RungCooperate}
	return slices.DeleteFunc(waiting(p), func(s string) bool {
		name, _, _ := strings.Cut(s, "/")
		return !slices.Contains(counting, RungName(name))
	})
}

// pure decides twice and compares, then spoils the result to see that it shares
// nothing with the input.
func (h *history) pure(p Petition, cmd Command, actor Actor) {
	given := deepCopy(p)
	one, err1 := Apply(given, cmd, actor, h.env(0))
	two, err2 := Apply(given, cmd, actor, h.env(0))
	if !reflect.DeepEqual(one, two) || fmt.Sprint(err1) != fmt.Sprint(err2) {
		h.Errorf("%s decides differently the second time", cmd.Verb())
	}
	spoil(one.Petition)
	if !reflect.DeepEqual(deepCopy(given), deepCopy(p)) {
		h.Errorf("%s shares or touches the petition it was given", cmd.Verb())
	}
}

// check looks at every petition after a step.
func (h *history) check() {
	for id, p := range h.petitions {
		h.checkRungs(h.seen[id], p)
		h.checkCalendars(h.seen[id], p)
		if p.Silent() {
			h.Errorf("%s is silent in %s: %v", p.Code, p.Status, waiting(p))
		}
		h.checkFacts(p)
		if h.seen[id].WasOverdue && !p.WasOverdue || h.seen[id].WasEscalated && !p.WasEscalated {
			h.Errorf("%s forgets that it was overdue or escalated", p.Code)
		}
		if p.Status == Resolved || p.Status == Published || p.Status.Ended() {
			h.checkSuppressed(p)
		}
		h.seen[id] = p.clone()
	}
	if len(h.wrong) > 0 {
		h.Fatalf("%q", h.wrong)
	}
}

// checkRungs: a rung is armed once, fires once, never before it is due, and what
// has fired is history.
func (h *history) checkRungs(before, p Petition) {
	seen := map[string]bool{}
	for i, r := range p.Rungs {
		key := fmt.Sprintf("%d/%s", r.Round, r.Name)
		switch {
		case seen[key]:
			h.Errorf("%s: the rung %s stands twice", p.Code, key)
		case r.State == Fired && r.FiredAt.Before(r.Due):
			h.Errorf("%s: %s fired at %s before %s", p.Code, key, r.FiredAt, r.Due)
		case p.Status.Ended() && !r.outlives(p.Status) && r.State != Fired && r.State != Disarmed:
			h.Errorf("%s: ended as %s with %s %s", p.Code, p.Status, key, r.State)
		case p.Hold != nil && r.ofUnit() && r.State == Armed: // field failure 26
			h.Errorf("%s: %s is armed while the Office holds", p.Code, key)
		case i < len(before.Rungs) && before.Rungs[i].State == Fired && before.Rungs[i] != r:
			h.Errorf("%s: %s was history and changed", p.Code, key)
		}
		seen[key] = true
	}
}

// checkCalendars: a rung that is new was given by its unit's calendar, or it has taken
// over an older one's due time and calendar; 1022's own are the city's.
func (h *history) checkCalendars(before, p Petition) {
	for i, r := range p.Rungs[min(len(before.Rungs), len(p.Rungs)):] {
		older := p.Rungs[:len(before.Rungs)+i]
		inherited := slices.ContainsFunc(older, func(o Rung) bool { return o.Name == r.Name && o.Slip != r.Slip && o.Calendar == r.Calendar })
		want := h.calendars().City
		if s := p.Slip(r.Slip); s != nil && r.ofUnit() {
			want = h.calendars().Of(s.Unit)
		}
		if e := p.explanationOf(r.Round); e != nil && r.Ladder == ExplainLadder {
			want = h.calendars().Of(e.Unit)
		}
		if r.Name != RungSlip && r.Calendar != want.Version && !inherited {
			h.Errorf("%s: %s of slip %d was given by %q, want %q", p.Code, r.Name, r.Slip, r.Calendar, want.Version)
		}
	}
}

// checkFacts: what was saved for reports is what the document says, turns follow
// each other, and only the last may be open.
func (h *history) checkFacts(p Petition) {
	rebuilt := Facts(throughJSON(h, p), h.calendars())
	if !slices.Equal(rebuilt, h.facts[p.ID]) {
		h.Errorf("%s in %s: saved\n%+v\nrebuilt\n%+v", p.Code, p.Status, h.facts[p.ID], rebuilt)
	}
	for i, f := range rebuilt {
		switch {
		case f.Outcome == OutcomeOpen && i < len(rebuilt)-1:
			h.Errorf("%s: turn %d is open and has a successor: %+v", p.Code, f.Turn, rebuilt)
		case f.Outcome == OutcomeOpen != f.DoneAt.IsZero(), f.DoneAt.Before(f.OpenedAt) && !f.DoneAt.IsZero():
			h.Errorf("%s: turn %d ends before it began, or without a time: %+v", p.Code, f.Turn, f)
		case i > 0 && f.OpenedAt.Before(rebuilt[i-1].DoneAt):
			h.Errorf("%s: turn %d begins before the one before has ended", p.Code, f.Turn)
		case f.HeldBy1022 < 0 || f.HeldByFocal < 0 || f.HeldByHead < 0 || f.HeldByOffice < 0 || f.Kept+f.Missed > f.Promises:
			h.Errorf("%s: turn %d counts wrong: %+v", p.Code, f.Turn, f)
		case len(f.MissedAt.Times()) != f.Missed, slices.ContainsFunc(f.MissedAt.Times(), func(at time.Time) bool {
			return !at.After(f.ForwardedAt) || !f.DoneAt.IsZero() && at.After(f.DoneAt)
		}):
			h.Errorf("%s: turn %d missed promises when it was not with the unit: %+v", p.Code, f.Turn, f)
		}
	}
	last := rebuilt[len(rebuilt)-1]
	if atRest := p.Status.Ended() || p.Status == Resolved || p.Status == Published; atRest != (last.Outcome != OutcomeOpen) {
		h.Errorf("%s is %s and its last turn: %+v", p.Code, p.Status, last)
	}
}

// throughJSON is the petition as a store gives it back.
func throughJSON(h *history, p Petition) Petition {
	b, err := json.Marshal(p)
	if err != nil {
		h.Fatal(err)
	}
	var back Petition
	if err := json.Unmarshal(b, &back); err != nil {
		h.Fatal(err)
	}
	back.Citizen, back.Rungs = p.Citizen, p.Rungs
	return back
}

// checkSuppressed: nobody is reminded of what is done (field failure 31).
func (h *history) checkSuppressed(p Petition) {
	for _, l := range h.messages {
		if l.Notice.Petition != p.ID || l.State != Queued {
			continue
		}
		switch l.Notice.Class {
		case ClassReminder, ClassSlip, ClassEscalation:
			h.Errorf("%s is %s and %s is queued", p.Code, p.Status, l.Notice.Template)
		}
	}
}

// keepFacts writes rows as a store does: a turn's row over the one before.
func (h *history) keepFacts(rows []Fact) {
	for _, f := range rows {
		kept := h.facts[f.Petition]
		if f.Turn > len(kept) {
			h.facts[f.Petition] = append(kept, f)
			continue
		}
		kept[f.Turn-1] = f
	}
}

// quietEnd is a ledger that looks at what a change of an ended petition tells.
type quietEnd struct{ *history }

func (q quietEnd) Tx(ctx context.Context, fn func(Tx) error) error {
	return q.memory.Tx(ctx, func(tx Tx) error { return fn(quietTx{tx, q.history}) })
}

type quietTx struct {
	Tx
	h *history
}

// Save: after the end nobody is told anything but results, reports, decisions
// and answers.
func (tx quietTx) Save(ctx context.Context, changes []Change) error {
	for _, c := range changes {
		tx.h.keepFacts(c.Effects.Facts)
		for _, n := range c.Effects.Notices {
			before, known := tx.h.petitions[c.Petition.ID]
			end := c.Petition.Status.Ended() && known && before.Status.Ended() // one firing may bring the last reminder and the end
			switch n.Class {
			case ClassResult, ClassReport, ClassAnswer, ClassDecision:
				end = false
			}
			if end {
				tx.h.Errorf("%s is %s and %s goes out", c.Petition.Code, c.Petition.Status, n.Template)
			}
		}
	}
	return tx.Tx.Save(ctx, changes)
}
