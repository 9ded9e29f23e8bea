package console

import (
	"bytes"
	"encoding/csv"
	"errors"
	"net/http"
	"strconv"
	"time"

	"notify1022/escalation"
	"notify1022/templates"
)

// Filing is what the telecom has on file of a text for one sender, and how a wording
// of it fits.
type Filing struct {
	Sender     string
	Kind       escalation.Sender
	Rule       string // off, warn, enforce
	Registered []Registration
	Fits       bool
	// Where it does not fit: the fixed words that are missing (empty: it goes on behind
	// the end, or a value may be too long), and what stands there.
	Want, Rest string
}

// Strict says that what does not fit is not sent.
func (f Filing) Strict() bool { return f.Rule == "enforce" }

// Shown says that somebody looks at what is on file, or that something is.
func (f Filing) Shown() bool { return f.Rule != "off" || len(f.Registered) > 0 }

// Registration is a wording on file.
type Registration struct {
	Sender string
	Number string
	Text   string // with placeholders {1}, {2} …
	On     string // date: 2026-11-30
	Author string
	At     time.Time
}

// ForFiling is a wording in force as the telecom takes it for registration.
type ForFiling struct {
	Sender   string
	Key      templates.Key
	Title    string
	Wording  string // variables as {1}, {2} …
	Sample   string
	Segments int
	Number   string // of a registration that it fits; empty: none
	On       string
}

// register enters a registration, or takes one off.
func (c *console) register(v *visit) error {
	t, err := c.textKey(v)
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	r := Registration{Sender: form.Get("sender"), Number: form.Get("number"), Text: form.Get("registered"), On: form.Get("on")}
	said := "Đã lưu đăng ký "
	if form.Get("step") == "end" {
		said, err = "Đã bỏ đăng ký ", c.Texts.Unregister(v.Context(), t.Key, r.Sender, r.Number, v.editor())
	} else {
		err = c.Texts.Register(v.Context(), t.Key, r, v.editor())
	}
	var problem *escalation.Problem
	switch {
	case errors.As(err, &problem):
		return c.showTextWith(v, http.StatusUnprocessableEntity, "", problem.Detail, r)
	case err != nil:
		return err
	}
	return v.done("/texts/"+string(t.Key), said+r.Number+".")
}

// byteOrderMark lets spreadsheets read the accents.
const byteOrderMark = "\ufeff"

// exportTexts is the list of all wordings for the telecom.
func (c *console) exportTexts(v *visit) error {
	list, err := c.Texts.ForFiling(v.Context())
	if err != nil {
		return err
	}
	var out bytes.Buffer
	out.WriteString(byteOrderMark)
	w := csv.NewWriter(&out)
	w.Write([]string{"Nguồn gửi", "Mẫu", "Tên", "Nội dung", "Ví dụ", "Số tin", "Số đăng ký", "Ngày đăng ký"})
	for _, f := range list {
		w.Write(escalation.GuardCells(f.Sender, string(f.Key), f.Title, f.Wording, f.Sample, strconv.Itoa(f.Segments), f.Number, f.On))
	}
	w.Flush()
	if err := c.Log.Note(v.Context(), v.actor(), "export", "template", "", strconv.Itoa(len(list))); err != nil {
		return err
	}
	return v.download("mau-tin.csv", "text/csv; charset=utf-8", out.Bytes())
}
