package escalation

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// lateReport is how long after its time a report is marked late: longer than a node's
// restart takes.
const lateReport = time.Hour

// Reading is one report for one person.
type Reading struct {
	Contact    Contact
	Rows       []int64 // of the directory that are this person's: who had it by one of them has it
	Unit       Unit    // whose figures
	Each       ReportEach
	Stretch    time.Time // where the week, month or quarter begins that it is due for: it is about the one before
	Due        time.Time
	SMS, Email bool
}

// Late reports that the reading goes out long after it was due.
func (r Reading) Late(now time.Time) bool { return now.Sub(r.Due) > lateReport }

// Reports decides who of the directory gets a report that was due in (from, to]: of what
// an outage left out the latest alone, of a week without a working day also that. stored are the choices made. Units that are no
// more, and people who no longer hold their role, get nothing. Who has changed the number
// since gets it by the new one. Whom no channel reaches becomes a task.
func Reports(dir *Directory, stored map[int64]Subscription, from, to time.Time, numbering Numbering, mail bool, workday func(midnight time.Time) bool) (due []Reading, tasks []Task) {
	for _, u := range dir.Units() {
		if !u.InForce(to) {
			continue
		}
		for _, role := range []Role{Leader, Head} {
			for _, c := range dir.roles[roleKey{u.Code, role}] {
				s := ChoiceOf(stored, c, numbering)
				at, stretches := s.LastDue(from, to, workday)
				rows := dir.earlier(c)
				if at.IsZero() || c.Pending || dir.latest(c).ID != c.ID || !anyHolds(rows, to) || !anyHolds(rows, at) {
					continue
				}
				r := Reading{Contact: c, Unit: u, Each: s.Each, Due: at}
				for _, row := range rows {
					r.Rows = append(r.Rows, row.ID)
				}
				if r.SMS, r.Email = ReportWays(c, s.Channel, numbering, mail); r.SMS || r.Email {
					due = append(due, r.of(stretches)...)
					continue
				}
				tasks = append(tasks, Task{
					Key: fmt.Sprintf("report/%s/%d", u.Code, c.ID), Kind: TaskUnreachable, Contact: c.ID, For: ShiftLead, OpenedAt: to,
					Text: "Báo cáo định kỳ (Đ13.6): " + role.title() + " của " + u.Name + " không có số di động hay thư điện tử nhận được",
				})
			}
		}
	}
	return due, tasks
}

// anyHolds reports whether one of the rows holds the role at the instant.
func anyHolds(rows []Contact, at time.Time) bool {
	return slices.ContainsFunc(rows, func(c Contact) bool { return c.Holds(at) })
}

// of are the readings of each of the stretches.
func (r Reading) of(stretches []time.Time) (list []Reading) {
	for _, r.Stretch = range stretches {
		list = append(list, r)
	}
	return list
}

// ReportWays is how a report reaches the person who chose the channel: where that one is
// closed, by the other.
func ReportWays(c Contact, channel ReportChannel, numbering Numbering, mail bool) (sms, email bool) {
	texts, mails := numbering.Textable(c.Phone), mail && c.Email != ""
	sms = texts && (channel == ReportBySMS || channel == ReportByBoth || channel == ReportByEmail && !mails)
	email = mails && (channel == ReportByEmail || channel == ReportByBoth || channel == ReportBySMS && !texts)
	return sms, email
}

// ReportNotices are the texts and mails (R1) of one report to one person. rung names the
// report: two of one rung to one person are one. vars are those of R1; the mail carries
// the enclosure, also the one that follows a text in vain.
func ReportNotices(c Contact, sms, email bool, rung RungName, vars map[string]string, enclosure *Enclosure, policy *Policy, now time.Time) []Notice {
	notice := Notice{Template: "R1", Class: ClassReport, Lane: LaneBulk, Rung: rung, Attempt: 1, At: now, To: Recipient{Contact: c.ID, Role: c.Role, Unit: c.Unit}}
	var list []Notice
	if sms {
		n := notice
		n.Vars = maps.Clone(vars)
		n.NotBefore = policy.Held(n)
		if !email && c.Email != "" {
			n.Enclosure = enclosure
		}
		list = append(list, n)
	}
	if email {
		n := notice
		n.To.ByEmail, n.Vars, n.Enclosure = true, maps.Clone(vars), enclosure
		list = append(list, n)
	}
	return list
}

// ReportReaders are those to whom a report may be sent at once: leaders and heads of the
// unit, or of the whole city (no unit) the City Office and the city's leaders.
func ReportReaders(dir *Directory, unit string, now time.Time) []Contact {
	roles := []Role{Leader, Head}
	if unit == "" {
		roles = []Role{Office, CityLeader}
	}
	var list []Contact
	for _, c := range dir.contacts {
		if slices.Contains(roles, c.Role) && c.Holds(now) && (unit == "" || c.Unit == unit) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b Contact) int {
		return cmp.Or(cmp.Compare(slices.Index(roles, a.Role), slices.Index(roles, b.Role)), byOrder(a, b))
	})
	return list
}

// The City's monthly draft.

// DraftTask asks the shift lead to look at the draft of a month and to confirm it, until
// the end of working day 3.
func DraftTask(period, title string, now, due time.Time) Task {
	return Task{
		Key: "report-draft/" + period, Kind: TaskConfirm, For: ShiftLead, OpenedAt: now, Due: due,
		Text: "Xem, xác nhận dự thảo báo cáo toàn thành phố " + title + " để gửi Văn phòng UBND thành phố (trang Báo cáo)",
	}
}

// DraftReminder is the task about a draft that nobody has confirmed by working day 3.
func DraftReminder(period, title string, now time.Time) Task {
	return Task{
		Key: "report-draft-late/" + period, Kind: TaskConfirm, For: ShiftLead, OpenedAt: now, Due: now,
		Text: "Dự thảo báo cáo toàn thành phố " + title + " chưa được xác nhận, Văn phòng UBND thành phố chưa nhận được",
	}
}

// DraftTasks are the keys of the tasks that end with the confirmation.
func DraftTasks(period string) []string {
	return []string{"report-draft/" + period, "report-draft-late/" + period}
}

// OfficeWays is how the City Office gets a confirmed draft: everybody with an address by
// email; where nobody has one, the first with a number that takes texts by SMS.
func OfficeWays(dir *Directory, numbering Numbering, mail bool, now time.Time) (mails []Contact, text Contact, ok bool) {
	serving := dir.Serving("", Office, now)
	for _, c := range serving {
		if mail && c.Email != "" {
			mails = append(mails, c)
		}
	}
	if len(mails) > 0 {
		return mails, Contact{}, true
	}
	for _, c := range serving {
		if numbering.Textable(c.Phone) {
			return nil, c, true
		}
	}
	return nil, Contact{}, false
}
