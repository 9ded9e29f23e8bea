package escalation

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// factsText puts the facts of a petition into words, one turn a line, so that a story
// reads as its report does.
func factsText(p Petition, w *town) string {
	var lines []string
	for _, f := range Facts(p, w.calendars()) {
		words := []string{f.Unit, fmt.Sprint("outcome ", int(f.Outcome)), fmt.Sprint("level ", int(f.Level))}
		for _, span := range []struct {
			name string
			d    time.Duration
		}{{"ack", f.AcknowledgedIn}, {"answer", f.AnsweredIn}, {"1022", f.HeldBy1022}, {"focal", f.HeldByFocal}, {"head", f.HeldByHead}, {"office", f.HeldByOffice}} {
			if span.d > 0 {
				words = append(words, span.name+" "+span.d.String())
			}
		}
		for _, flag := range []struct {
			name string
			set  bool
		}{{"reopened", f.Reopened}, {"8h", f.WithinFocal}, {"48h", f.WithinHead}, {"overdue", !f.OverdueAt.IsZero()}, {"published", f.Published},
			{"site", f.OwnSite}, {"office", f.Office}, {"disputed", f.Disputed}, {"at once", f.AtOnce}, {"asked", f.Asked}, {"in time", f.AskedInTime},
			{"written", f.Written}, {"sent", f.WrittenInTime}} {
			if flag.set {
				words = append(words, flag.name)
			}
		}
		if f.Promises > 0 {
			words = append(words, fmt.Sprintf("promises %d/%d/%d", f.Promises, f.Kept, f.Missed))
		}
		for _, at := range f.MissedAt.Times() {
			words = append(words, "missed "+ClockText(at))
		}
		if f.Score > 0 {
			words = append(words, fmt.Sprint("score ", f.Score))
		}
		if f.Service > 0 {
			words = append(words, fmt.Sprint("service ", f.Service))
		}
		if f.Followers.All() > 0 {
			words = append(words, fmt.Sprint("followers ", f.Followers, " on 1022 ", f.FollowersOn1022))
		}
		lines = append(lines, strings.TrimSpace(strings.Join(words, ", ")))
	}
	return strings.Join(lines, "\n")
}

// Each story begins on Monday 9 March 2026 at 08:00; 8 working hours end on Tuesday
// at 08:00, 48 on Tuesday the 17th at 08:00.
func TestFactsSayWhatBecameOfAPetition(t *testing.T) {
	tests := []struct {
		name string
		play func(w *town)
		want string
	}{
		{"answered by the officer and published", func(w *town) {
			w.forwarded("XD")
			w.to("2026-03-09 08:40")
			w.do(focalXD, &Acknowledge{})
			w.to("2026-03-09 15:00")
			result := answer()
			result.UnitURL = "https://soxaydung.example.vn/45"
			w.do(focalXD, result)
			w.to("2026-03-09 16:00")
			w.do(operator, &Publish{})
			w.do(citizen, &Rate{Score: 4})
			w.do(citizen, &Rate{Score: 4, Service: 5})
			w.do(citizen, &Rate{Score: 3}) // what was said of 1022 stays
		}, "XD, outcome 1, level 2, ack 40m0s, answer 5h30m0s, 1022 1h0m0s, focal 5h30m0s, 8h, 48h, published, site, at once, score 3, service 5"},
		{"answered by the head, late with a promise", func(w *town) {
			w.accept(lamp())
			w.to("2026-03-09 09:00")
			w.do(operator, &Forward{Unit: "XD"})
			w.to("2026-03-09 10:00")
			w.do(focalXD, &PromiseTime{At: instantAt("2026-03-09 16:00")})
			w.to("2026-03-10 10:00")
			w.do(headXD, answer())
		}, "XD, outcome 1, level 3, ack 1h0m0s, answer 9h0m0s, 1022 1h0m0s, focal 8h0m0s, head 1h0m0s, 48h, promises 1/0/1, missed 16h00 9/3"},
		{"asked after a return: within the hour that 1022 has then, and the forward before was at once", func(w *town) {
			w.forwarded("XD")
			w.to("2026-03-10 07:45")
			w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
			w.do(operator, &AcceptReturn{})
			w.to("2026-03-10 07:55")
			w.do(operator, &AskCitizen{Missing: "địa điểm"})
		}, "XD, outcome 6, level 0, ack 7h45m0s, focal 7h45m0s, at once\n" +
			", outcome 0, level 0, asked, in time"},
		{"asked before the forward, and too late after a return", func(w *town) {
			w.accept(lamp())
			w.do(operator, &AskCitizen{Missing: "địa điểm"})
			w.do(operator, &Supplement{Text: "trước cổng trường"})
			w.do(operator, &Forward{Unit: "XD"})
			w.to("2026-03-10 08:00")
			w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
			w.do(operator, &AcceptReturn{})
			w.to("2026-03-10 09:01")
			w.do(operator, &AskCitizen{Missing: "số nhà"})
			w.do(operator, &Forward{Unit: "MT"})
		}, "XD, outcome 6, level 0, ack 8h0m0s, focal 8h0m0s, at once, asked, in time\n" +
			"MT, outcome 0, level 0, 1022 1h1m0s, asked"},
		{"asked in an hour that the citizen's words began anew", func(w *town) {
			w.forwarded("XD")
			w.to("2026-03-10 08:00")
			w.do(focalXD, &AskCitizen{Missing: "địa điểm"})
			w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
			w.do(operator, &AcceptReturn{})
			w.to("2026-03-10 08:50")
			w.do(citizen, &Supplement{Text: "trước cổng trường"})
			w.to("2026-03-10 09:30")
			w.do(operator, &AskCitizen{Missing: "số nhà"})
		}, "XD, outcome 6, level 0, ack 8h0m0s, focal 8h0m0s, at once\n" +
			", outcome 0, level 0, asked, in time"},
		{"promises missed, the answer still owed", func(w *town) {
			w.forwarded("XD")
			w.do(focalXD, &PromiseTime{At: instantAt("2026-03-10 15:00")})
			w.to("2026-03-11 09:00")
			w.do(focalXD, &PromiseTime{At: instantAt("2026-03-12 15:00")})
			w.to("2026-04-20 15:00")
		}, "XD, outcome 0, level 0, overdue, at once, promises 2/0/2, missed 15h00 10/3, missed 15h00 12/3"},
		{"overdue", func(w *town) {
			w.forwarded("XD")
			w.to("2026-03-17 09:00")
			w.do(headXD, answer())
		}, "XD, outcome 1, level 3, ack 49h0m0s, answer 49h0m0s, focal 8h0m0s, head 41h0m0s, overdue, at once"},
		{"returned, then answered by another unit", func(w *town) {
			w.forwarded("XD")
			w.to("2026-03-09 09:00")
			w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
			w.to("2026-03-09 10:00")
			w.do(operator, &AcceptReturn{})
			w.to("2026-03-09 11:00")
			w.do(operator, &Forward{Unit: "MT"})
			w.to("2026-03-09 14:00") // an hour and a half of lunch
			w.do(Actor{Name: "Trần Thị Mẫu", Role: Focal, Unit: "MT", Contact: 103, Channel: BySMS}, answer())
		}, "XD, outcome 6, level 0, ack 1h0m0s, focal 2h0m0s, at once\n" +
			"MT, outcome 1, level 2, ack 1h30m0s, answer 1h30m0s, 1022 1h0m0s, focal 1h30m0s, 8h, 48h"},
		{"sent back: the time with 1022 is not the unit's", func(w *town) {
			w.forwarded("XD")
			w.to("2026-03-09 09:00")
			w.do(focalXD, answer())
			w.to("2026-03-09 10:30")
			w.do(operator, &SendBack{Reason: "trả lời chung chung"})
			w.to("2026-03-09 11:00")
			w.do(focalXD, &GiveResult{Text: "Đã thay ba bóng đèn ở số 5, 7 và 9."})
		}, "XD, outcome 1, level 2, ack 1h0m0s, answer 3h0m0s, 1022 1h30m0s, focal 1h30m0s, 8h, 48h, at once"},
		{"a citizen who does not agree: the Office leads", func(w *town) {
			w.forwarded("XD")
			w.to("2026-03-09 09:00")
			w.do(focalXD, answer())
			w.do(operator, &Publish{})
			w.to("2026-03-09 10:00")
			w.do(citizen, &Rate{Score: 1, Comment: "đèn vẫn tắt"})
			w.to("2026-03-09 11:00")
			w.do(office, answer())
		}, "XD, outcome 1, level 2, ack 1h0m0s, answer 1h0m0s, focal 1h0m0s, 8h, 48h, published, disputed, at once, score 1\n" +
			", outcome 1, level 4, answer 1h0m0s, office 1h0m0s, reopened, office"},
		{"the Office is given what it has: the time is still the Office's", func(w *town) {
			w.forwarded("XD")
			w.to("2026-03-09 09:00")
			w.do(operator, &OpenDispute{Reason: "không thống nhất"})
			w.to("2026-03-09 10:00")
			w.do(operator, &Reassign{Unit: "VP"})
			w.to("2026-03-09 11:00")
			w.do(operator, &Forward{Unit: "MT"})
		}, "XD, outcome 7, level 0, focal 1h0m0s, disputed, at once\nMT, outcome 0, level 0, office 2h0m0s, office"},
		{"what the Office had before does not count when it gets it again", func(w *town) {
			w.forwarded("XD")
			w.do(operator, &Reassign{Unit: "VP"})
			w.do(operator, &Forward{Unit: "MT"})
			w.do(Actor{Name: "Trần Thị Mẫu", Role: Focal, Unit: "MT", Contact: 103, Channel: BySMS}, &AskReturn{Reason: "không thuộc thẩm quyền"})
			w.do(operator, &AcceptReturn{})
			w.to("2026-03-09 09:00") // an hour with 1022
			w.do(operator, &Forward{Unit: "VP"})
			w.to("2026-03-09 11:00")
			w.do(operator, &Forward{Unit: "XD"})
		}, "XD, outcome 7, level 0, disputed, at once\nMT, outcome 6, level 0, office, disputed\nXD, outcome 0, level 0, 1022 1h0m0s, office 2h0m0s, office"},
		{"the Office holds the clock: its time is not the unit's", func(w *town) {
			w.forwarded("XD")
			w.to("2026-03-09 09:00")
			w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-10 09:00")})
			w.to("2026-03-09 10:30")
			w.do(office, &ResumeClock{})
			w.to("2026-03-09 11:00")
			w.do(office, &HoldClock{Reason: "chờ giám định lần hai", Until: instantAt("2026-03-10 09:00")})
			w.to("2026-03-09 11:15")
			w.do(focalXD, answer()) // ends the hold
		}, "XD, outcome 1, level 2, ack 3h15m0s, answer 3h15m0s, focal 1h30m0s, office 1h45m0s, 8h, 48h, at once"},
		{"rejected within the hour, but not at once", func(w *town) {
			w.accept(lamp())
			w.to("2026-03-09 08:20")
			w.do(operator, &Reject{Reason: "khiếu nại", Guidance: "Ban Tiếp công dân"})
		}, ", outcome 3, level 0, 1022 20m0s"},
		{"answered directly at once", func(w *town) {
			w.accept(lamp())
			w.to("2026-03-09 08:10")
			w.do(operator, &AnswerDirectly{Text: "Cắt điện theo lịch."})
		}, ", outcome 2, level 1, answer 10m0s, 1022 10m0s, at once"},
		{"asked in time, answered directly, reopened and asked too late", func(w *town) {
			w.accept(lamp())
			w.to("2026-03-09 08:30")
			w.do(operator, &AskCitizen{Missing: "địa điểm"})
			w.to("2026-03-09 09:30")
			w.do(operator, &AnswerDirectly{Text: "Cắt điện theo lịch."})
			w.to("2026-03-09 10:00")
			w.do(operator, &Reopen{Reason: "chưa xong"})
			w.to("2026-03-09 11:30")
			w.do(operator, &AskCitizen{Missing: "số nhà"})
		}, ", outcome 2, level 1, answer 1h30m0s, 1022 1h30m0s, asked, in time\n" +
			", outcome 0, level 0, reopened, asked"},
		{"what the Office had first stays as it was when it gets it again", func(w *town) {
			w.accept(lamp())
			w.to("2026-03-09 09:00")
			w.do(operator, &Forward{Unit: "VP"})
			w.to("2026-03-09 11:00")
			w.do(office, &Forward{Unit: "XD"})
			w.do(operator, &OpenDispute{Reason: "không thống nhất"})
		}, "XD, outcome 7, level 0, 1022 1h0m0s, office 2h0m0s, office, disputed\n, outcome 0, level 0, office"},
		{"an answer of the Office that is sent back lay with 1022", func(w *town) {
			w.accept(lamp())
			w.do(operator, &Forward{Unit: "VP"})
			w.to("2026-03-09 09:00")
			w.do(office, answer())
			w.to("2026-03-09 11:00")
			w.do(operator, &SendBack{Reason: "chưa rõ"})
			w.to("2026-03-09 11:30")
			w.do(office, &GiveResult{Text: "Đã giao Sở Xây dựng thay đèn."})
		}, ", outcome 1, level 4, answer 3h30m0s, 1022 2h0m0s, office 1h30m0s, office"},
		{"what the Office asks the citizen is not the hour of 1022", func(w *town) {
			w.forwarded("XD")
			w.do(operator, &OpenDispute{Reason: "không thống nhất"})
			w.do(office, &Acknowledge{})
			w.do(office, &AskCitizen{Missing: "giấy tờ"})
		}, "XD, outcome 7, level 0, disputed, at once\n, outcome 0, level 0, office"},
		{"a unit that had to give it away before has not missed the time it promised", func(w *town) {
			w.forwarded("XD")
			w.do(focalXD, &PromiseTime{At: instantAt("2026-03-09 14:00")})
			w.do(operator, &Reassign{Unit: "MT"})
			w.to("2026-03-09 15:00")
			w.do(Actor{Name: "Trần Thị Mẫu", Role: Focal, Unit: "MT", Contact: 103, Channel: BySMS}, answer())
		}, "XD, outcome 7, level 0, at once, promises 1/0/0\nMT, outcome 1, level 2, ack 5h30m0s, answer 5h30m0s, focal 5h30m0s, 8h, 48h"},
		{"the 48 hours end with the second unit, 1022 had it between", func(w *town) {
			w.forwarded("XD")
			w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
			w.do(operator, &AcceptReturn{})
			w.to("2026-03-09 09:00")
			w.do(operator, &Forward{Unit: "MT"})
			w.to("2026-03-17 09:00")
		}, "XD, outcome 6, level 0, at once\nMT, outcome 0, level 0, 1022 1h0m0s, overdue"},
		{"the 8 hours that end while a return waits are over, also when a result is sent back", func(w *town) {
			w.forwarded("XD")
			w.to("2026-03-09 16:00")
			w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
			w.to("2026-03-10 09:00")
			w.do(focalXD, answer())
			w.do(operator, &SendBack{Reason: "trả lời chung chung"})
			w.to("2026-03-10 09:30")
			w.do(focalXD, &GiveResult{Text: "Đã thay ba bóng đèn ở số 5, 7 và 9."})
		}, "XD, outcome 1, level 3, ack 6h30m0s, answer 9h30m0s, focal 8h0m0s, head 1h30m0s, 48h, at once"},
		{"nor are they when the Office holds then", func(w *town) {
			w.forwarded("XD")
			w.to("2026-03-09 16:00")
			w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
			w.to("2026-03-10 09:00")
			w.do(office, &HoldClock{Reason: "chờ giám định", Until: instantAt("2026-03-10 11:00")})
			w.do(operator, &RefuseReturn{Reason: "đúng thẩm quyền"})
			w.to("2026-03-10 11:00")
			w.do(focalXD, answer())
		}, "XD, outcome 1, level 3, ack 6h30m0s, answer 11h0m0s, focal 8h0m0s, head 1h0m0s, office 2h0m0s, 48h, at once"},
		{"urgent: the file was sent in time", func(w *town) {
			in := lamp()
			in.Urgent = true
			w.accept(in)
			w.to("2026-03-10 08:00")
			w.do(operator, &SendWrittenFile{})
		}, ", outcome 0, level 0, written, sent"},
		{"urgent, withdrawn before the file was due: none is owed", func(w *town) {
			in := lamp()
			in.Urgent = true
			w.accept(in)
			w.to("2026-03-11 16:00")
			w.do(operator, &Withdraw{})
			w.to("2026-03-16 08:00")
		}, ", outcome 4, level 0, 1022 22h30m0s"},
		{"urgent, withdrawn when the file was due: it was owed", func(w *town) {
			in := lamp()
			in.Urgent = true
			w.accept(in)
			w.to("2026-03-11 17:00")
			w.do(operator, &Withdraw{})
		}, ", outcome 4, level 0, 1022 23h30m0s, written"},
		{"urgent, withdrawn and reopened before the file was due: the next course owes one", func(w *town) {
			in := lamp()
			in.Urgent = true
			w.accept(in)
			w.do(operator, &Withdraw{})
			w.to("2026-03-13 08:00") // past the first file's time
			w.do(operator, &Reopen{Reason: "rút nhầm"})
			w.do(operator, &Forward{Unit: "XD"})
		}, ", outcome 4, level 0\nXD, outcome 0, level 0, reopened, written"},
		{"urgent, reopened before the file was due: the answer's course owes none", func(w *town) {
			in := lamp()
			in.Urgent, in.Unit = true, "XD"
			w.accept(in)
			w.do(focalXD, answer())
			w.do(operator, &Publish{})
			w.to("2026-03-10 08:00")
			w.do(operator, &Reopen{Reason: "đèn lại tắt"})
		}, "XD, outcome 1, level 2, 8h, 48h, published, at once\nXD, outcome 0, level 0, reopened, written"},
		{"urgent, with two units: the file is one that 1022 owes from the start", func(w *town) {
			in := lamp()
			in.Urgent = true
			w.accept(in)
			w.do(operator, &Forward{Unit: "XD"})
			w.do(operator, &Reassign{Unit: "MT"})
		}, "XD, outcome 7, level 0, at once, written\nMT, outcome 0, level 0"},
		{"overdue when another unit gets it", func(w *town) {
			w.forwarded("XD")
			w.do(focalXD, &Acknowledge{})
			w.to("2026-03-17 09:00")
			w.do(operator, &Reassign{Unit: "MT"})
		}, "XD, outcome 7, level 0, focal 8h0m0s, head 41h0m0s, overdue, at once\nMT, outcome 0, level 0, overdue"},
		{"overdue before the Office names a unit, which has the whole time", func(w *town) {
			w.forwarded("XD")
			w.do(focalXD, &Acknowledge{})
			w.to("2026-03-17 09:00")
			w.do(operator, &OpenDispute{Reason: "không thống nhất"})
			w.do(office, &Forward{Unit: "MT"})
		}, "XD, outcome 7, level 0, focal 8h0m0s, head 41h0m0s, overdue, disputed, at once\nMT, outcome 0, level 0, office"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newTown(t, "2026-03-09 08:00") // Monday
			tt.play(w)
			if got := factsText(*w.petition(), w); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// A denunciation is counted; where it happened and what about is not.
func TestADenunciationIsCountedWithoutItsPlace(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Denunciation = true
	w.accept(in)
	rows := Facts(*w.petition(), w.calendars())
	if len(rows) != 1 || rows[0].Field != "" || rows[0].Area != "" || !rows[0].Denunciation {
		t.Errorf("its facts: %+v", rows)
	}
}

func TestMarksHoldWhatAFactSays(t *testing.T) {
	f := Fact{Turn: 1, Urgent: true, Judged: true, WrittenInTime: true, Outcome: OutcomeMoved, Level: OfficeLevel, Score: 5}
	m := f.Marks()
	if !m.Has(FactFirst|FactUrgent|FactJudged|FactWrittenInTime) || m.Has(FactReopened) || m.Has(FactWithinHead) {
		t.Errorf("flags: %b", m)
	}
	if m.Outcome() != OutcomeMoved || m.Level() != OfficeLevel || m.Score() != 5 {
		t.Errorf("outcome %d, level %d, score %d", m.Outcome(), m.Level(), m.Score())
	}
}
