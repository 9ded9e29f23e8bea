package report

import (
	"time"

	"notify1022/escalation"
)

// Ages are the classes of what is open at the end of a period, by working time since
// the receipt: up to 8 hours, up to 48, up to 120 (three weeks), and beyond.
const ages = 4

// Tally is what a group of petitions came to in a period. The zero value is that of
// no petition.
type Tally struct {
	// Of the petitions received in the period, what has become of them.
	Received, Rejected, Direct, Forwarded, Withdrawn, Merged int
	// Turns that a reopening began in the period.
	Reopened int

	// Of the slips (to lead units) forwarded in the period.
	Slips, Acknowledged, Returned, Disputed int

	// Of the answers given in the period.
	Answers       int // results of units
	OfficeAnswers int
	DirectAnswers int
	ByFocal       int
	ByHead        int
	Judged        int // answers with a stored deadline
	WithinFocal   int // of them within the 8 h
	WithinHead    int // within the 48 h
	Published     int // of Answers and OfficeAnswers
	OwnSite       int // of Answers
	// The votes on answers that citizens have had, published ones and direct ones, and on
	// 1022 itself (Đ11.2): one of each citizen, followers of a merged petition among them.
	Votes, On1022 escalation.Votes

	// Of the turns that ended in the period.
	Ended                                             int
	HeldBy1022, HeldByFocal, HeldByHead, HeldByOffice time.Duration
	// Promises with a result in time in the period, and those that fell due in it without.
	Kept, Missed int
	WentLate     int // 48 h ended in the period without a result

	// At the end of the period.
	Open      int
	OpenLate  int
	OpenByAge [ages]int

	// 1022's own duties on what came in in the period.
	RejectedUnasked, RejectedAtOnce   int // Đ8.2
	ForwardedUnasked, ForwardedAtOnce int // Đ9.2
	Asked, AskedInTime                int // Đ8.3
	Written, WrittenInTime            int // Đ9.6
}

// Add counts a group in.
func (t *Tally) Add(g escalation.FactGroup) {
	n, m := g.Count, g.Marks
	t.Missed += g.Missed
	if g.Phase.Has(escalation.Opened) {
		t.opened(n, m)
	}
	if g.Phase.Has(escalation.WasForward) {
		t.Slips += n
		t.addIf(&t.Acknowledged, n, m.Has(escalation.FactAcknowledged))
		t.addIf(&t.Returned, n, m.Outcome() == escalation.OutcomeReturned)
		t.addIf(&t.Disputed, n, m.Has(escalation.FactDisputed))
	}
	if g.Phase.Has(escalation.WasDone) {
		t.done(g)
	}
	t.addIf(&t.WentLate, n, g.Phase.Has(escalation.WentLate))
	if g.Phase.Has(escalation.StillOpen) {
		t.Open += n
		t.addIf(&t.OpenLate, n, g.Phase.Has(escalation.LateBefore))
		t.OpenByAge[min(max(g.Age, 0), ages-1)] += n
	}
}

func (t *Tally) addIf(to *int, n int, applies bool) {
	if applies {
		*to += n
	}
}

// opened counts what came in, and what 1022 owed it.
func (t *Tally) opened(n int, m escalation.FactMark) {
	t.addIf(&t.Reopened, n, m.Has(escalation.FactReopened))
	t.addIf(&t.Asked, n, m.Has(escalation.FactAsked))
	t.addIf(&t.AskedInTime, n, m.Has(escalation.FactAskedInTime))
	t.addIf(&t.Written, n, m.Has(escalation.FactWritten))
	t.addIf(&t.WrittenInTime, n, m.Has(escalation.FactWrittenInTime))
	if !m.Has(escalation.FactFirst) {
		return
	}
	t.Received += n
	asked := m.Has(escalation.FactAsked)
	switch {
	case m.Has(escalation.FactForwarded):
		t.Forwarded += n
		t.addIf(&t.ForwardedUnasked, n, !asked)
		t.addIf(&t.ForwardedAtOnce, n, !asked && m.Has(escalation.FactAtOnce))
	case m.Outcome() == escalation.OutcomeRejected:
		t.Rejected += n
		t.addIf(&t.RejectedUnasked, n, !asked)
		t.addIf(&t.RejectedAtOnce, n, !asked && m.Has(escalation.FactAtOnce))
	case m.Outcome() == escalation.OutcomeDirect:
		t.Direct += n
	case m.Outcome() == escalation.OutcomeWithdrawn:
		t.Withdrawn += n
	case m.Outcome() == escalation.OutcomeMerged:
		t.Merged += n
	}
}

// done counts turns that ended: who had them how long, and the answers among them.
func (t *Tally) done(g escalation.FactGroup) {
	n, m := g.Count, g.Marks
	t.Ended += n
	t.HeldBy1022 += g.HeldBy1022
	t.HeldByFocal += g.HeldByFocal
	t.HeldByHead += g.HeldByHead
	t.HeldByOffice += g.HeldByOffice
	t.Kept += g.Kept
	switch m.Level() {
	case escalation.OperatorLevel:
		t.DirectAnswers += n
		if m.Outcome() == escalation.OutcomeDirect || m.Has(escalation.FactPublished) { // of an emergency the result is checked first
			t.voted(g)
		}
		return
	case escalation.OfficeLevel:
		t.OfficeAnswers += n
	case escalation.FocalLevel:
		t.Answers, t.ByFocal = t.Answers+n, t.ByFocal+n
	case escalation.HeadLevel:
		t.Answers, t.ByHead = t.Answers+n, t.ByHead+n
	default:
		return
	}
	t.addIf(&t.Judged, n, m.Has(escalation.FactJudged))
	t.addIf(&t.WithinFocal, n, m.Has(escalation.FactWithinFocal))
	t.addIf(&t.WithinHead, n, m.Has(escalation.FactWithinHead))
	if m.Level() != escalation.OfficeLevel {
		t.addIf(&t.OwnSite, n, m.Has(escalation.FactOwnSite))
	}
	if m.Has(escalation.FactPublished) {
		t.Published += n
		t.voted(g)
	}
}

// voted counts the citizens who could vote on the answers, by what they gave.
func (t *Tally) voted(g escalation.FactGroup) {
	t.Votes[min(g.Marks.Score(), len(t.Votes)-1)] += g.Count
	t.On1022[min(g.Marks.Service(), len(t.On1022)-1)] += g.Count
	t.Votes.Add(g.Followers, 1)
	t.On1022.Add(g.FollowersOn1022, 1)
}

// MeanOf is the average of the scores, false when nobody gave one.
func MeanOf(v escalation.Votes) (mean float64, ok bool) {
	if v.Given() == 0 {
		return 0, false
	}
	return float64(v.Sum()) / float64(v.Given()), true
}
