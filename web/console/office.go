package console

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/web"
)

// officePage is the City Office's desk.
type officePage struct {
	Overdue  []unitOverdue
	Office   []boardRow    // with the Office, disputed (Đ9.5)
	Forward  []boardRow    // the feed of what was forwarded
	Directed []directedRow // directives and files of Đ9.6
	Total    int
}

// directedRow is a petition with what the city's leaders or Đ9.6 ask for, and until when.
type directedRow struct {
	boardRow
	Asked []askedFor
}

type askedFor struct {
	Rung  escalation.RungName
	Due   time.Time
	Clock clock
}

type unitOverdue struct {
	Code, Name string
	Rows       []boardRow
}

const officeList = 200

func (c *console) office(v *visit) error {
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return err
	}
	page := officePage{}
	list := func(f BoardFilter) ([]boardRow, error) {
		f.Guarded, f.Limit = v.who().Locked(), officeList
		found, err := c.Board.Board(v.Context(), f)
		return v.rows(found.Items, directory), err
	}
	overdue, err := list(BoardFilter{Statuses: []escalation.Status{escalation.Overdue}})
	if err != nil {
		return err
	}
	page.Total = len(overdue)
	page.Overdue = byUnit(overdue)
	if page.Office, err = list(BoardFilter{Statuses: []escalation.Status{escalation.WithOffice, escalation.Disputed}}); err != nil {
		return err
	}
	feed, err := c.Petitions.ListPetitions(v.Context(), web.PetitionFilter{Guarded: v.who().Locked(), Limit: 50,
		Statuses: []escalation.Status{escalation.Forwarded, escalation.InProgress, escalation.Verifying, escalation.Escalated, escalation.Overdue}})
	if err != nil {
		return err
	}
	page.Forward = v.rows(feed.Items, directory)
	work, err := c.Related.OfficeWork(v.Context(), officeWork)
	if err != nil {
		return err
	}
	if page.Directed, err = c.directed(v, v.rows(work, directory)); err != nil {
		return err
	}
	return v.show(200, "office", "Văn phòng UBND thành phố", page)
}

// officeWork is how many directives and files one page shows: few are open at a time.
const officeWork = 50

func (c *console) directed(v *visit, rows []boardRow) ([]directedRow, error) {
	var list []directedRow
	for _, row := range rows {
		r, err := c.Petitions.PetitionByCode(v.Context(), row.Code)
		if err != nil {
			return nil, err
		}
		one := directedRow{boardRow: row}
		for _, rung := range r.Petition.Rungs {
			if rung.State == escalation.Armed && (rung.Name == escalation.RungDirective || rung.Name == escalation.RungWrittenFile) {
				one.Asked = append(one.Asked, askedFor{rung.Name, rung.Due, v.clockOf(rung.Due)})
			}
		}
		list = append(list, one)
	}
	return list, nil
}

func byUnit(rows []boardRow) []unitOverdue {
	var list []unitOverdue
	for _, r := range rows {
		i := slices.IndexFunc(list, func(u unitOverdue) bool { return u.Code == r.Unit })
		if i < 0 {
			list = append(list, unitOverdue{Code: r.Unit, Name: r.UnitName})
			i = len(list) - 1
		}
		list[i].Rows = append(list[i].Rows, r)
	}
	slices.SortStableFunc(list, func(a, b unitOverdue) int { return len(b.Rows) - len(a.Rows) })
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
		if codeShape.MatchString(code) {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 || len(codes) > officeList {
		return nil, wrong("code", "chọn từ 1 đến %d phản ánh", officeList)
	}
	return codes, nil
}

// urgeMany urges the heads of the chosen petitions' units (N1, Đ14.1).
func (c *console) urgeMany(v *visit) error {
	codes, err := v.chosen()
	if err != nil {
		return err
	}
	due, err := worktime.ParseInstant(v.PostForm.Get("due"))
	if err != nil {
		return wrong("due", "thời hạn trả lời không đúng")
	}
	sent := 0
	var refused []string
	for _, code := range codes {
		_, err := c.Desk.Do(v.Context(), code, &escalation.Urge{Text: v.PostForm.Get("text"), Due: due}, v.actor(), 0)
		var problem *escalation.Problem
		switch {
		case errors.As(err, &problem):
			refused = append(refused, code+" ("+problem.Detail+")")
		case err != nil:
			return err
		default:
			sent++
		}
	}
	c.Hint()
	said := fmt.Sprintf("Đã đôn đốc %d phản ánh.", sent)
	if len(refused) > 0 {
		said += " Chưa đôn đốc được: " + strings.Join(refused, "; ") + "."
	}
	return v.done("/office", said)
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
	body, err := letter(v.now, v.PostForm.Get("text"), rows)
	if err != nil {
		return err
	}
	if err := c.Log.Note(v.Context(), v.actor(), "document", "petition", codes[0], fmt.Sprintf("%d phản ánh", len(codes))); err != nil {
		return err
	}
	return v.download("nhac-nho-"+v.now.In(zone()).Format("2006-01-02")+".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", body)
}
