package store_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
)

// textsOfAllKinds are texts of some weeks long ago: of petitions of several fields, of a
// denunciation and of none, to officers, to a number that nobody has, to citizens.
func textsOfAllKinds(w *world, start time.Time) (petitions []escalation.Petition) {
	for i, field := range []string{"dien", "nuoc", "", "dien"} {
		petitions = append(petitions, w.add(func(p *escalation.Petition, _ *escalation.Effects) {
			p.Field, p.Area, p.Denunciation = field, fmt.Sprint("P. ", i%2), i == 3
			p.Channel = []escalation.Channel{escalation.ByPhone, escalation.ByWeb}[i%2]
		}))
	}
	classes := []escalation.Class{escalation.ClassSlip, escalation.ClassResult, escalation.ClassReminder, escalation.ClassRecorded}
	var notices []escalation.Notice
	for i := range 120 {
		n := w.notice(petitions[i%4], "O1")
		n.Seq, n.At, n.Class = i, start.Add(time.Duration(i)*5*time.Hour), classes[i/4%4]
		if i%7 == 0 {
			n.Petition = 0
		}
		switch i % 5 {
		case 1:
			n.To.Contact, n.To.Role = w.head, escalation.Head
		case 2:
			n.To = escalation.Recipient{Contact: w.office, Role: escalation.Office, Unit: "UBND"}
		case 3:
			n.To, n.Lane = escalation.Recipient{Citizen: petitions[i%4].ID, Role: escalation.CitizenRole}, escalation.LaneCitizen
			n.Template = []string{"C2", "C8n", "C8"}[i/5%3]
		case 4:
			n.To = escalation.Recipient{Phone: "+84570000777", Unit: "SXD"}
		}
		notices = append(notices, n)
	}
	w.post(notices...)
	for i, state := range []escalation.MessageState{escalation.Delivered, escalation.Failed, escalation.Expired, escalation.Dropped, escalation.Delivered} {
		w.MustExec(w.t, fmt.Sprintf("UPDATE message SET state = '%s', segments = %d WHERE id %% 6 = %d", state, 1+i%2, i))
	}
	w.MustExec(w.t, "UPDATE message SET by_email = 1 WHERE id % 17 = 0")
	w.MustExec(w.t, "UPDATE message SET bundle_id = 1 WHERE id % 19 = 0")
	return petitions
}

func ordered(list []escalation.TextSum) []escalation.TextSum {
	slices.SortFunc(list, func(a, b escalation.TextSum) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Value, b.Value), cmp.Compare(fmt.Sprint(a.Loose), fmt.Sprint(b.Loose)))
	})
	return list
}

// divided are the dimensions of texts.
func divided(unit string) []escalation.Dimension {
	list := []escalation.Dimension{escalation.ByField, escalation.ByArea, escalation.ByChannel, escalation.ByOfficer}
	if unit == "" {
		list = append(list, escalation.ByUnit, escalation.ByClass)
	}
	return list
}

// asCountedOneByOne holds the sums against the texts, and against the undivided ones.
func (w *world) asCountedOneByOne(when string, from, to time.Time) {
	w.t.Helper()
	for _, unit := range []string{"", "SXD", "UBND"} {
		all, err := w.TextSums(w.t.Context(), from, to, unit, divided(unit)...)
		w.must(err)
		for _, by := range divided(unit) {
			got := ordered(slices.DeleteFunc(slices.Clone(all), func(s escalation.TextSum) bool { return s.By != by }))
			want, err := w.SumsFromMessages(w.t.Context(), from, to, unit, by)
			w.must(err)
			if want = ordered(want); !slices.Equal(got, want) {
				w.t.Errorf("%s, %s of %q from %s\nSQL   %+v\ncount %+v", when, by, unit, from, got, want)
			}
			w.addUpToTheWhole(when, from, to, unit, by, got)
		}
	}
}

// addUpToTheWhole holds the sums of a dimension against what is counted undivided.
func (w *world) addUpToTheWhole(when string, from, to time.Time, unit string, by escalation.Dimension, sums []escalation.TextSum) {
	w.t.Helper()
	traffic, err := w.SMSTraffic(w.t.Context(), from, to, unit)
	w.must(err)
	var whole, parts escalation.TextSum
	for _, t := range traffic {
		if t.State == escalation.Dropped || by == escalation.ByOfficer && t.Unit == "" {
			continue
		}
		whole.Texts, whole.Segments, whole.Branded = whole.Texts+t.Texts, whole.Segments+t.Segments, whole.Branded+t.Branded
		switch t.State {
		case escalation.Delivered:
			whole.Delivered += t.Texts
		case escalation.Failed, escalation.Expired:
			whole.Failed += t.Texts
		}
	}
	for _, s := range sums {
		parts.Texts, parts.Delivered, parts.Failed = parts.Texts+s.Texts, parts.Delivered+s.Delivered, parts.Failed+s.Failed
		parts.Segments, parts.Branded = parts.Segments+s.Segments, parts.Branded+s.Branded
	}
	if parts != whole {
		w.t.Errorf("%s, %s of %q: the parts are %+v, the whole %+v", when, by, unit, parts, whole)
	}
}

// Texts are told apart as their petitions are, counted days and others alike, and go on
// being so when an old text or the field of its petition changes.
func TestTextsAreDividedAsTheirPetitionsAre(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		start := monday.AddDate(-1, 0, 0)
		petitions := textsOfAllKinds(w, start)
		same := func(when string) {
			t.Helper()
			for _, p := range [][2]time.Time{{start.AddDate(0, 0, -3), start.AddDate(0, 0, 40)}, {midnightOf(start), midnightOf(start.AddDate(0, 0, 3))}, {start, start.Add(30 * time.Hour)}} {
				w.asCountedOneByOne(when, p[0], p[1])
			}
		}
		recounted := func(when string, some bool) {
			t.Helper()
			same(when)
			n, err := w.CountTexts(t.Context(), 1000)
			w.must(err)
			if some != (n > 0) {
				t.Errorf("%s: %d days were counted anew", when, n)
			}
			same(when + ", counted anew")
		}
		same("all texts are young")
		w.MustExec(t, "UPDATE message SET created_real = 1")
		if n, err := w.CountTexts(t.Context(), 3); err != nil || n != 3 {
			t.Fatalf("%d days, want three at a time: %v", n, err)
		}
		same("counted three days")
		recounted("counted some", true)
		w.MustExec(t, "UPDATE message SET state = 'delivered', segments = 3 WHERE id % 6 = 1")
		recounted("a late receipt", true)
		w.change(petitions[0].ID, func(p *escalation.Petition, _ *escalation.Effects) { p.Field = "nuoc" })
		recounted("another field", true)
		w.change(petitions[1].ID, func(p *escalation.Petition, _ *escalation.Effects) { p.Area = "" })
		recounted("no area", true)
		w.change(petitions[2].ID, func(p *escalation.Petition, _ *escalation.Effects) { p.Denunciation = true })
		recounted("a denunciation", true)
		w.change(petitions[2].ID, func(p *escalation.Petition, _ *escalation.Effects) { p.Summary = "Đèn tắt" })
		recounted("what no report tells", false)
		late := w.notice(petitions[1], "O2")
		late.Seq, late.At = 999, start.Add(time.Hour)
		w.post(late)
		recounted("a young text of then", false)
	})
}

// Whoever asks for what no report tells is told so.
func TestTextsAreNotDividedByWhatTheyDoNotHave(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for unit, by := range map[string]escalation.Dimension{"": escalation.Undivided, "SXD": escalation.ByClass} {
			if _, err := w.TextSums(t.Context(), monday, monday.AddDate(0, 0, 7), unit, by); err == nil {
				t.Errorf("texts of %q were divided by %s", unit, by)
			}
		}
		if list, err := w.TextSums(t.Context(), monday, monday.AddDate(0, 0, 7), ""); err != nil || len(list) != 0 {
			t.Errorf("nothing was asked for: %v, %v", list, err)
		}
	})
}

// What the price hangs on in SQL is what the sender hangs on at the gateway, whatever a row is.
func TestATextIsCountedByTheSenderThatItGoesBy(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, n := w.add(nil), 0
		var notices []escalation.Notice
		for _, template := range []string{"O1", "C7", "C8n"} {
			for _, lane := range []escalation.Lane{escalation.LaneUrgent, escalation.LaneSlip, escalation.LaneCitizen, escalation.LaneBulk} {
				for _, role := range []escalation.Role{"", escalation.Focal, escalation.CitizenRole} {
					for _, to := range []escalation.Recipient{{Contact: w.head}, {Citizen: p.ID}, {Phone: citizenPhone}} {
						one := w.notice(p, template)
						one.To, one.To.Role, one.Lane, one.Seq, n = to, role, lane, n, n+1
						one.Class = escalation.Class(fmt.Sprintf("%03d", n)) // a row of its own
						notices = append(notices, one)
					}
				}
			}
		}
		w.post(notices...)
		w.MustExec(t, "UPDATE message SET segments = 2")
		from, to := midnightOf(monday), midnightOf(monday.AddDate(0, 0, 7))
		got, err := w.SMSTraffic(t.Context(), from, to, "")
		w.must(err)
		branded := 0
		for i, want := range trafficOf(w, from, to) {
			if branded += want.Branded; i >= len(got) || got[i] != want {
				m := notices[i]
				t.Errorf("%s of lane %s to %+v: %+v, the gateway %+v", m.Template, m.Lane, m.To, got[i:min(i+1, len(got))], want)
			}
		}
		if len(got) != len(notices) || branded == 0 || branded == 2*len(notices) {
			t.Errorf("%d texts, %d segments by the citizens' sender", len(got), branded)
		}
	})
}
