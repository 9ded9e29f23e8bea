package console

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/web"
)

// officePage is the City Office's desk: five lists, each with its own next page.
type officePage struct {
	Overdue                   []unitOverdue
	Total                     int           // of all that is overdue, on whatever page
	Office                    []boardRow    // with the Office, disputed (Đ9.5)
	Forward                   []boardRow    // the feed of what was forwarded
	Late                      []directedRow // directives and urgings whose time has passed
	Directed                  []directedRow // directives and files of Đ9.6 that are ahead
	People                    []peopleRow   // changes of people that wait for a word (Đ17.9)
	NextOverdue, NextOffice   string        // addresses of the next pages; empty: the last
	NextForward, NextDirected string
	NextLate                  string
	NextPeople                string
	Files, LateFiles          int // of Đ9.6, that wait to be sent
	Asking, LateAsking        int // explanations that are owed
}

// directedRow is a petition with what the city's leaders or Đ9.6 ask for, and until when.
type directedRow struct {
	boardRow
	Asked []askedFor
	Sent  string // the document of a file that was sent; empty: none
}

type askedFor struct {
	Rung  escalation.RungName
	Late  string // what its time has passed for; empty: it is ahead
	Due   time.Time
	Clock clock
	By    string // the document, where one is named
}

// peopleRow is a change of people that the Office has not confirmed.
type peopleRow struct {
	escalation.Task
	Unit string // code of the unit's page; empty: it is of none
}

type unitOverdue struct {
	Code, Name string
	Rows       []boardRow
	Total      int // of the unit, on whatever page
}

// How much of a list one page shows. Directives and files are few at a time.
const (
	officeList = 200
	officeWork = 50
)

// The lists of the Office's page by the name of their cursor in its address.
const (
	listOverdue  = "qua-han"
	listOffice   = "van-phong"
	listForward  = "da-chuyen"
	listDirected = "chi-dao"
	listPeople   = "nhan-su" // as escalation.PeoplePath has it
	listLate     = "qua-han-chi-dao"
)

// nextOf is the address of the page on which the list goes on; empty: it does not.
func nextOf(list, cursor string) string {
	if cursor == "" {
		return ""
	}
	return root + "/office?" + url.Values{list: {cursor}}.Encode() + "#" + list
}

func (c *console) office(v *visit) error {
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	page, q := officePage{}, v.URL.Query()
	list := func(name string, f BoardFilter) ([]boardRow, string, error) {
		f.Guarded, f.Cursor = v.who().Locked(), q.Get(name)
		found, err := c.Board.Board(v.Context(), f)
		return v.rows(found.Items, directory), nextOf(name, found.Next), err
	}
	overdue, next, err := list(listOverdue, BoardFilter{Statuses: []escalation.Status{escalation.Overdue}, Limit: officeList})
	if err != nil {
		return err
	}
	counts, err := c.Board.Units(v.Context(), BoardFilter{Statuses: []escalation.Status{escalation.Overdue}, Guarded: v.who().Locked()})
	if err != nil {
		return err
	}
	page.Overdue, page.NextOverdue = byUnit(overdue, counts), next
	for _, n := range counts {
		page.Total += n
	}
	if page.Office, page.NextOffice, err = list(listOffice, BoardFilter{Statuses: []escalation.Status{escalation.WithOffice, escalation.Disputed}, Limit: officeList}); err != nil {
		return err
	}
	feed, err := c.Petitions.ListPetitions(v.Context(), web.PetitionFilter{Guarded: v.who().Locked(), Limit: officeWork, Cursor: q.Get(listForward),
		Statuses: []escalation.Status{escalation.Forwarded, escalation.InProgress, escalation.Verifying, escalation.Escalated, escalation.Overdue}})
	if err != nil {
		return err
	}
	page.Forward, page.NextForward = v.rows(feed.Items, directory), nextOf(listForward, feed.Next)
	late, next, err := list(listLate, BoardFilter{Late: true, Limit: officeWork})
	if err != nil {
		return err
	}
	page.NextLate = next
	if page.Late, err = c.directed(v, late, true); err != nil {
		return err
	}
	work, next, err := list(listDirected, BoardFilter{Directed: true, Limit: officeWork})
	if err != nil {
		return err
	}
	page.NextDirected = next
	if page.Directed, err = c.directed(v, work, false); err != nil {
		return err
	}
	if page.People, page.NextPeople, err = c.peopleToConfirm(v, directory); err != nil {
		return err
	}
	files, lateFiles, err := c.WrittenFiles.Count(v.Context(), v.now)
	if err != nil {
		return err
	}
	page.Files, page.LateFiles = files[escalation.FileWaiting], lateFiles[escalation.FileWaiting]
	page.Asking, page.LateAsking = files[escalation.FileAsking], lateFiles[escalation.FileAsking]
	return v.show(200, "office", "Văn phòng UBND thành phố", page)
}

// peopleToConfirm are the Office's open tasks about changes of people.
func (c *console) peopleToConfirm(v *visit, directory *escalation.Directory) (rows []peopleRow, next string, err error) {
	list, err := c.Tasks.Tasks(v.Context(), web.TaskFilter{Kind: escalation.TaskConfirm, For: escalation.Office, Guarded: v.who().Locked(),
		Cursor: v.URL.Query().Get(listPeople), Limit: officeWork})
	for _, t := range list.Items {
		row := peopleRow{Task: t}
		if person, ok := directory.Contact(t.Contact); ok {
			row.Unit = person.Unit
		}
		rows = append(rows, row)
	}
	return rows, nextOf(listPeople, list.Next), err
}

// confirmPeople is the Office's word on a change of people (Đ17.9).
func (c *console) confirmPeople(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	outcome := "đã xác nhận"
	if note := form.Get("note"); note != "" {
		outcome += ": " + note
	}
	_, again, err := v.workOn(outcome, c.Tasks.CompleteTask)
	if err != nil {
		return err
	}
	return v.doneOnce(strings.TrimPrefix(escalation.PeoplePath, root), "Đã ghi: "+outcome+".", again)
}

func (c *console) directed(v *visit, rows []boardRow, late bool) ([]directedRow, error) {
	var list []directedRow
	for _, row := range rows {
		r, err := c.Petitions.PetitionByCode(v.Context(), row.Code)
		if err != nil {
			return nil, err
		}
		one := directedRow{boardRow: row}
		for _, rung := range askedRungs(r.Petition, late) {
			one.Asked = append(one.Asked, askedFor{rung.Name, lateFor(rung), rung.Due, v.clockOf(rung.Due, rung.Calendar), v.documentOf(r.Petition, rung)})
		}
		if w := r.Petition.Written; w != nil && !w.SentAt.IsZero() && !v.closed(r.Petition) {
			one.Sent = escalation.DocumentText(w.DocumentNo, w.DocumentDate)
		}
		list = append(list, one)
	}
	return list, nil
}

// askedRungs are the directives, urgings and files of the petition that are ahead; with late
// also the latest directive and urging whose time has passed.
func askedRungs(p escalation.Petition, late bool) []escalation.Rung {
	latest := map[string]int{}
	for _, r := range p.Rungs {
		if r.Name == escalation.RungDirective {
			latest[r.Basis] = max(latest[r.Basis], r.Round)
		}
	}
	return slices.DeleteFunc(slices.Clone(p.Rungs), func(r escalation.Rung) bool {
		switch {
		case r.Name != escalation.RungDirective && r.Name != escalation.RungWrittenFile:
			return true
		case r.State == escalation.Armed:
			return false
		}
		return !late || r.Name != escalation.RungDirective || r.State != escalation.Fired || r.Round < latest[r.Basis]
	})
}

// lateFor is what the rung's time has passed for.
func lateFor(r escalation.Rung) string {
	switch {
	case r.State != escalation.Fired:
		return ""
	case r.Basis == "urged":
		return "quá hạn đôn đốc"
	}
	return "quá hạn chỉ đạo"
}

// documentOf names the document of the directive that set the rung's time.
func (v *visit) documentOf(p escalation.Petition, rung escalation.Rung) string {
	if rung.Name != escalation.RungDirective || v.closed(p) {
		return ""
	}
	for _, d := range slices.Backward(p.Directives) {
		if d.Due.Equal(rung.Due) {
			return escalation.DocumentText(d.DocumentNo, d.DocumentDate)
		}
	}
	return ""
}

// byUnit puts a page's rows under their units, those first that have most in all.
func byUnit(rows []boardRow, counts map[string]int) []unitOverdue {
	var list []unitOverdue
	for _, r := range rows {
		i := slices.IndexFunc(list, func(u unitOverdue) bool { return u.Code == r.Unit })
		if i < 0 {
			list = append(list, unitOverdue{Code: r.Unit, Name: r.UnitName, Total: counts[r.Unit]})
			i = len(list) - 1
		}
		list[i].Rows = append(list[i].Rows, r)
	}
	slices.SortStableFunc(list, func(a, b unitOverdue) int { return b.Total - a.Total })
	return list
}

// chosen are the petitions ticked in a list.
func (v *visit) chosen() ([]string, error) {
	form, err := v.form()
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, code := range form["code"] {
		if codeShape.MatchString(code) && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 || len(codes) > officeList {
		return nil, wrong("code", "chọn từ 1 đến %d phản ánh", officeList)
	}
	return codes, nil
}

// reminderDocument is a letter (.docx) that reminds the units of the chosen petitions.
func (c *console) reminderDocument(v *visit) error {
	codes, err := v.chosen()
	if err != nil {
		return err
	}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	var rows [][]string
	for _, code := range codes {
		r, err := c.Petitions.PetitionByCode(v.Context(), code)
		if err != nil {
			return err
		}
		p := r.Petition
		view := c.viewer.View(v.who(), r)
		unit, at := "", ""
		if s := p.Lead(); s != nil {
			at = whenText(s.ForwardedAt)
			unit = s.Unit
			if u, ok := directory.Unit(s.Unit); ok {
				unit = u.Name
			}
		}
		due := ""
		if rung := p.Rung(escalation.RungOverdue); rung != nil {
			due = whenText(rung.Due)
		}
		rows = append(rows, []string{p.Code, unit, view.Summary, at, due})
	}
	body, err := letter(v.now, reminderLetter(v.PostForm.Get("text")), rows)
	if err != nil {
		return err
	}
	if err := c.Log.Note(v.Context(), v.actor(), "document", "petition", codes[0], fmt.Sprintf("%d phản ánh: %s", len(codes), strings.Join(codes, ", "))); err != nil {
		return err
	}
	return v.download("nhac-nho-"+v.now.In(zone()).Format("2006-01-02")+".docx", docx, body)
}
