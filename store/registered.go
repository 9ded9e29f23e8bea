package store

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"notify1022/templates"
)

// LogRegistered is the change log's word for a registration; ref is "key sender number".
const LogRegistered = "registration"

// RegisteredText is a wording as the telecom has it on file for a sender.
type RegisteredText struct {
	Key       templates.Key
	Sender    string // the number or brandname
	Number    string // of the registration
	Text      string // with placeholders: templates.ParseRegistered
	On        string // the date of the registration: 2026-11-30
	Author    string // who entered it
	ChangedAt time.Time
}

// Bounds of registrations.
const (
	mostRegistered = 20 // of a text for one sender
	mostNumber     = 60 // characters of a number, or of a sender
)

// RegisteredTexts lists what is on file, by key, sender and number. An empty key does not
// narrow.
func (s *Store) RegisteredTexts(ctx context.Context, key templates.Key) ([]RegisteredText, error) {
	var rows []struct {
		Key       templates.Key `db:"key"`
		Sender    string        `db:"sender"`
		Number    string        `db:"number"`
		Text      string        `db:"text"`
		On        string        `db:"registered_on"`
		Author    string        `db:"author"`
		ChangedAt int64         `db:"changed_at"`
	}
	w := where{}
	w.andIf(key != "", "key = ?", string(key))
	err := s.reader().all(ctx, &rows, `SELECT key, sender, number, text, registered_on, author, changed_at FROM registered_text`+w.String()+
		` ORDER BY key, sender, number`, w.args...)
	list := make([]RegisteredText, len(rows))
	for i, r := range rows {
		list[i] = RegisteredText{r.Key, r.Sender, r.Number, r.Text, r.On, r.Author, instant(r.ChangedAt)}
	}
	return list, wrapList(err, "registered wordings")
}

// RegisterText writes a registration; one with the same number is replaced.
func (a Authored) RegisterText(ctx context.Context, r RegisteredText) error {
	if err := checkRegistered(r); err != nil {
		return err
	}
	return a.s.inTx(ctx, func(t *tx) error {
		var others int
		err := t.c.get(ctx, &others, `SELECT COUNT(*) FROM registered_text WHERE key = ? AND sender = ? AND number <> ?`, string(r.Key), r.Sender, r.Number)
		if err != nil {
			return fmt.Errorf("register text %s: %w", r.Key, err)
		}
		if others >= mostRegistered {
			return invalid("number", fmt.Sprintf("một mẫu có tối đa %d đăng ký cho một nguồn gửi", mostRegistered))
		}
		_, err = t.c.exec(ctx, `INSERT INTO registered_text (key, sender, number, text, registered_on, author, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (key, sender, number) DO UPDATE SET text = excluded.text, registered_on = excluded.registered_on,
				author = excluded.author, changed_at = excluded.changed_at`,
			string(r.Key), r.Sender, r.Number, wire(r.Text), r.On, wire(a.by.Name), micros(t.domain))
		if err != nil {
			return fmt.Errorf("register text %s: %w", r.Key, err)
		}
		return t.log(ctx, a.by, "save", LogRegistered, r.On, r.ref())
	})
}

func (r RegisteredText) ref() string {
	return strings.Join([]string{string(r.Key), r.Sender, r.Number}, " ")
}

func checkRegistered(r RegisteredText) error {
	short := func(s string) bool { return s != "" && s == wire(s) && utf8.RuneCountInString(s) <= mostNumber }
	if _, ok := templates.Builtin().Lookup(r.Key); !ok {
		return invalid("key", "không có mẫu tin này")
	}
	if !short(r.Sender) {
		return invalid("sender", "chưa chọn nguồn gửi")
	}
	if !short(r.Number) {
		return invalid("number", fmt.Sprintf("số đăng ký phải có từ 1 đến %d ký tự", mostNumber))
	}
	if _, err := time.Parse(time.DateOnly, r.On); err != nil {
		return invalid("on", "ngày đăng ký không đúng")
	}
	if _, err := templates.ParseRegistered(r.Text); err != nil {
		return invalid("registered", "nội dung đăng ký không dùng được: một dòng, chỗ thay đổi viết {1}, {2}, hoặc {1:40} nếu tối đa 40 ký tự ("+err.Error()+")")
	}
	return nil
}

// UnregisterText takes a registration off the list.
func (a Authored) UnregisterText(ctx context.Context, key templates.Key, sender, number string) error {
	return a.s.inTx(ctx, func(t *tx) error {
		n, err := t.c.exec(ctx, `DELETE FROM registered_text WHERE key = ? AND sender = ? AND number = ?`, string(key), sender, number)
		if err != nil {
			return fmt.Errorf("unregister text %s: %w", key, err)
		}
		if n == 0 {
			return missing("number", "không có đăng ký này")
		}
		return t.log(ctx, a.by, "end", LogRegistered, "", RegisteredText{Key: key, Sender: sender, Number: number}.ref())
	})
}
