package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
	"notify1022/web"
)

// Board lists what is open.
type Board interface {
	// Board gives one page in the order of what burns; rows that come in between two
	// pages do not shift the second.
	Board(ctx context.Context, f BoardFilter) (web.PetitionPage, error)
	// All gives one page of open and ended petitions, the newest first; a unit's are those
	// that it has or had a slip of.
	All(ctx context.Context, f BoardFilter) (web.PetitionPage, error)
	// Units counts what the filter leaves of the board by lead unit, "" where there is none.
	Units(ctx context.Context, f BoardFilter) (map[string]int, error)
	// OpenByStatus counts the open petitions of each status.
	OpenByStatus(ctx context.Context) (map[escalation.Status]int, error)
	// Stamp is a text that another one replaces when something a screen shows has changed.
	Stamp(ctx context.Context) (string, error)
}

// BoardFilter narrows the board; zero fields do not.
type BoardFilter struct {
	Statuses []escalation.Status
	Unit     string
	Field    string
	Channel  escalation.Channel
	Urgent   bool
	Overdue  bool
	Mine     string    // name of the account that has had a hand in it
	After    time.Time // due then or later: what has no clock is left out
	Before   time.Time // due before; what has no clock by its receipt
	// Clockless: it waits for a person.
	Clockless bool
	Directed  bool // a directive or a written-reminder file is ahead, and none is late
	Late      bool // the time of a directive or an urging has passed without a result
	Query     string
	Guarded   bool // Query finds a denunciation by its code alone
	Outside   bool // and a confidential petition
	Cursor    string
	Limit     int
}

// boardPage is the board as it is shown.
type boardPage struct {
	Rows   []boardRow
	Next   string // address of the next page
	Counts []statusCount
	Total  int
	Units  []escalation.Unit
	Fields []string
	Filter url.Values
	Stamp  string
	All    string // address of the list of every status
	Here   string
	Query  string  // the filter as a query, for the live rows
	Hours  []hours // of the rows' clocks where they come without the page around them

	Channels []string
	Statuses []escalation.Status // that an open petition may have
	Over     []escalation.Status // that an ended one has
	Ended    bool                // ended ones are listed too
	Wider    string              // address of the same search among all; empty: this found something
}

type statusCount struct {
	Status escalation.Status
	N      int
	On     bool
	Link   string // address that shows them, the rest of the filter as it is
}

// boardRow is a petition with its clock.
type boardRow struct {
	web.PetitionRow
	UnitName string
	Clock    clock
	Anchor   string // id of its link, where a part of the page is replaced
}

// clock counts down in working time, which stands still outside it.
type clock struct {
	Due  time.Time
	Left int64 // working seconds left; 0 when there is no due time
	Late bool
	// Calendar is the name of the one that it goes by; empty: the city's.
	Calendar string
	// Running: it is working time now, by that calendar.
	Running bool
	Text    string
	None    bool
}

// clockOf is how long is left until the instant, by the calendar of which the version
// has given it (empty: the city's).
func (v *visit) clockOf(due time.Time, given string) clock {
	if due.IsZero() {
		return clock{None: true, Text: "chờ người"}
	}
	cal := v.c.Calendar.GaveBy(given)
	v.goBy(cal)
	k := clock{Due: due, Calendar: cal.Name(), Running: cal.Working(v.now)}
	if due.After(v.now) {
		left := cal.Between(v.now, due)
		k.Left, k.Text = int64(left.Seconds()), escalation.SpanText(left)
		return k
	}
	k.Late, k.Text = true, "đã đến hạn"
	return k
}

// filterOf reads the board's filter from a query; a unit's people see their unit's alone.
func (v *visit) filterOf(q url.Values) (BoardFilter, error) {
	f := BoardFilter{
		Unit: q.Get("unit"), Field: q.Get("field"), Channel: escalation.Channel(q.Get("channel")), Urgent: q.Get("urgent") != "",
		Overdue: q.Get("overdue") != "", Query: strings.TrimSpace(q.Get("q")), Guarded: v.who().Locked(), Outside: !v.who().Staff(), Cursor: q.Get("cursor"), Limit: maxList,
	}
	for _, s := range q["status"] {
		if slices.Contains(escalation.Statuses(), escalation.Status(s)) {
			f.Statuses = append(f.Statuses, escalation.Status(s))
		}
	}
	if q.Get("mine") != "" {
		f.Mine = v.account.Name
	}
	if v.who().OfUnit() {
		f.Unit = v.account.Unit
	}
	if utf8.RuneCountInString(f.Query) > 200 {
		return f, wrong("q", "từ tìm dài quá 200 ký tự")
	}
	if !v.who().Staff() && web.PhoneLike(f.Query) {
		return f, wrong("q", "chỉ tổng đài tìm được theo số điện thoại")
	}
	return f, nil
}

// withEnded reports that a query asks for ended petitions too: by its tick, or by a status.
func withEnded(q url.Values, f BoardFilter) bool {
	return q.Get("ended") != "" || slices.ContainsFunc(f.Statuses, escalation.Status.Ended)
}

func (c *console) boardData(v *visit) (boardPage, error) {
	q := v.URL.Query()
	f, err := v.filterOf(q)
	if err != nil {
		return boardPage{}, err
	}
	ended, read := withEnded(q, f), c.Board.Board
	if ended {
		read = c.Board.All
	}
	stamp := c.stamps.last() // before the rows: what changes while they are read is asked for again
	list, err := read(v.Context(), f)
	if err != nil {
		return boardPage{}, err
	}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return boardPage{}, err
	}
	page := boardPage{Rows: v.rows(list.Items, directory), Filter: q, Stamp: stamp, Ended: ended}
	if f.Query != "" && f.Cursor == "" && len(page.Rows) == 0 && !ended {
		page.Wider = widened(q)
	}
	for i := range page.Rows {
		page.Rows[i].Anchor = "p-" + page.Rows[i].Code
	}
	if list.Next != "" {
		next := url.Values{}
		for k, values := range q {
			next[k] = values
		}
		next.Set("cursor", list.Next)
		page.Next = boardAt(next)
	}
	page.Here, page.Query = boardAt(q), q.Encode() // with the cursor: the second page stays the second
	page.Units, page.Fields = directory.Units(), fieldsOf(directory)
	page.Channels = intakeChannels
	for _, s := range escalation.Statuses() {
		if s.Ended() {
			page.Over = append(page.Over, s)
		} else {
			page.Statuses = append(page.Statuses, s)
		}
	}
	return page, nil
}

// widened is the address of the same search among all petitions, ended ones too.
func widened(q url.Values) string {
	return boardAt(url.Values{"q": q["q"], "ended": {"1"}})
}

// What a search for one petition looks like: its code, perhaps without the letters or the
// dash, or the number at its end.
var (
	codeAsked = regexp.MustCompile(`^(?:HP ?([0-9]{6})[- ]?|([0-9]{6})[- ])([0-9]{4,12})$`)
	tailAsked = regexp.MustCompile(`^[0-9]{3,8}$`)
)

// asked is the code of the one petition that the search can mean, open or ended; empty: it
// may mean several, or none that the visitor may see.
func (c *console) asked(v *visit, f BoardFilter) (string, error) {
	if m := codeAsked.FindStringSubmatch(strings.ToUpper(f.Query)); m != nil {
		code := "HP" + m[1] + m[2] + "-" + m[3]
		r, err := c.Petitions.PetitionByCode(v.Context(), code)
		var missing *escalation.Problem
		switch {
		case errors.As(err, &missing):
			return "", nil
		case err != nil || v.who().OfUnit() && r.Petition.SlipOf(v.account.Unit) == nil:
			return "", err
		}
		return code, nil
	}
	if !tailAsked.MatchString(f.Query) {
		return "", nil
	}
	found, err := c.Board.All(v.Context(), BoardFilter{Query: f.Query, Guarded: f.Guarded, Outside: f.Outside, Unit: f.Unit, Limit: 2})
	if err != nil || len(found.Items) != 1 || !strings.HasSuffix(found.Items[0].Code, "-"+f.Query) {
		return "", err
	}
	return found.Items[0].Code, nil
}

// rows are petitions with their clocks, without what the visitor may not see.
func (v *visit) rows(list []web.PetitionRow, directory *escalation.Directory) []boardRow {
	rows := make([]boardRow, 0, len(list))
	for _, p := range list {
		p = p.For(v.who())
		row := boardRow{PetitionRow: p, UnitName: p.Unit, Clock: v.clockOf(p.NextDue, p.Given)}
		if p.Status.Ended() {
			row.Clock.Text = "đã kết thúc"
		}
		if u, ok := directory.Unit(p.Unit); ok {
			row.UnitName = u.SMSName
		}
		rows = append(rows, row)
	}
	return rows
}

// fieldsOf are the fields that units are responsible for.
func fieldsOf(d *escalation.Directory) []string {
	var fields []string
	for _, u := range d.Units() {
		fields = append(fields, u.Fields...)
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

func (c *console) board(v *visit) error {
	if f, err := v.filterOf(v.URL.Query()); err == nil && f.Query != "" && f.Cursor == "" {
		code, err := c.asked(v, f)
		if err != nil {
			return err
		}
		if code != "" {
			http.Redirect(v.ResponseWriter, v.Request, root+"/p/"+code, http.StatusSeeOther)
			return nil
		}
	}
	page, err := c.boardData(v)
	if err != nil {
		return err
	}
	if !v.who().OfUnit() {
		counts, err := c.stamps.counts(v.Context())
		if err != nil {
			return err
		}
		for _, s := range escalation.Statuses() {
			if n := counts[s]; n > 0 {
				page.Counts = append(page.Counts, statusCount{s, n, slices.Contains(page.Filter["status"], string(s)), withStatus(page.Filter, string(s))})
				page.Total += n
				page.All = withStatus(page.Filter, "")
			}
		}
	}
	return v.show(200, "board", "Bảng việc", page)
}

// boardAt is the board's address with a query: whole, since a template would escape the
// query alone.
func boardAt(q url.Values) string { return root + "/board?" + q.Encode() }

// withStatus is the address that narrows the same list to a status; empty: to none.
func withStatus(q url.Values, status string) string {
	out := url.Values{}
	for k, values := range q {
		if k != "cursor" && k != "status" {
			out[k] = values
		}
	}
	if status != "" {
		out.Set("status", status)
	}
	return boardAt(out)
}

// boardRows is the live part of the board.
func (c *console) boardRows(v *visit) error {
	page, err := c.boardData(v)
	if err != nil {
		return err
	}
	page.Hours = v.hours()
	return v.fragment("board", "rows", page)
}
