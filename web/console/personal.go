package console

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/web"
)

// Personal answers persons who ask about their own data (Luật 91/2025/QH15). Whatever it
// shows or does is logged with its author.
type Personal interface {
	// Requests gives one page, the latest first; Request reads one, *escalation.Problem NotFound.
	Requests(ctx context.Context, cursor string, limit int) ([]escalation.PersonalRequest, string, error)
	Request(ctx context.Context, id int64) (escalation.PersonalRequest, error)
	// Record takes a request in, received at the instant, zero: now.
	Record(ctx context.Context, kind escalation.PersonalKind, phone, note string, received time.Time, by escalation.Actor) (escalation.PersonalRequest, error)
	// Known lists the number's petitions by code: it shows nothing of what is in them.
	Known(ctx context.Context, phone string) ([]KnownPetition, error)
	// Export is everything kept about the request's number.
	Export(ctx context.Context, r escalation.PersonalRequest, by escalation.Actor) (escalation.PersonalData, error)
	// Correct puts right what is known of the petition's citizen.
	Correct(ctx context.Context, code string, who escalation.CitizenIntake, by escalation.Actor) error
	// Erase erases what is not held, and of the units' files those that are named: ids of
	// KnownPetition.Files. Any other id is an *escalation.Problem, and nothing is erased.
	Erase(ctx context.Context, r escalation.PersonalRequest, files []int64, by escalation.Actor) (Erasure, error)
	// Answer ends a request with what the person was told.
	Answer(ctx context.Context, id int64, outcome escalation.PersonalOutcome, answer string, by escalation.Actor) error
}

// KnownPetition is a petition of the number.
type KnownPetition struct {
	Code   string
	Status escalation.Status
	Held   string // why it is not erased now; empty: may be
	// Files are those that the unit added, where it may be erased: whoever erases sees
	// which of them show the person.
	Files []web.Attachment
}

// Erasure says what was erased and what is held, by code.
type Erasure struct{ Erased, Held []string }

// said is the erasure in a sentence.
func (e Erasure) said() string {
	text := fmt.Sprintf("Đã xóa dữ liệu cá nhân trong %d phản ánh", len(e.Erased))
	if len(e.Erased) > 0 {
		text += " (" + strings.Join(e.Erased, ", ") + ")"
	}
	if len(e.Held) > 0 {
		return text + fmt.Sprintf("; chưa xóa %d: %s.", len(e.Held), strings.Join(e.Held, ", "))
	}
	return text + ", tin nhắn và số máy."
}

// personalPage is the list of requests.
type personalPage struct {
	Rows  []personalRow
	Next  string
	Kinds []option
}

type personalRow struct {
	escalation.PersonalRequest
	Late bool
}

func personalKinds() []option {
	var list []option
	for _, k := range []escalation.PersonalKind{escalation.PersonalAccess, escalation.PersonalCorrect, escalation.PersonalErase} {
		list = append(list, option{string(k), k.Label()})
	}
	return list
}

func (c *console) personal(v *visit) error {
	rows, next, err := c.Personal.Requests(v.Context(), v.URL.Query().Get("cursor"), maxList)
	if err != nil {
		return err
	}
	page := personalPage{Next: next, Kinds: personalKinds()}
	for _, r := range rows {
		page.Rows = append(page.Rows, personalRow{r, r.Open() && v.now.After(r.Due)})
	}
	return v.show(200, "personal", "Dữ liệu cá nhân", page)
}

// recordPersonal takes a request in.
func (c *console) recordPersonal(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	var received time.Time
	if text := form.Get("received_at"); text != "" {
		if received, err = time.ParseInLocation("2006-01-02T15:04", text, zone()); err != nil {
			return wrong("received_at", "thời điểm nhận không đúng, ví dụ 2026-11-25T10:00")
		}
	}
	var r escalation.PersonalRequest
	before, again, err := v.once(func(ctx context.Context) (err error) {
		r, err = c.Personal.Record(ctx, escalation.PersonalKind(form.Get("kind")), form.Get("phone"), form.Get("note"), received, v.actor())
		return err
	})
	if err == nil && again {
		r, err = c.Personal.Request(v.Context(), before.Made[0])
	}
	if err != nil {
		return err
	}
	return v.doneOnce(fmt.Sprintf("/personal/%d", r.ID), "Đã ghi nhận yêu cầu, phải trả lời trước "+whenText(r.Due)+".", again)
}

// requestPage is one request with what can be done.
type requestPage struct {
	personalRow
	Known    []KnownPetition
	Outcomes []option
	Contact  bool // the number is an officer's
	Files    bool // units have added some to what may be erased
}

func (c *console) personalRequest(v *visit) error {
	r, err := c.requestOf(v)
	if err != nil {
		return err
	}
	page := requestPage{personalRow: personalRow{r, r.Open() && v.now.After(r.Due)}}
	for _, o := range []escalation.PersonalOutcome{escalation.PersonalDone, escalation.PersonalPartly, escalation.PersonalRefused} {
		page.Outcomes = append(page.Outcomes, option{string(o), o.Label()})
	}
	if r.Phone != "" {
		if page.Known, err = c.Personal.Known(v.Context(), r.Phone); err != nil {
			return err
		}
		page.Files = slices.ContainsFunc(page.Known, func(k KnownPetition) bool { return len(k.Files) > 0 })
		directory, err := c.Directory.Directory(v.Context())
		if err != nil {
			return err
		}
		page.Contact = len(directory.ByPhone(r.Phone, v.now)) > 0
	}
	return v.show(200, "personal-request", fmt.Sprintf("Yêu cầu số %d", r.ID), page)
}

func (c *console) requestOf(v *visit) (escalation.PersonalRequest, error) {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return escalation.PersonalRequest{}, &escalation.Problem{Kind: escalation.NotFound, Detail: "không có yêu cầu này"}
	}
	return c.Personal.Request(v.Context(), id)
}

// personalAct exports, corrects, erases or answers. An export is an act: it is logged.
func (c *console) personalAct(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	r, err := c.requestOf(v)
	if err != nil {
		return err
	}
	act, here := v.PathValue("act"), fmt.Sprintf("/personal/%d", r.ID)
	if act == "answer" {
		if err := c.Personal.Answer(v.Context(), r.ID, escalation.PersonalOutcome(form.Get("outcome")), form.Get("answer"), v.actor()); err != nil {
			return err
		}
		return v.done(here, "Đã ghi nhận trả lời.")
	}
	if r.Phone == "" {
		return wrong("id", "dữ liệu của yêu cầu này đã xóa")
	}
	switch act {
	case "export.json", "export.html":
		return c.exportPersonal(v, r, act)
	case "correct":
		return c.correctCitizen(v, r, here)
	case "erase":
		if err := r.MayErase(); err != nil {
			return err
		}
		if form.Get("sure") == "" {
			return wrong("sure", "hãy xác nhận: dữ liệu đã xóa không lấy lại được")
		}
		files, err := fileIDs(form["file"])
		if err != nil {
			return err
		}
		done, err := c.Personal.Erase(v.Context(), r, files, v.actor())
		if err != nil {
			return err
		}
		return v.done(here, done.said())
	}
	return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thao tác này"}
}

// fileIDs are the files that are ticked.
func fileIDs(ticked []string) ([]int64, error) {
	ids := make([]int64, len(ticked))
	for i, text := range ticked {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, wrong("file", "không có tệp này")
		}
		ids[i] = id
	}
	return ids, nil
}

func (c *console) exportPersonal(v *visit, r escalation.PersonalRequest, name string) error {
	data, err := c.Personal.Export(v.Context(), r, v.actor())
	if err != nil {
		return err
	}
	var out bytes.Buffer
	mediaType := "application/json; charset=utf-8"
	if strings.HasSuffix(name, ".html") {
		mediaType, err = "text/html; charset=utf-8", web.WritePersonal(&out, data)
	} else {
		encoder := json.NewEncoder(&out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(data)
	}
	if err != nil {
		return err
	}
	return v.download(fmt.Sprintf("yeu-cau-%d.%s", r.ID, name[strings.LastIndexByte(name, '.')+1:]), mediaType, out.Bytes())
}

// correctCitizen puts right what is known of one of the number's own petitions.
func (c *console) correctCitizen(v *visit, r escalation.PersonalRequest, here string) error {
	code := strings.ToUpper(v.PostForm.Get("code"))
	known, err := c.Personal.Known(v.Context(), r.Phone)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(known, func(k KnownPetition) bool { return k.Code == code }) {
		return wrong("code", "số máy của yêu cầu này không có phản ánh %.20s", code)
	}
	f := v.PostForm
	who := escalation.CitizenIntake{Name: f.Get("name"), Phone: f.Get("phone"), Email: f.Get("email"), Address: f.Get("address")}
	if err := c.Personal.Correct(v.Context(), code, who, v.actor()); err != nil {
		return err
	}
	return v.done(here, "Đã chỉnh sửa thông tin của "+code+".")
}
