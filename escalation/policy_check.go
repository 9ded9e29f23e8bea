package escalation

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Check reports everything wrong with a policy, each error naming its key.
func (p *Policy) Check() error {
	var wrong faults
	if p.Version == "" {
		wrong.note("version", fmt.Errorf("is empty"))
	}
	p.checkRungs(&wrong)
	p.checkLadders(&wrong)
	p.checkSettings(&wrong)
	if len(wrong) == 0 {
		return nil
	}
	slices.Sort(wrong)
	return fmt.Errorf("policy %s: %s", p.Version, strings.Join(wrong, "; "))
}

// faults are what is wrong, each with its key.
type faults []string

func (f *faults) note(key string, err error) {
	if err != nil {
		*f = append(*f, key+": "+err.Error())
	}
}

func (p *Policy) checkRungs(wrong *faults) {
	seen := map[string]bool{}
	for i, s := range p.Rungs {
		key := fmt.Sprintf("rungs[%d] (%s/%s)", i, s.Ladder, s.Name)
		id := string(s.Ladder) + "/" + string(s.Name)
		if seen[id] {
			wrong.note(key, fmt.Errorf("stands twice"))
		}
		seen[id] = true
		s.check(key, wrong)
	}
}

func (s RungSpec) check(key string, wrong *faults) {
	_, err := parseOffset(s.After)
	switch {
	case s.byEvent() && s.After != "":
		wrong.note(key+".after", fmt.Errorf("is not taken: an event names the instant"))
	case !s.byEvent():
		wrong.note(key+".after", err)
	}
	if s.Clock != WorkingClock && s.Clock != WallClock {
		wrong.note(key+".clock", fmt.Errorf("%q is neither working nor clock", s.Clock))
	}
	if s.Status != "" && !slices.Contains(Statuses(), s.Status) {
		wrong.note(key+".status", fmt.Errorf("%q is no status", s.Status))
	}
	if s.Repeat && span(s.After) == 0 {
		wrong.note(key+".repeat", fmt.Errorf("needs a span to repeat after"))
	}
	for i, n := range s.Notify {
		if n.To != CitizenRole && !slices.Contains(ContactRoles(), n.To) {
			wrong.note(fmt.Sprintf("%s.notify[%d].to", key, i), fmt.Errorf("%q is no role", n.To))
		}
	}
	for _, e := range s.Stops {
		if !slices.Contains(events(), e) {
			wrong.note(key+".stops", fmt.Errorf("%q is no event", e))
		}
	}
}

// byEvent reports a rung whose instant an event names: a promise, a directive, a
// hold, an explanation, the share of a co-operating unit, the time before the written file. A span
// of its own would arm it a second time in one round.
func (s RungSpec) byEvent() bool {
	switch s.Ladder {
	case ETALadder, DirectiveLadder, HoldLadder, ExplainLadder:
		return true
	case CooperateLadder:
		return s.Name == RungCooperate
	case WrittenLadder:
		return s.Name == RungWrittenReminder
	}
	return false
}

func events() []Event {
	return []Event{OnDecided, OnTouched, OnAcknowledged, OnAnswered, OnSupplemented, OnPublished, OnRuled, OnSent, OnExplained, OnRated}
}

// needed lists the rungs without which a petition would wait for nobody in some
// status (DESIGN "no silent petition"), with what it would wait for.
var needed = []struct {
	ladder LadderName
	rung   RungName
	why    string
}{
	{IntakeLadder, RungClarify, "an undecided intake, Đ8.3"},
	{ForwardLadder, RungHead, "Đ9.4"},
	{ForwardLadder, RungOverdue, "Đ9.4"},
	{ReturnLadder, RungReturnDecision, "a return that waits to be decided"},
	{ClarifyLadder, RungSupplementEnd, "a citizen who adds nothing"},
	{EmergencyLadder, RungEmergency, "Đ9.1"},
	{ResultLadder, RungPublish, "a result that nobody publishes, Đ11.1"},
	{OfficeLadder, RungOffice, "a petition with the Office, Đ9.5"},
	{HoldLadder, RungResume, "the end of a hold"},
	{RatingLadder, RungRating, "the end of a published petition, Đ11.2"},
}

func (p *Policy) checkLadders(wrong *faults) {
	for _, must := range needed {
		if _, ok := p.Spec(must.ladder, must.rung); !ok {
			wrong.note("rungs", fmt.Errorf("the %s ladder has no %s rung (%s)", must.ladder, must.rung, must.why))
		}
	}
	if last, ok := p.Spec(RatingLadder, RungRating); ok && last.Status != Closed {
		wrong.note("rungs", fmt.Errorf("the %s rung does not close the petition", RungRating))
	}
}

func (p *Policy) checkSettings(wrong *faults) {
	if p.HourlyBudget < 0 {
		wrong.note("hourly_budget", fmt.Errorf("is negative"))
	}
	if p.OverdueFrom != FromForwarded && p.OverdueFrom != FromHeadNotified {
		wrong.note("overdue_from", fmt.Errorf("%q is neither forwarded nor head_notified", p.OverdueFrom))
	}
	if p.DissatisfiedTo != ToOffice && p.DissatisfiedTo != ToUnit {
		wrong.note("dissatisfied_to", fmt.Errorf("%q is neither office nor unit", p.DissatisfiedTo))
	}
	for key, value := range map[string]string{"send_back_floor": p.SendBackFloor, "done_note_silence": p.DoneNoteSilence,
		"merge_accept_forward": p.MergeAcceptForward, "late_after": p.LateAfter, "reply_repeat_window": p.ReplyRepeatWindow,
		"written_reminder": p.WrittenReminder, "extended_reminder": p.ExtendedReminder, "rating_grace": p.RatingGrace, "rating_edit": p.RatingEdit,
		"personal_answer": p.PersonalAnswer, "personal_reminder": p.PersonalReminder, "call_again": p.CallAgain} {
		_, err := parseOffset(value)
		wrong.note(key, err)
	}
	if _, _, err := p.MorningAt(); err != nil {
		wrong.note("morning_list", err)
	}
	for key, q := range map[string]Quiet{"officer_quiet": p.OfficerQuiet, "citizen_quiet": p.CitizenQuiet} {
		_, err := time.Parse("15:04", q.From)
		wrong.note(key+".from", err)
		_, err = time.Parse("15:04", q.To)
		wrong.note(key+".to", err)
	}
}
