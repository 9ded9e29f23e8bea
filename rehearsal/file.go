package rehearsal

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/smpp/smsc"
)

// file is a petition as a scene handles it: what is done to it, and what must
// come of it. Each look first waits until the stage is at rest.
type file struct {
	*scene
	sample Sample
	code   string
	id     int64
}

// record takes a sample petition in; edits change the intake before.
func (s *scene) record(number int, edits ...func(*escalation.Intake)) *file {
	sample, ok := s.samples[number]
	if !ok {
		panic(fmt.Sprintf("rehearsal: no sample petition %d", number))
	}
	for _, edit := range edits {
		edit(&sample.Intake)
	}
	p, err := s.service.accept(s.ctx, sample.Intake, operator)
	s.must(err)
	s.changed(p)
	return &file{scene: s, sample: sample, code: p.Code, id: p.ID}
}

// forwarded records and forwards in one transaction, to the sample's units.
func (s *scene) forwarded(number int, edits ...func(*escalation.Intake)) *file {
	return s.record(number, append(edits, func(in *escalation.Intake) {
		for _, code := range s.samples[number].Units {
			in.Units = append(in.Units, escalation.UnitRef{Code: code})
		}
	})...)
}

// changed notes where a petition stands after an act.
func (st *stage) changed(p escalation.Petition) {
	st.stirred = true
	st.seen[p.Status] = true
}

// by carries out a command that must be accepted.
func (f *file) by(who escalation.Actor, cmd escalation.Command) {
	p, err := f.service.do(f.ctx, f.code, cmd, who)
	if err != nil {
		err = fmt.Errorf("%s by the %s: %w", cmd.Verb(), who.Role, err)
	}
	f.must(err)
	f.changed(p)
}

// refused carries out a command that must be refused.
func (f *file) refused(who escalation.Actor, cmd escalation.Command, kind escalation.ProblemKind) {
	_, err := f.service.do(f.ctx, f.code, cmd, who)
	var p *escalation.Problem
	f.expect(errors.As(err, &p) && p.Kind == kind, "%s by the %s: want a refusal (%s), got %v", cmd.Verb(), who.Role, kind, err)
}

// texts has somebody write to the officers' number; {mtl} is the code that the
// last text about this petition told them to use.
func (f *file) texts(who person, text string) {
	f.rest()
	if strings.Contains(text, "{mtl}") {
		code := replyCode(f.handset(who).Inbox(), f.code)
		if code == "" {
			f.must(fmt.Errorf("no text on the handset of %s names a code for %s", who.what, f.code))
		}
		text = strings.ReplaceAll(text, "{mtl}", code)
	}
	f.write(who, text)
}

// write sends a text as it is.
func (s *scene) write(who person, text string) {
	s.must(s.handset(who).Send(s.ctx, s.service.Officer, text))
	s.stirred = true
}

var printedCode = regexp.MustCompile(`\b(?:NHAN|XONG|HEN|SAI) (\d{5,})`)

// replyCode reads the code out of the newest text about the petition, empty when
// none has one.
func replyCode(inbox []smsc.Message, petition string) string {
	for _, m := range slices.Backward(inbox) {
		if found := printedCode.FindStringSubmatch(m.Text); found != nil && strings.Contains(m.Text, petition) {
			return found[1]
		}
	}
	return ""
}

// person is the petition's citizen.
func (f *file) person() person {
	phone, err := Numbering().ParsePhone(f.sample.Intake.Citizen.Phone)
	if err != nil {
		return person{what: "citizen"}
	}
	return person{what: "citizen", phone: phone.E164}
}

func (s *scene) rest() { s.must(s.settle()) }

// expect notes an expectation, and whether it held.
func (s *scene) expect(held bool, format string, args ...any) {
	s.expected++
	if !held {
		s.fails(format, args...)
	}
}

// is expects a status.
func (f *file) is(want escalation.Status) {
	f.rest()
	p, err := f.archive.petition(f.ctx, f.code)
	f.must(err)
	f.seen[p.Status] = true
	f.expect(p.Status == want, "status %s, want %s", p.Status, want)
}

// now is the petition's value.
func (f *file) now() escalation.Petition {
	f.rest()
	p, err := f.archive.petition(f.ctx, f.code)
	f.must(err)
	return p
}

// gets expects that somebody has a text of the template about this petition on
// the handset, containing the words.
func (f *file) gets(who person, template string, words ...string) {
	f.rest()
	text, ok := f.text(who, template)
	f.expect(ok, "%s has no %s", who.what, template)
	for _, w := range words {
		f.expect(!ok || strings.Contains(text, w), "the %s of %s does not say %q", template, who.what, w)
	}
}

// getsNot expects the opposite.
func (f *file) getsNot(who person, template string) {
	f.rest()
	_, ok := f.text(who, template)
	f.expect(!ok, "%s has an unwanted %s", who.what, template)
}

// count expects so many texts of the template.
func (f *file) count(who person, template string, want int) {
	f.rest()
	got := len(f.all(who, template))
	f.expect(got == want, "%s has %d texts %s, want %d", who.what, got, template, want)
}

// text is the newest text of the template on the handset.
func (f *file) text(who person, template string) (string, bool) {
	list := f.all(who, template)
	if len(list) == 0 {
		return "", false
	}
	return list[len(list)-1], true
}

// all lists the texts of the template that lie on the handset.
func (f *file) all(who person, template string) []string {
	rows, err := f.archive.messages(f.ctx, f.id)
	f.must(err)
	wanted := map[string]bool{}
	for _, m := range rows {
		if m.Template == template && m.Phone == who.phone {
			wanted[m.Text] = true
		}
	}
	var list []string
	for _, m := range f.handset(who).Inbox() {
		if wanted[m.Text] {
			list = append(list, m.Text)
		}
	}
	return list
}

// answered expects that the newest text on a handset, about no petition in
// particular, contains the words.
func (s *scene) answered(who person, words ...string) {
	s.rest()
	inbox := s.handset(who).Inbox()
	s.expect(len(inbox) > 0, "%s got no answer", who.what)
	if len(inbox) == 0 {
		return
	}
	text := inbox[len(inbox)-1].Text
	for _, w := range words {
		s.expect(strings.Contains(text, w), "%s was answered %q, want %q in it", who.what, text, w)
	}
}

// slack is by how much a due time may be earlier than the script says where it
// counts from a reply: a reply counts from the instant its PDU was read.
const slack = 2 * time.Second

// fired expects that the newest rung of the name fired when it was due.
func (f *file) fired(name escalation.RungName, due string) {
	f.rung(name, due, escalation.Fired, func(r step) bool { return r.FiredAt == r.Due })
}

// armed expects that the newest rung of the name waits for its due time.
func (f *file) armed(name escalation.RungName, due string) {
	f.rung(name, due, escalation.Armed, func(step) bool { return true })
}

func (f *file) rung(name escalation.RungName, due string, state escalation.RungState, also func(step) bool) {
	f.rest()
	rungs, err := f.archive.rungs(f.ctx, f.id)
	f.must(err)
	for _, r := range slices.Backward(rungs) {
		if r.Name != name {
			continue
		}
		early := at(due).Sub(r.Due.time())
		f.expect(r.State == state && early >= 0 && early <= slack && also(r), "rung %s is %s, due %s, fired %s; want %s, due %s",
			name, r.State, clock(r.Due.time()), clock(r.FiredAt.time()), state, due)
		return
	}
	f.expect(false, "rung %s was never armed", name)
}

// asked expects a task of the kind about the petition, open or done.
func (f *file) asked(kind escalation.TaskKind) {
	f.rest()
	tasks, err := f.archive.tasks(f.ctx, f.id)
	f.must(err)
	found := slices.ContainsFunc(tasks, func(t chore) bool { return t.Kind == kind })
	f.expect(found, "nobody was given a task %s", kind)
}

// result is a result's usual way: the unit texts it, the operator publishes it.
func (f *file) result(who person, words string) {
	f.texts(who, "XONG {mtl} "+words)
	f.gets(who, "A3")
	f.is(escalation.Resolved)
}

func (f *file) publish() {
	f.by(operator, &escalation.Publish{})
	f.is(escalation.Published)
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format("2/1 15:04:05")
}
