package escalation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The City Office's digests. A digest may be called again for a period after it
// failed: every notice carries the period in its Rung, so that its key is the
// one of the first call and the ledger leaves the second row out.

// Digest says what a digest came to.
type Digest struct {
	Petitions int   // that it is about; of the forwarded digest: slips
	Notices   int   // that it asked for, those of an earlier call for the period included
	LeftOut   error // joins an *Unreadable for each petition that it could not count; nil: none
}

const (
	// digestPage is how many petitions a digest reads at once: a few megabytes of them.
	digestPage = 500
	// mailPage is how many slips one email lists: a screen or two, and well within
	// what a text may hold.
	mailPage = 20
	// staleDigest is when the officers' list of yesterday is of no use any more.
	staleDigest = 24 * time.Hour
)

// OverdueDigest tells what is overdue (Đ9.4), at the working day's instant
// period: the City Office how many petitions (V2), the head and the focal
// officer of each unit which ones (B1). Who of the Office has an address is mailed
// the list besides (VQ). What the Office holds and what has a result is left out; of
// nothing nobody is told.
func (d *Desk) OverdueDigest(ctx context.Context, period time.Time) (Digest, error) {
	env, err := d.present(ctx)
	if err != nil {
		return Digest{}, err
	}
	r := overdueRound{digestRound: digestRound{env: env, name: "digest_overdue", period: period}, mails: overdueLists(env)}
	leftOut, err := paged(func(after int64) (PetitionPage, error) { return d.ledger.Overdue(ctx, after, digestPage) }, r.add)
	if err != nil {
		return Digest{}, err
	}
	r.decide()
	return d.post(ctx, r.petitions, leftOut, r.notices, r.tasks)
}

// ForwardedDigest mails the City Office what was forwarded after from and not
// after to (Đ5.4, Đ9.2: the Office follows all of it). Without the email
// channel, or without an address, it tells nobody: Notices is 0 then.
func (d *Desk) ForwardedDigest(ctx context.Context, from, to time.Time) (Digest, error) {
	env, err := d.present(ctx)
	if err != nil {
		return Digest{}, err
	}
	var lines []forwardedLine
	leftOut, err := paged(func(after int64) (PetitionPage, error) { return d.ledger.Forwarded(ctx, from, to, after, digestPage) },
		func(p Petition) { lines = append(lines, forwardedLines(p, from, to, env)...) })
	if err != nil {
		return Digest{}, err
	}
	return d.post(ctx, len(lines), leftOut, forwardedMails(lines, from, to, env), nil)
}

// present is the world as it stands now, for what is read page by page.
func (d *Desk) present(ctx context.Context) (env Env, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		env, err = d.env(ctx, tx, time.Time{})
		return err
	})
	return env, err
}

// paged gives each petition of the pages to fold, so that no more than one page is in memory, and
// none is read while a transaction is open: on SQLite everybody else would wait. What cannot be
// read is left out, unless that is all there is.
func paged(read func(after int64) (PetitionPage, error), fold func(Petition)) (leftOut []*Unreadable, err error) {
	folded := 0
	for after := int64(0); ; {
		page, err := read(after)
		if err != nil {
			return nil, err
		}
		if page.Last == 0 {
			return leftOut, NoneReadable(leftOut, folded)
		}
		for _, p := range page.Petitions {
			fold(p)
		}
		folded, leftOut = folded+len(page.Petitions), append(leftOut, page.LeftOut...)
		after = page.Last
	}
}

// post queues what a digest of so many petitions came to, and names those it has left out.
func (d *Desk) post(ctx context.Context, petitions int, leftOut []*Unreadable, notices []Notice, tasks []Task) (Digest, error) {
	err := d.ledger.Tx(ctx, func(tx Tx) error {
		return tx.Post(ctx, notices, slices.Concat(tasks, unreadableTasks(leftOut, tx.Now())))
	})
	if err != nil {
		return Digest{}, err
	}
	return Digest{Petitions: petitions, Notices: len(notices), LeftOut: joined(leftOut)}, nil
}

// periodic is the Rung of a digest's notices: what it is, and of which period.
func periodic(digest string, period time.Time) RungName {
	return RungName(digest + "@" + period.In(hanoi()).Format(periodLayout))
}

const periodLayout = "2006-01-02T15:04"

// Period is the instant that a digest's notices are of; zero for the rungs of petitions.
func (r RungName) Period() time.Time {
	_, of, _ := strings.Cut(string(r), "@")
	period, err := time.ParseInLocation(periodLayout, of[:min(len(of), len(periodLayout))], hanoi())
	if err != nil {
		return time.Time{}
	}
	return period
}

// digestRound collects the notices of one digest.
type digestRound struct {
	env       Env
	name      string
	period    time.Time
	petitions int
	lists     []*personList
	notices   []Notice
	tasks     []Task
}

// overdueRound is the round of the overdue digest.
type overdueRound struct {
	digestRound
	only  Petition       // the last that counts
	mails []*overdueList // the Office's
}

// personList is what one person is told of one unit.
type personList struct {
	to    Recipient
	items []string
	link  string // of the oldest, whose page this person may open
}

// add counts a petition and puts it on the lists that it belongs to.
func (r *overdueRound) add(p Petition) {
	if !p.listedOverdue() {
		return
	}
	r.petitions++
	r.only = p
	r.officers(p)
	if line, ok := overdueLineOf(p, r.period, r.env); ok {
		for _, l := range r.mails {
			l.add(line, r.env.Directory)
		}
	}
}

// decide words what has been added.
func (r *overdueRound) decide() {
	switch r.petitions {
	case 0:
		return
	case 1:
		r.office(r.only, r.env.Host+"/p/"+r.only.ViewToken)
	default:
		r.office(Petition{}, r.env.Host)
	}
	r.remind("B1", r.period.Add(staleDigest))
	for _, l := range r.mails {
		if l.count > 0 {
			r.notices = append(r.notices, l.mail(r.period, r.env))
		}
	}
}

// office tells the Office how many there are. Of a single one it links the page,
// and then who must not see that petition is passed over.
func (r *overdueRound) office(only Petition, link string) {
	c := &change{p: &only, env: r.env}
	contact, byEmail, ok := c.duty(Office, nil)
	if !ok {
		r.nobody("", Office)
		return
	}
	r.post(Notice{
		Template: "V2", Class: ClassReport, Rung: periodic(r.name, r.period),
		To:   Recipient{Contact: contact.ID, Role: Office, Unit: contact.Unit, ByEmail: byEmail},
		Vars: map[string]string{"so": fmt.Sprint(r.petitions), "lp": link},
	})
}

// officers adds a petition to the lists of its unit's head and focal officer.
func (r *overdueRound) officers(p Petition) {
	if slip := p.Lead(); slip != nil { // without one the Office's list has it
		r.list(p, slip, p.Code, Head, Focal)
	}
}

// list puts an item on the lists of the slip's people in these roles. Who stands in
// for two of them gets it once.
func (r *digestRound) list(p Petition, slip *Slip, item string, roles ...Role) {
	c := &change{p: &p, env: r.env}
	told := int64(0)
	for _, role := range roles {
		contact, byEmail, ok := c.duty(role, slip)
		switch {
		case !ok:
			r.nobody(slip.Unit, role)
		case contact.ID != told:
			told = contact.ID
			l := r.listOf(Recipient{Contact: contact.ID, Role: role, Unit: slip.Unit, ByEmail: byEmail})
			if l.items = append(l.items, item); l.link == "" {
				l.link = r.env.Host + "/p/" + p.pageToken(slip, role)
			}
		}
	}
}

// listOf is the person's list of the unit, begun where there is none. A person who
// is head for one petition and stands in as officer for another has one list.
func (r *digestRound) listOf(to Recipient) *personList {
	for _, l := range r.lists {
		if l.to.Contact == to.Contact && l.to.Unit == to.Unit && l.to.ByEmail == to.ByEmail {
			return l
		}
	}
	l := &personList{to: to}
	r.lists = append(r.lists, l)
	return l
}

// remind queues the lists. The unit is part of the rung's name: a person may stand
// in for two units.
func (r *digestRound) remind(template string, expires time.Time) {
	for _, l := range r.lists {
		r.post(Notice{
			Template: template, Class: ClassReminder, Rung: periodic(r.name, r.period) + "/" + RungName(l.to.Unit), To: l.to,
			Vars:    map[string]string{"so": fmt.Sprint(len(l.items)), "danh_sach": strings.Join(l.items, ", "), "lp": l.link},
			Expires: expires,
		})
	}
}

func (r *digestRound) post(n Notice) {
	n.Lane, n.Attempt, n.At = LaneSlip, 1, r.env.Now
	n.NotBefore = r.env.Policy.Held(n)
	r.notices = append(r.notices, n)
}

// digestLabel names the digests, and what else is no petition's, whose readers may be missing.
var digestLabel = map[string]string{"digest_overdue": "Tổng hợp quá hạn", "morning_list": "Danh sách đầu ngày", "roster": "Kiểm tra danh bạ", "merged": "Đơn vị đã kết thúc hoạt động còn phiếu", "handover": "Thay đổi nhân sự (Đ17.9)"}

// nobody is never silent: that nobody can be told becomes a task, open once.
func (r *digestRound) nobody(unit string, role Role) {
	what := digestLabel[r.name] + ": không có ai giữ vai trò " + role.title() + " nhận được tin nhắn"
	if u, ok := r.env.Directory.Unit(unit); ok {
		what += " tại " + u.Name
	}
	key := fmt.Sprintf("%s/%s/%s", r.name, unit, role)
	for _, t := range r.tasks {
		if t.Key == key {
			return
		}
	}
	r.tasks = append(r.tasks, Task{Key: key, Kind: TaskUnreachable, For: ShiftLead, OpenedAt: r.env.Now, Text: what})
}

// forwardedLine is one slip of the forwarded digest.
type forwardedLine struct {
	at         time.Time
	code, text string
	exclude    []int64 // contacts who must not see the petition
}

// forwardedLines describes the petition's slips of the period.
func forwardedLines(p Petition, from, to time.Time, env Env) (lines []forwardedLine) {
	c := &change{p: &p, env: env}
	for i := range p.Slips {
		if s := &p.Slips[i]; s.ForwardedAt.After(from) && !s.ForwardedAt.After(to) {
			lines = append(lines, forwardedLine{at: s.ForwardedAt, code: p.Code, text: c.forwardedText(s), exclude: p.Exclude})
		}
	}
	return lines
}

// forwardedText is a slip in one line, without personal data; of a confidential
// petition or a denunciation nothing but the code.
func (c *change) forwardedText(s *Slip) string {
	if c.p.Confidential || c.p.Denunciation {
		return c.p.Code + " (bảo mật)"
	}
	text := c.p.Code + ", " + c.smsName(s.Unit)
	if !s.Lead {
		text += " (phối hợp)"
	}
	if due := c.deadlineFor(s, Focal); due != "" {
		text += ", hạn " + due
	}
	return text + colon(c.p.Summary)
}

// forwardedMails are the emails to everybody of the Office who has an address, so
// many slips each, in the order in which they went out.
func forwardedMails(lines []forwardedLine, from, to time.Time, env Env) []Notice {
	if !env.Mail {
		return nil
	}
	slices.SortStableFunc(lines, func(a, b forwardedLine) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.code, b.code)) })
	var mails []Notice
	for _, contact := range env.Directory.Serving("", Office, env.Now) {
		if contact.Email == "" {
			continue
		}
		own := slices.DeleteFunc(slices.Clone(lines), func(l forwardedLine) bool { return env.Directory.Excluded(l.exclude, contact) })
		for page := 0; page*mailPage < len(own); page++ {
			mails = append(mails, Notice{
				Template: "VT", Class: ClassReport, Lane: LaneBulk, Rung: periodic("digest_forwarded", to), Attempt: 1, Seq: page, At: env.Now,
				To: Recipient{Contact: contact.ID, Role: Office, Unit: contact.Unit, ByEmail: true},
				Vars: map[string]string{
					"so": fmt.Sprint(len(own)), "tu": ClockText(from), "den": ClockText(to), "bang": numbered(own, page*mailPage), "lp": env.Host,
				},
			})
		}
	}
	return mails
}

// numbered is a page of lines, numbered on from the page before.
func numbered(lines []forwardedLine, first int) string {
	var b strings.Builder
	for i := first; i < min(first+mailPage, len(lines)); i++ {
		fmt.Fprintf(&b, "%d. %s\n", i+1, lines[i].text)
	}
	return b.String()
}
