package store_test

import (
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
)

// A few months in which everything happens to some petitions that timelines are read of:
// the policy changes twice in the midst of it, one unit works on Saturdays, another comes
// to work in the evenings.

// policyRules are the versions of the policy, in the order in which they are in force; the
// first is the regulation's.
var policyRules = []rules{
	{hour: time.Hour, focal: 8 * time.Hour, head: 48 * time.Hour, floor: 2 * time.Hour, fileDays: "2d", days: 2},
	{hour: 2 * time.Hour, focal: 10 * time.Hour, head: 40 * time.Hour, floor: 3 * time.Hour, fileDays: "3d", days: 3, fromHead: true, extends: true, pauses: true},
	{hour: 90 * time.Minute, focal: 7 * time.Hour, head: 50 * time.Hour, floor: time.Hour, fileDays: "1d", days: 1, extends: true},
}

var policyVersions = []string{"2026-1", "2026-2", "2026-3"}

// policyOf is the policy that says so.
func policyOf(t *testing.T, version int) *escalation.Policy {
	p, r := escalation.DefaultPolicy(), policyRules[version]
	p.Version, p.SendBackFloor, p.ETAExtendsFocal, p.ClarifyPausesUnit = policyVersions[version], r.floor.String(), r.extends, r.pauses
	if r.fromHead {
		p.OverdueFrom, p.DissatisfiedTo = escalation.FromHeadNotified, escalation.ToUnit
	}
	after := map[escalation.RungName]string{escalation.RungClarify: r.hour.String(), escalation.RungHead: r.focal.String(),
		escalation.RungHeadReminder: (r.head - 4*time.Hour).String(), escalation.RungOverdue: r.head.String(), escalation.RungWrittenFile: r.fileDays}
	for i, s := range p.Rungs {
		if span := after[s.Name]; span != "" {
			p.Rungs[i].After = span
		}
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	return p
}

// unitCalendars are those that units work by instead of the city's.
func unitCalendars(t *testing.T) map[string]escalation.WorkCalendar {
	weekdays, spare := []string{"mon", "tue", "wed", "thu", "fri"}, worktime.HaiPhongSpec()
	made := map[string]escalation.WorkCalendar{}
	for name, change := range map[string]struct{ days, hours []string }{
		"thu-bay": {[]string{"sat"}, spare.Hours["mon"]},
		"toi":     {weekdays, []string{"13:00-17:00", "18:00-22:00"}},
	} {
		spec := worktime.HaiPhongSpec()
		for _, day := range change.days {
			spec.Hours[day] = change.hours
		}
		spec.Seasons = nil
		c, err := spec.Compile(2025, 2030)
		if err != nil {
			t.Fatal(err)
		}
		made[name] = escalation.WorkCalendar{Calendar: c, Version: escalation.CalendarVersion(name, "1")}
	}
	return made
}

// town is where it happens, with what a reader of its timelines knows of it.
type town struct {
	*pencil
	w        *world
	setting  escalation.Setting
	ids      []int64
	policies []*escalation.Policy
	evenings time.Time // since when SXD works in the evenings; zero: not yet
	renewed  time.Time // since when SXD has another focal officer; zero: not yet
}

func newTown(w *world) *town {
	t := &town{w: w, setting: w.setting()}
	t.setting.OwnCalendars = unitCalendars(w.t)
	t.pencil = &pencil{city: worktime.HaiPhong(), worksBy: t.roster, policies: map[string]rules{}, units: map[string]string{"So XD": "SXD", "So GT": "SGTVT"},
		people: map[string]string{"Đầu mối": "SXD", "Thủ trưởng": "SXD", "Đầu mối mới": "SXD", "Đầu mối GT": "SGTVT", "Thủ trưởng GT": "SGTVT"}, told: t.focal, seen: map[string]int{}}
	for i, version := range policyVersions {
		t.policies = append(t.policies, policyOf(w.t, i))
		t.pencil.policies[version] = policyRules[i]
	}
	t.policy(0)
	t.saveUnits("")
	return t
}

func (t *town) saveUnits(calendarXD string) {
	t.w.must(t.w.SaveUnits(t.w.t.Context(),
		escalation.Unit{Code: "SXD", Name: "Sở Xây dựng", SMSName: "So XD", Kind: escalation.Department, Calendar: calendarXD},
		escalation.Unit{Code: "SGTVT", Name: "Sở Giao thông", SMSName: "So GT", Kind: escalation.Department, Calendar: "thu-bay"}))
}

// roster says by which calendar a unit worked.
func (t *town) roster(unit string, at time.Time) *worktime.Calendar {
	switch {
	case unit == "SGTVT":
		return t.setting.OwnCalendars["thu-bay"].Calendar
	case unit == "SXD" && !t.evenings.IsZero() && !at.Before(t.evenings):
		return t.setting.OwnCalendars["toi"].Calendar
	}
	return t.city
}

// focal is whom a unit's slips went to. SGTVT has nobody in the directory.
func (t *town) focal(unit string, at time.Time) string {
	switch {
	case unit == "SGTVT":
		return ""
	case !t.renewed.IsZero() && !at.Before(t.renewed):
		return "Đầu mối mới"
	}
	return "Đầu mối"
}

// policy puts a version in force.
func (t *town) policy(version int) { t.setting.Policy = t.policies[version] }

func (t *town) desk() *escalation.Desk { return escalation.NewDesk(t.w.Store, t.setting) }

func (t *town) fire() {
	_, _, err := t.desk().FireDue(t.w.t.Context(), 100)
	t.w.must(err)
}

func (t *town) accept(in escalation.Intake) string {
	t.w.t.Helper()
	p, err := t.desk().Accept(t.w.t.Context(), in, operator)
	t.w.must(err)
	t.ids = append(t.ids, p.ID)
	return p.Code
}

// act carries out an act, dated by when its text was read.
func (t *town) act(code string, a anything, read time.Time) error {
	ctx, s := t.w.t.Context(), t.setting
	return t.w.Tx(ctx, func(tx escalation.Tx) error {
		dir, err := tx.Directory(ctx)
		if err != nil {
			return err
		}
		id, err := tx.PetitionID(ctx, code)
		if err != nil {
			return err
		}
		loaded, err := tx.Petitions(ctx, id)
		if err != nil {
			return err
		}
		change, err := escalation.Apply(loaded[0], a.cmd, a.by, escalation.Env{Now: tx.Now(), At: read, Policy: s.Policy, Calendar: s.Calendar, CalendarVersion: s.CalendarVersion,
			OwnCalendars: maps.Clone(s.OwnCalendars), Directory: dir, Numbering: s.Numbering, Token: s.Token, Salt: s.Salt, Redact: s.Redact, Host: s.Host, Support: s.Support})
		if err != nil {
			return err
		}
		return tx.Save(ctx, []escalation.Change{change})
	})
}

// compare holds the stored rows of every petition against what its timeline tells.
func (t *town) compare() {
	t.w.t.Helper()
	for _, id := range t.ids {
		entries, err := t.w.Timeline(t.w.t.Context(), id)
		t.w.must(err)
		t.w.comparing(id, t.retell(entries), store.FactsOf(t.w.t, t.w.Store, id), entries)
	}
}

// tell plays a story: one petition, recorded in the morning of the next working day.
func (t *town) tell(tell func(*scripted)) {
	t.policy(0)
	morning := t.city.AddDays(t.w.now(), 1).Add(-9 * time.Hour)
	t.w.later(morning.Sub(t.w.now()))
	t.fire()
	tell(&scripted{t, t.accept(lampOut(1))})
	t.fire()
}

// lampOut is what petitions are about.
func lampOut(kind int) escalation.Intake {
	return escalation.Intake{Channel: escalation.ByPhone, Kind: kind, Content: "Đèn đường hỏng ở ngã tư", Field: "chiếu sáng", Area: "P Gia Viên",
		Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn A", Phone: citizenPhone}}
}

// received are the petitions of a busy town: an urgent one, a denunciation, a letter that
// lay, one that is forwarded in the same breath, and two that are merged into others.
func (t *town) received() (codes []string, votes []anything) {
	for i := range 10 {
		in := lampOut(1 + i%5)
		in.Field, in.Area = []string{"chiếu sáng", "cây xanh", ""}[i%3], []string{"P Gia Viên", "", "X An Lão"}[i%3]
		in.Urgent, in.Denunciation = i == 6, i == 7
		switch i {
		case 4:
			in.Channel, in.ReceivedAt = escalation.ByEmail, t.w.now().Add(-40*time.Minute)
		case 5:
			in.Unit = "SXD"
		}
		codes = append(codes, t.accept(in))
	}
	for i := range 2 {
		in := lampOut(1)
		in.Channel, in.Content = escalation.ByWeb, "Đèn đường hỏng, như đã báo"
		code := t.accept(in)
		_, err := t.desk().Do(t.w.t.Context(), code, &escalation.Merge{Into: codes[i]}, operator, 0)
		t.w.must(err)
		votes = append(votes, anything{byCitizen, &escalation.Rate{For: code, Score: 4 - i, Service: 5}})
	}
	return codes, votes
}

// busy plays acts in any order over a few petitions, the ladder firing in between. Where
// one is refused others are tried: most instants have one that is carried out.
func (t *town) busy(seed uint64, steps int) {
	w, random := t.w, rand.New(rand.NewPCG(seed, 2))
	waits := []time.Duration{time.Minute, 20 * time.Minute, 20 * time.Minute, time.Hour, time.Hour, 2 * time.Hour, 3 * time.Hour, 9 * time.Hour, 9 * time.Hour, 40 * time.Hour}
	codes, votes := t.received()
	acted := map[string]time.Time{} // when somebody last did something about it
	for _, code := range codes {
		acted[code] = w.now()
	}
	for i := range steps {
		t.policy(i * len(t.policies) / steps)
		w.later(waits[random.IntN(len(waits))])
		t.fire()
		if i == steps/2 {
			t.evening()
		}
		code := codes[random.IntN(len(codes))]
		if t.anybody(random, code, acted[code]) {
			acted[code] = w.now()
		}
		if i := random.IntN(2 * len(votes)); i < len(votes) {
			t.desk().Do(w.t.Context(), codes[i], votes[i].cmd, votes[i].by, 0) // refused while there is no answer
		}
	}
}

// evening lets SXD work in the evenings from now on, and what it has open by that.
func (t *town) evening() {
	t.w.later(time.Minute)
	t.evenings = t.w.now()
	t.saveUnits("toi")
	administrator := escalation.Actor{Name: "Quản trị", Role: escalation.Administrator, Channel: escalation.ByConsole}
	_, err := t.desk().Recompute(t.w.t.Context(), t.ids, escalation.UnitCalendar{Unit: "SXD"}, administrator, false)
	t.w.must(err)
}

// anybody does something about a petition. Texts may have lain, but not since before
// somebody did something else.
func (t *town) anybody(random *rand.Rand, code string, acted time.Time) (done bool) {
	often, seldom := t.acts()
	for range 8 {
		acts := often
		if random.IntN(8) == 0 {
			acts = seldom
		}
		act, read := acts[random.IntN(len(acts))], t.w.now()
		if act.byText() && random.IntN(4) == 0 {
			read = laterOf(acted, read.Add(-time.Duration(random.IntN(9))*time.Hour))
		}
		err := t.act(code, act, read)
		if err == nil {
			return true
		}
		if problem(err) == "" {
			t.w.must(err)
		}
	}
	return false
}

// byText reports an act that officers do by SMS.
func (a anything) byText() bool {
	switch a.cmd.(type) {
	case *escalation.Acknowledge, *escalation.PromiseTime, *escalation.GiveResult, *escalation.AskReturn, *escalation.AskCitizen:
		return a.by.Channel == escalation.BySMS
	}
	return false
}

// acts are those of anythings, those of another unit that leads or co-operates, and times
// that lie far ahead.
func (t *town) acts() (often, seldom []anything) {
	in := func(d time.Duration) time.Time { return t.w.now().Add(d) }
	for _, a := range anythings(t.w) {
		switch a.cmd.(type) {
		case *escalation.Withdraw, *escalation.Reject, *escalation.AnswerDirectly, *escalation.OpenDispute:
			seldom = append(seldom, a)
		default:
			often = append(often, a)
		}
	}
	both := func(lead, other string) *escalation.Forward {
		return &escalation.Forward{Units: []escalation.UnitRef{{Code: lead, Role: "lead"}, {Code: other, Role: "cooperate"}}}
	}
	often = append(often, []anything{
		{shiftLead, both("SXD", "SGTVT")}, {shiftLead, both("SGTVT", "SXD")}, {officerGT, &escalation.Acknowledge{}}, {officerGT, fixed()}, {headGT, fixed()},
		{officerXD, &escalation.GiveResult{Text: "Đã sửa xong, cần nhắc nhở nhà thầu.", WrittenReminder: true}}, {officerGT, &escalation.AskReturn{Reason: "không thuộc địa bàn"}},
		{officerGT, &escalation.PromiseTime{At: in(3 * 24 * time.Hour)}}, {officerXD, &escalation.PromiseTime{At: in(30 * time.Hour)}},
		{officerXD, &escalation.PromiseTime{At: in(20 * 24 * time.Hour)}}, {officerXD, &escalation.AskCitizen{Missing: "số nhà"}},
		{shiftLead, &escalation.AcceptReturn{Unit: "SGTVT"}}, {shiftLead, &escalation.AcceptReturn{}}, {shiftLead, &escalation.RefuseReturn{Reason: "đúng địa bàn"}},
		{shiftLead, &escalation.SendBack{Reason: "thiếu ảnh", Written: escalation.NeedExplain, WrittenReason: "chậm nhiều lần"}},
		{shiftLead, &escalation.SendBack{Reason: "thiếu ảnh"}}, {shiftLead, &escalation.Reassign{Unit: "SGTVT"}},
		{cityHall, &escalation.HoldClock{Reason: "chờ kết luận", Until: in(30 * time.Hour)}}, {cityHall, &escalation.HoldClock{Reason: "chờ vật tư", Until: in(12 * 24 * time.Hour)}},
		{shiftLead, &escalation.Publish{Written: escalation.NeedRemind, WrittenReason: "nhà thầu làm ẩu"}},
	}...)
	seldom = append(seldom, []anything{
		{cityHall, &escalation.Forward{Unit: "UBND"}}, {cityHall, &escalation.AskCitizen{Missing: "giấy tờ"}}, {cityHall, &escalation.SubmitToLeader{Text: "xin ý kiến"}},
		{cityHall, &escalation.Direct{Leader: "Phó Chủ tịch", Text: "làm ngay", Due: in(50 * time.Hour), Unit: "SGTVT"}}, {shiftLead, &escalation.TransferEmergency{To: "115"}},
		{shiftLead, &escalation.TransferEmergency{To: "114", Unit: "SXD"}}, {officerGT, &escalation.OpenDispute{Reason: "không thống nhất"}},
	}...)
	return often, seldom
}
