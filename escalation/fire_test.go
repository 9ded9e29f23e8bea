package escalation

import (
	"strings"
	"testing"
)

// step is one rung of a ladder: the second before it nothing happens, in its
// second it tells these people and leaves this status.
type step struct {
	at     string
	rung   RungName
	told   []string
	status Status
}

func (w *town) walk(steps []step) {
	w.Helper()
	for _, s := range steps {
		mark := w.mark()
		w.until(instantAt(s.at).Add(-1e9))
		w.want(mark)
		w.to(s.at)
		w.want(mark, s.told...)
		w.wantStatus(s.status)
		p := w.petition()
		if r := p.Rung(s.rung); r == nil || r.State != Fired && r.State != Armed {
			w.Errorf("%s: %s has not fired", s.at, s.rung)
		}
		w.wantEntry("rung:"+string(s.rung), "")
	}
}

// field failures 29, 36
func TestEveryRungOfTheForwardLadderFiresInItsSecond(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	mark := w.mark()
	w.forwarded("XD")
	w.want(mark, "C1 citizen", "C4 citizen", "O1 focal")
	w.wantStatus(Forwarded)
	w.walk([]step{
		{"2026-03-09 09:00", RungNudge, []string{"O1N focal"}, Forwarded},
		{"2026-03-09 10:00", RungUnacknowledged, []string{"O1N deputy"}, Forwarded},
		{"2026-03-09 15:30", RungFocalReminder, []string{"O2 focal"}, Forwarded},
		{"2026-03-10 08:00", RungHead, []string{"H1 head", "O7 focal", "C6 citizen"}, Escalated}, // Tuesday
		{"2026-03-16 08:00", RungHeadReminder, []string{"H2 head"}, Escalated},                   // Monday
		{"2026-03-17 08:00", RungOverdue, []string{"V1 office", "H3 head", "C6b citizen"}, Overdue},
	})
	if w.openTasks(TaskCall) != 1 {
		t.Error("two hours without an acknowledgement give no call task")
	}
	mark = w.mark()
	w.to("2026-06-30 08:00") // Tuesday, 15 weeks later. field failure 28
	w.want(mark)
	if p := w.petition(); p.WaitsFor != Office || !p.WasOverdue || !p.WasEscalated {
		t.Errorf("an overdue petition waits for %q", p.WaitsFor)
	}
}

func TestEveryOtherLadderFiresInItsSecond(t *testing.T) {
	tests := []struct {
		name  string
		begin string
		start func(*town)
		steps []step
	}{
		{"an intake nobody touches", "2026-03-09 08:00", // Monday
			func(w *town) { w.accept(lamp()) },
			[]step{
				{"2026-03-09 08:30", RungIntake, []string{"T1 shift_lead"}, Received},
				{"2026-03-09 09:00", RungClarify, []string{"T1 shift_lead"}, Received},
			}},
		{"an intake that was opened", "2026-03-09 08:00",
			func(w *town) { w.accept(lamp()); w.do(operator, &Touch{}) },
			[]step{{"2026-03-09 09:00", RungClarify, []string{"T1 shift_lead"}, Received}}},
		{"a letter of Friday recorded on Monday", "2026-03-09 08:00",
			func(w *town) {
				in := lamp()
				in.ReceivedAt = instantAt("2026-03-06 16:50") // Friday; 50 minutes are left on Monday
				w.accept(in)
				w.do(operator, &Touch{})
			},
			[]step{{"2026-03-09 08:20", RungClarify, []string{"T1 shift_lead"}, Received}}},
		{"the citizen adds nothing", "2026-03-09 08:00",
			func(w *town) { w.accept(lamp()); w.do(operator, &AskCitizen{Missing: "địa điểm"}) },
			[]step{
				{"2026-03-12 17:00", RungSupplement, []string{"C3 citizen"}, AwaitingInfo},     // Thursday
				{"2026-03-17 17:00", RungSupplementEnd, []string{"C12 citizen"}, AwaitingInfo}, // Tuesday
			}},
		{"an emergency", "2026-03-07 22:15", // Saturday night: clock time
			func(w *town) { w.accept(lamp()); w.do(operator, &TransferEmergency{To: "113"}) },
			[]step{
				{"2026-03-07 23:15", RungEmergency, []string{"T1 shift_lead"}, EmergencyTransferred},
				{"2026-03-10 13:00", RungWrittenReminder, []string{"T1 shift_lead"}, EmergencyTransferred},          // Tuesday, 4 h before
				{"2026-03-10 17:00", RungWrittenFile, []string{"T1 shift_lead", "V4 office"}, EmergencyTransferred}, // Đ9.6
			}},
		{"a promised time passes", "2026-03-09 08:00",
			func(w *town) {
				w.forwarded("XD")
				w.do(focalXD, &PromiseTime{At: instantAt("2026-03-09 14:00")})
			},
			[]step{{"2026-03-09 14:00", RungETA, []string{"O3 focal"}, Verifying}}},
		{"a return nobody decides", "2026-03-09 08:00",
			func(w *town) {
				w.forwarded("XD")
				w.do(focalXD, &AskReturn{Reason: "đường này do Gia Viên quản lý", Unit: "GV"})
			},
			[]step{{"2026-03-09 09:00", RungReturnDecision, []string{"T1 shift_lead"}, ReturnRequested}}},
		{"a result nobody publishes", "2026-03-09 08:00",
			func(w *town) { w.forwarded("XD"); w.do(focalXD, answer()) },
			[]step{{"2026-03-09 13:30", RungPublish, []string{"T1 shift_lead"}, Resolved}}},
		{"a co-operating unit owes its opinion by half the lead's time", "2026-03-09 08:00",
			func(w *town) {
				w.forwarded("XD", "MT")
				w.do(focalXD, &Acknowledge{})
				w.do(focalMT, &Acknowledge{})
			},
			[]step{{"2026-03-09 13:30", RungCooperate, []string{"O2 focal"}, InProgress}}},
		{"the Office is asked again until it names a lead", "2026-03-09 08:00",
			func(w *town) { w.accept(lamp()); w.do(operator, &Forward{Unit: "VP"}) },
			[]step{
				{"2026-03-11 17:00", RungOffice, []string{"V3 office"}, WithOffice}, // Wednesday
				{"2026-03-13 17:00", RungOffice, []string{"V3 office"}, WithOffice}, // Friday
				{"2026-03-17 17:00", RungOffice, []string{"V3 office"}, WithOffice}, // Tuesday
			}},
		{"the Office's own due time", "2026-03-09 08:00",
			func(w *town) {
				w.forwarded("XD")
				w.do(focalXD, &Acknowledge{})
				w.do(office, &Urge{Text: "đề nghị xử lý", Due: instantAt("2026-03-09 15:00")})
			},
			[]step{{"2026-03-09 15:00", RungDirective, []string{"V6 office"}, InProgress}}},
		{"the rating window", "2026-03-09 08:00",
			func(w *town) { w.forwarded("XD"); w.do(focalXD, answer()); w.do(operator, &Publish{}) },
			[]step{
				{"2026-03-12 08:00", RungRatingAsk, []string{"C8 citizen"}, Published}, // Thursday
				{"2026-03-16 08:00", RungRating, nil, Closed},                          // Monday
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newTown(t, tt.begin)
			tt.start(w)
			w.walk(tt.steps)
		})
	}
}

// field failures 2, 10: a wake-up that comes early, twice or for nothing.
func TestAWakeUpForNothingChangesNothing(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	p := w.forwarded("XD")
	for _, at := range []string{"2026-03-09 08:00", "2026-03-09 08:59:59"} {
		w.jump(at)
		for range 100 {
			if w.fire() != 0 {
				t.Fatalf("something fired at %s", at)
			}
		}
	}
	if w.petition().Version != p.Version {
		t.Error("a wake-up for nothing made a new version")
	}
	w.do(office, &Urge{Due: instantAt("2026-03-09 09:00:01")})
	w.jump("2026-03-09 09:00")
	if w.fire() != 1 || w.fire() != 0 {
		t.Error("the nudge does not fire exactly once, or what is due a second later fires with it")
	}
	w.jump("2026-03-09 09:00:01")
	if w.fire() != 1 || w.fire() != 0 {
		t.Error("what is due a second later does not fire exactly once")
	}
}

// field failures 2, 47
func TestAfterAnOutageEscalationsAreMarkedAndPointlessRemindersDropped(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	mark := w.mark()
	w.jump("2026-03-10 09:00") // Tuesday, an hour after the 8 h
	w.fire()
	w.want(mark, "H1 head", "O7 focal", "C6 citizen")
	w.wantEntry("dropped:nudge", "bỏ qua")
	w.wantEntry("dropped:unacknowledged", "bỏ qua")
	w.wantEntry("dropped:focal_reminder", "bỏ qua")
	w.wantEntry("rung:head", "trễ hệ thống, đến hạn 8h00 10/3")
	w.wantDue(RungOverdue, "2026-03-17 08:00")
}

func TestAnOutageOverEverythingEscalatesInDueOrder(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	mark := w.mark()
	w.jump("2026-04-01 08:00") // Wednesday three weeks later
	w.fire()
	w.want(mark, "H1 head", "O7 focal", "C6 citizen", "V1 office", "H3 head", "C6b citizen")
	w.wantStatus(Overdue)
	first, last := w.messages[mark].Notice.Template, w.messages[len(w.messages)-1].Notice.Rung
	if first != "H1" || last != RungOverdue {
		t.Errorf("the order is %s … %s", first, last)
	}
}

func TestARungInTimeCarriesNoMark(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.jump("2026-03-09 09:01:59")
	w.fire()
	for _, e := range w.entries[w.ids[w.code]] {
		if strings.Contains(e.Text, "trễ hệ thống") {
			t.Errorf("two minutes are no delay of the system: %s", e.Text)
		}
	}
}

func TestTheRepeatedRungKeepsItsBeatAfterAnOutage(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.accept(lamp())
	w.do(operator, &Forward{Unit: "VP"})
	mark := w.mark()
	w.jump("2026-03-16 10:00") // Monday: due were Wednesday and Friday
	w.fire()
	w.want(mark, "V3 office")
	w.wantDue(RungOffice, "2026-03-17 17:00") // Tuesday
}

func TestTheFortyEightHoursMayCountFromTheHeadsNotice(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Policy.OverdueFrom = FromHeadNotified }) // Monday
	w.forwarded("XD")
	w.wantDue(RungOverdue, "")
	if text := w.letter("C4").text; !strings.Contains(text, "8h00 18/3") {
		t.Errorf("the citizen is told another deadline: %s", text)
	}
	w.to("2026-03-10 08:00")                        // Tuesday
	w.wantDue(RungHeadReminder, "2026-03-17 08:00") // Tuesday
	w.wantDue(RungOverdue, "2026-03-18 08:00")      // Wednesday: 56 h in all
	w.to("2026-03-18 08:00")
	w.wantStatus(Overdue)
}

func TestAnOutageDoesNotMoveTheFortyEightHoursAfterTheHeadsNotice(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Policy.OverdueFrom = FromHeadNotified }) // Monday
	w.forwarded("XD")
	w.jump("2026-03-11 15:00") // Wednesday
	w.fire()
	w.wantDue(RungOverdue, "2026-03-18 08:00") // Wednesday
}

// field failures 20, 38: an ordinary holiday and a weekend lie in between.
func TestALadderPassesOverHolidays(t *testing.T) {
	w := newTown(t, "2026-11-23 14:00") // Monday before the new holiday of Tuesday 24/11
	w.forwarded("XD")
	w.wantDue(RungHead, "2026-11-25 14:00") // Wednesday: 3 h on Monday, 5 h on Wednesday
	w.wantDue(RungOverdue, "2026-12-02 14:00")
}

func TestAPetitionOfThePastDecisionsPolicyStillRuns(t *testing.T) {
	policy := DefaultPolicy()
	if !policy.Expired(instantAt("2026-03-09 08:00")) || policy.Expired(instantAt("2024-06-03 08:00")) {
		t.Error("the decision of 2024 applies in 2024 only")
	}
	if err := policy.Check(); err != nil {
		t.Error(err)
	}
}

// field failure 33: a rung that the policy no longer knows is history.
func TestARungOfAnEarlierPolicyTellsNobody(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.policy.Rungs = append([]RungSpec(nil), w.policy.Rungs...)
	for i, r := range w.policy.Rungs {
		if r.Ladder == ForwardLadder && r.Name == RungNudge {
			w.policy.Rungs = append(w.policy.Rungs[:i], w.policy.Rungs[i+1:]...)
			break
		}
	}
	mark := w.mark()
	w.to("2026-03-09 09:00")
	w.want(mark)
	w.wantEntry("rung:nudge", "không còn trong chính sách")
}

func TestPolicyCheckNamesWhatIsWrong(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*Policy)
		key   string
	}{
		{"no version", func(p *Policy) { p.Version = "" }, "version"},
		{"a rung twice", func(p *Policy) { p.Rungs = append(p.Rungs, p.Rungs[0]) }, "stands twice"},
		{"a span", func(p *Policy) { p.Rungs[0].After = "soon" }, ".after"},
		// field failure 23
		{"a negative span", func(p *Policy) { p.Rungs[0].After = "-1h" }, ".after"},
		{"no days", func(p *Policy) { p.Rungs[0].After = "0d" }, ".after"},
		{"a clock", func(p *Policy) { p.Rungs[0].Clock = "sun" }, ".clock"},
		{"a status", func(p *Policy) { p.Rungs[0].Status = "lost" }, ".status"},
		{"a repetition without a span", func(p *Policy) { p.Rungs[0].Repeat, p.Rungs[0].After = true, "0h" }, ".repeat"},
		{"no head rung", func(p *Policy) { p.Rungs = nil }, "no head rung"},
		{"overdue_from", func(p *Policy) { p.OverdueFrom = "noon" }, "overdue_from"},
		{"dissatisfied_to", func(p *Policy) { p.DissatisfiedTo = "nobody" }, "dissatisfied_to"},
		{"a setting", func(p *Policy) { p.LateAfter = "x" }, "late_after"},
		{"quiet hours", func(p *Policy) { p.OfficerQuiet.From = "25:00" }, "officer_quiet.from"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := DefaultPolicy()
			tt.spoil(p)
			if err := p.Check(); err == nil || !strings.Contains(err.Error(), tt.key) {
				t.Errorf("got %v, want it to name %s", err, tt.key)
			}
		})
	}
}
