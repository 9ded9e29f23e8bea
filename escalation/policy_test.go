package escalation

import (
	"strings"
	"testing"
)

func TestAPolicyThatCouldLeaveAPetitionSilentIsRefused(t *testing.T) {
	for _, must := range []struct {
		ladder LadderName
		rung   RungName
	}{
		{IntakeLadder, RungClarify}, {ForwardLadder, RungHead}, {ForwardLadder, RungOverdue}, {ReturnLadder, RungReturnDecision},
		{ClarifyLadder, RungSupplementEnd}, {EmergencyLadder, RungEmergency}, {ResultLadder, RungPublish}, {OfficeLadder, RungOffice},
		{HoldLadder, RungResume}, {RatingLadder, RungRating},
	} {
		p := DefaultPolicy()
		for i, s := range p.Rungs {
			if s.Ladder == must.ladder && s.Name == must.rung {
				p.Rungs = append(p.Rungs[:i], p.Rungs[i+1:]...)
				break
			}
		}
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), "the "+string(must.ladder)+" ladder has no "+string(must.rung)) {
			t.Errorf("without %s/%s: %v", must.ladder, must.rung, err)
		}
	}
}

func TestARungThatANeverEndingRatingWouldNotCloseIsRefused(t *testing.T) {
	p := DefaultPolicy()
	p.rung(RatingLadder, RungRating).Status = ""
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), "does not close") {
		t.Errorf("got %v", err)
	}
}

// rung finds a rung to be spoiled.
func (p *Policy) rung(ladder LadderName, name RungName) *RungSpec {
	for i := range p.Rungs {
		if r := &p.Rungs[i]; r.Ladder == ladder && r.Name == name {
			return r
		}
	}
	return nil
}

func TestASpanStandsWhereNoEventNamesTheInstantAndOnlyThere(t *testing.T) {
	for _, byEvent := range []struct {
		ladder LadderName
		rung   RungName
	}{
		{CooperateLadder, RungCooperate}, {WrittenLadder, RungWrittenReminder}, {ETALadder, RungETA}, {DirectiveLadder, RungDirective}, {HoldLadder, RungResume},
	} {
		p := DefaultPolicy()
		p.rung(byEvent.ladder, byEvent.rung).After = "4h"
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), "an event names the instant") {
			t.Errorf("%s after 4h: %v", byEvent.rung, err)
		}
	}
	p := DefaultPolicy()
	p.rung(ResultLadder, RungPublish).After = ""
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), "(result/publish).after") {
		t.Errorf("publish after nothing is never armed: %v", err)
	}
}

func TestAnUnknownEventIsRefused(t *testing.T) {
	p := DefaultPolicy()
	p.Rungs[0].Stops = []Event{"noon"}
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), ".stops") {
		t.Errorf("got %v", err)
	}
}

func TestTheSpansOfTheDomainAreSettings(t *testing.T) {
	t.Run("written_reminder", func(t *testing.T) {
		w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Policy.WrittenReminder = "6h" }) // Monday
		w.forwarded("XD")
		w.do(operator, &MarkUrgent{Reason: "dây điện hở"})
		w.wantDue(RungWrittenReminder, "2026-03-11 09:30") // Wednesday, 6 h before 17:00
	})
	t.Run("extended_reminder", func(t *testing.T) {
		w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Policy.ETAExtendsFocal, s.Policy.ExtendedReminder = true, "1h" }) // Monday
		w.forwarded("XD")
		w.do(focalXD, &PromiseTime{At: instantAt("2026-03-12 15:00")}) // Thursday
		w.wantDue(RungFocalReminder, "2026-03-12 14:00")
	})
	t.Run("rating_grace", func(t *testing.T) {
		w := newTown(t, "2026-03-09 08:00", func(s *Setting) { s.Policy.RatingGrace = "1d" }) // Monday
		w.in(Closed)                                                                          // on Monday 16/03 08:00
		w.jump("2026-03-17 08:01")                                                            // Tuesday
		w.refuse(citizen, &Rate{Score: 5}, WrongTime, "")
	})
	for key, spoil := range map[string]func(*Policy){
		"hourly_budget":     func(p *Policy) { p.HourlyBudget = -1 },
		"morning_list":      func(p *Policy) { p.MorningList = "7 giờ" },
		"written_reminder":  func(p *Policy) { p.WrittenReminder = "" },
		"extended_reminder": func(p *Policy) { p.ExtendedReminder = "soon" },
		"rating_grace":      func(p *Policy) { p.RatingGrace = "-1d" },
	} {
		p := DefaultPolicy()
		spoil(p)
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), key+":") {
			t.Errorf("%s: %v", key, err)
		}
	}
}
