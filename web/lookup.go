package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/templates"
)

// Lookups counts tries, for all nodes together.
type Lookups interface {
	// Try takes one of the most tries that the subject has within a time of the
	// machine's; ok is false when they are used up. Tries at one instant are counted
	// one after the other: never more than most are taken.
	Try(ctx context.Context, subject string, most int, within time.Duration) (try int64, ok bool, err error)
	// TakeBack forgets a try that turned out to be right.
	TakeBack(ctx context.Context, subject string, try int64) error
}

// A code's look-up is locked for an hour after so many wrong tries.
const (
	lookupTries  = 5
	lookupLocked = time.Hour
)

// lookupPage is the form of /tra-cuu.
type lookupPage struct {
	frame
	Code string
}

const notFoundByCode = "Không tìm thấy phản ánh với mã và bốn số cuối này, hoặc mã này đang tạm khóa tra cứu. Hãy kiểm tra lại tin nhắn đã nhận."

func (a *api) showLookup(w http.ResponseWriter, r *http.Request) error {
	a.render(w, r, http.StatusOK, a.pages.lookup, lookupPage{frame: a.frame("Tra cứu phản ánh")})
	return nil
}

// lookup leads to the citizen's page. What is wrong, unknown, confidential or locked
// is answered alike.
func (a *api) lookup(w http.ResponseWriter, r *http.Request) error {
	fields, err := form(w, r)
	if err != nil {
		return err
	}
	code := strings.ToUpper(strings.TrimSpace(fields["code"]))
	token, err := a.tokenOf(r.Context(), code, digitsOf(fields["phone"]))
	if err != nil {
		return err
	}
	if token == "" {
		a.tokens.charge(visitOf(r).client, missCost, a.Clock())
		page := lookupPage{frame: a.frame("Tra cứu phản ánh"), Code: code}
		page.Problem = notFoundByCode
		a.render(w, r, http.StatusNotFound, a.pages.lookup, page)
		return nil
	}
	http.Redirect(w, r, "/t/"+token, http.StatusSeeOther)
	return nil
}

// tokenOf is the token of the citizen's page; empty: not to be found with these. The
// try is taken before it is looked at, so that guesses sent at once count like those
// sent one by one.
func (a *api) tokenOf(ctx context.Context, code, last string) (string, error) {
	if !codeShape.MatchString(code) || len(last) != 4 {
		return "", nil
	}
	subject := "lookup:" + code
	try, ok, err := a.Lookups.Try(ctx, subject, lookupTries, lookupLocked)
	if err != nil || !ok {
		return "", err
	}
	record, err := a.Petitions.PetitionByCode(ctx, code)
	if p := problemOf(err); err != nil && (p == nil || p.Status != http.StatusNotFound) {
		return "", err
	}
	p := record.Petition
	if err == nil && !p.Confidential && !p.Denunciation && len(p.Citizen.Phone) > 4 && strings.HasSuffix(p.Citizen.Phone, last) {
		return p.Token, a.Lookups.TakeBack(ctx, subject, try)
	}
	return "", nil
}

func digitsOf(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsDigit(c) {
			return c
		}
		return -1
	}, s)
}

func (a *api) frame(title string) frame { return frame{Title: title, Support: a.Support} }

// Published lists what has been made public.
type Published interface {
	// Published gives one page of public answers, the latest first, with the words of q.
	Published(ctx context.Context, q, cursor string, limit int) (list []escalation.Petition, next string, err error)
	// UnitCounts counts the petitions received in [from, to) by lead unit.
	UnitCounts(ctx context.Context, from, to time.Time) ([]UnitCount, error)
}

// UnitCount is what a unit had in a month.
type UnitCount struct {
	Unit                   string
	Name                   string // filled in here
	Total, Overdue, Solved int
}

// publishedPage is /cong-khai.
type publishedPage struct {
	frame
	Query  string
	Rows   []publishedRow
	Next   string
	Month  string        // whose counts are shown; empty: there are none
	Months []monthChoice // to choose from, the latest first
	Counts []UnitCount
}

// monthChoice is a month as an address has it, and as it is read.
type monthChoice struct{ Value, Words string }

type publishedRow struct {
	PublicView
	Code, Unit string
	At         time.Time
	Pictures   []int64
}

// A page has so many results at least, while there are more, found in so many reads of as many
// at most.
const (
	publishedLimit = 20
	publishedReads = 10
)

// showPublished shows public answers and, from the day it is decided, how the units do.
func (a *api) showPublished(w http.ResponseWriter, r *http.Request) error {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	if utf8.RuneCountInString(q) > 200 || !writable(q) {
		return problem(http.StatusUnprocessableEntity, "từ tìm không đúng")
	}
	directory, err := a.Directory.Directory(r.Context())
	if err != nil {
		return err
	}
	page := publishedPage{frame: a.frame("Kết quả đã công khai"), Query: q, Next: r.URL.Query().Get("cursor")}
	if err := a.findPublished(r.Context(), &page, directory); err != nil {
		return err
	}
	if err := a.monthly(r.Context(), &page, directory, r.URL.Query().Get("thang")); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "public, max-age=60")
	a.render(w, r, http.StatusOK, a.pages.published, page)
	return nil
}

// findPublished fills the page from its cursor on. What is found by words that are not
// shown is passed over, so further results are read until the page is full, there are no
// more, or enough was read for one request: then Next goes on from there.
func (a *api) findPublished(ctx context.Context, page *publishedPage, d *escalation.Directory) error {
	for range publishedReads {
		list, next, err := a.Published.Published(ctx, withoutNumbers(page.Query), page.Next, publishedLimit)
		if err != nil {
			return err
		}
		for _, p := range list {
			row, err := a.publishedRow(ctx, p, d)
			if err != nil {
				return err
			}
			if row.shows(page.Query) {
				page.Rows = append(page.Rows, row)
			}
		}
		if page.Next = next; next == "" || len(page.Rows) >= publishedLimit {
			break
		}
	}
	return nil
}

// shows reports that the words stand in what is shown: the search knows the citizen's own
// words too, and nobody is to feel for a name with it.
func (p publishedRow) shows(q string) bool {
	text := plain(strings.Join([]string{p.Code, p.Summary, p.Area, p.Field, p.Unit, p.Answer}, " "))
	for word := range strings.FieldsFuncSeq(plain(q), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// PublicView is a petition as everybody reads it once its answer is public.
type PublicView struct{ Summary, Area, Field, Answer, Document, URL string }

// publicView is what /cong-khai shows, and what is shown before it is published: the
// petition and its place as the operator worded them, otherwise by rule.
func (a *api) publicView(p escalation.Petition) PublicView {
	c := p.Citizen
	v := PublicView{
		Summary: a.concealTold(cmp.Or(p.PublicContent, p.Summary), c), Field: a.concealTold(p.Field, c),
		Area: templates.Area(p.Area, c.Name, c.Phone, c.Email, c.Address),
	}
	if p.PublicArea != "" {
		v.Area = a.concealTold(p.PublicArea, c)
	}
	if shown := answerFor(p); shown != nil {
		v.Answer, v.Document, v.URL = shown.Text, shown.Document, shown.URL
	}
	return v
}

func (a *api) publishedRow(ctx context.Context, p escalation.Petition, d *escalation.Directory) (publishedRow, error) {
	row := publishedRow{PublicView: a.publicView(p), Code: p.Code, At: p.ReceivedAt}
	if lead := p.LastLead(); lead != nil {
		if u, ok := d.Unit(lead.Unit); ok {
			row.Unit = u.Name
		}
	}
	if a.Attachments != nil {
		files, err := a.Attachments.Of(ctx, p.ID)
		if err != nil {
			return row, err
		}
		for _, f := range files {
			if f.Public {
				row.Pictures = append(row.Pictures, f.ID)
			}
		}
	}
	return row, nil
}

// publishedMonths is how many months everybody may look back.
const publishedMonths = 24

// monthsShown are the months whose counts everybody may see, the latest first: those that
// are over, from the one before publish_from on; none before that day.
func (a *api) monthsShown(now time.Time) (list []time.Time) {
	if a.PublishFrom.IsZero() || now.Before(a.PublishFrom) {
		return nil
	}
	first := monthOf(a.PublishFrom).AddDate(0, -1, 0)
	for m := monthOf(now).AddDate(0, -1, 0); len(list) < publishedMonths && !m.Before(first); m = m.AddDate(0, -1, 0) {
		list = append(list, m)
	}
	return list
}

// monthOf is the first instant of the month.
func monthOf(t time.Time) time.Time {
	local := t.In(worktime.Zone())
	return time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, worktime.Zone())
}

// monthly counts the month that was asked for (2026-10); empty: the latest that is shown.
func (a *api) monthly(ctx context.Context, page *publishedPage, d *escalation.Directory, asked string) error {
	now, err := a.Now(ctx)
	if err != nil {
		return err
	}
	months := a.monthsShown(now)
	for _, m := range months {
		page.Months = append(page.Months, monthChoice{m.Format("2006-01"), m.Format("01/2006")})
	}
	at := 0
	if asked != "" {
		at = slices.IndexFunc(page.Months, func(m monthChoice) bool { return m.Value == asked })
	}
	switch {
	case at < 0:
		return problem(http.StatusUnprocessableEntity, "tháng này không có trong danh sách")
	case len(months) == 0:
		return nil
	}
	from := months[at]
	page.Month = page.Months[at].Value
	if page.Counts, err = a.Published.UnitCounts(ctx, from, from.AddDate(0, 1, 0)); err != nil {
		return err
	}
	for i := range page.Counts {
		c := &page.Counts[i]
		if c.Name = c.Unit; c.Unit == "" {
			c.Name = "Tổng đài 1022"
		}
		if u, ok := d.Unit(c.Unit); ok {
			c.Name = u.Name
		}
	}
	return nil
}
