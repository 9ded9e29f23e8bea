package escalation

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// A person may ask what is kept about them, have it put right or erased, and is answered
// within two working days (Luật 91/2025/QH15, NĐ 356/2025/NĐ-CP). Each request has a
// ladder of its own: a task for the administrators with its due time, a reminder before,
// and an alarm when it has passed, which the request keeps for ever.

// PersonalKind is what a person asks.
type PersonalKind string

// Kinds of requests.
const (
	PersonalAccess  PersonalKind = "access"
	PersonalCorrect PersonalKind = "correct"
	PersonalErase   PersonalKind = "erase"
)

// Label is the kind as administrators read it.
func (k PersonalKind) Label() string {
	switch k {
	case PersonalAccess:
		return "xem, nhận bản sao dữ liệu"
	case PersonalCorrect:
		return "chỉnh sửa dữ liệu"
	case PersonalErase:
		return "xóa dữ liệu"
	}
	return string(k)
}

// PersonalOutcome is how a request ended.
type PersonalOutcome string

// Outcomes: as asked; in part, the rest is held for a reason the person was told; not at all.
const (
	PersonalDone    PersonalOutcome = "done"
	PersonalPartly  PersonalOutcome = "partly"
	PersonalRefused PersonalOutcome = "refused"
)

// Label is the outcome as administrators read it.
func (o PersonalOutcome) Label() string {
	switch o {
	case PersonalDone:
		return "đã thực hiện"
	case PersonalPartly:
		return "thực hiện một phần"
	case PersonalRefused:
		return "không thực hiện"
	}
	return string(o)
}

// PersonalRequest is a person's request about the data of one phone number.
type PersonalRequest struct {
	ID   int64
	Kind PersonalKind
	// Phone is the number in E.164; empty once the request was answered and the number
	// stands nowhere. Masked stays.
	Phone, Masked string
	Note          string // how it came and how the person was known, in the recorder's words
	ReceivedAt    time.Time
	RecordedAt    time.Time
	RecordedBy    string
	Due           time.Time
	RemindedAt    time.Time // zero: not yet
	OverdueAt     time.Time // when it was noticed that the due time had passed; zero: it was kept
	DoneAt        time.Time // zero: open
	DoneBy        string
	Outcome       PersonalOutcome
	Answer        string // what the person was told
}

// Open reports a request that has not been answered.
func (r PersonalRequest) Open() bool { return r.DoneAt.IsZero() }

// MayErase refuses (*Problem) to erase for a request that asks for something else, or
// that has been answered.
func (r PersonalRequest) MayErase() error {
	if r.Kind != PersonalErase || !r.Open() {
		return invalid("id", "chỉ xóa theo một yêu cầu xóa chưa trả lời")
	}
	return nil
}

// NumberStands says where a number still stands. A number that stands nowhere is the zero
// value.
type NumberStands struct {
	Petitions int  // whose citizen has it
	Officer   bool // somebody in the directory has it
	Received  bool // in texts that came
	Sent      bool // in texts that went, or wait
	Codes     bool // with a reply code
}

// erased refuses (*Problem) to say that everything of a number was erased while it stands
// somewhere: the request would forget the number, and nothing could be erased any more.
func (s NumberStands) erased() error {
	var where []string
	for _, w := range []struct {
		there bool
		name  string
	}{
		{s.Petitions > 0, fmt.Sprintf("%d phản ánh", s.Petitions)}, {s.Officer, "danh bạ đơn vị"}, {s.Received, "tin nhắn đến"},
		{s.Sent, "tin nhắn đi"}, {s.Codes, "mã trả lời"},
	} {
		if w.there {
			where = append(where, w.name)
		}
	}
	if len(where) == 0 {
		return nil
	}
	return conflict("số máy còn trong %s: hãy xóa trước khi trả lời “%s”; phần phải giữ thì trả lời “%s” hoặc “%s” và nêu lý do",
		strings.Join(where, ", "), PersonalDone.Label(), PersonalPartly.Label(), PersonalRefused.Label())
}

// Tasks of a request, by their keys.
func (r PersonalRequest) taskKey() string { return fmt.Sprintf("personal/%d", r.ID) }
func (r PersonalRequest) lateKey() string { return fmt.Sprintf("personal-late/%d", r.ID) }

// TaskKeys are the keys of the tasks that end with the request.
func (r PersonalRequest) TaskKeys() []string { return []string{r.taskKey(), r.lateKey()} }

// RecordPersonal records a request, received at an instant that may lie back: the two
// working days count from it. Administrators alone deal with these.
func (d *Desk) RecordPersonal(ctx context.Context, kind PersonalKind, phone, note string, received time.Time, actor Actor) (r PersonalRequest, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		if r, err = newPersonal(kind, phone, note, received, actor, env); err != nil {
			return err
		}
		if r.ID, err = tx.AddPersonal(ctx, r); err != nil {
			return err
		}
		return tx.Post(ctx, nil, []Task{{
			Key: r.taskKey(), Kind: TaskPersonal, For: Administrator, OpenedAt: env.Now, Due: r.Due,
			Text: fmt.Sprintf("Trả lời yêu cầu dữ liệu cá nhân số %d: %s, số máy %s", r.ID, r.Kind.Label(), r.Masked),
		}})
	})
	return r, err
}

func newPersonal(kind PersonalKind, phone, note string, received time.Time, actor Actor, env Env) (PersonalRequest, error) {
	switch kind {
	case PersonalAccess, PersonalCorrect, PersonalErase:
	default:
		return PersonalRequest{}, invalid("kind", "loại yêu cầu phải là access, correct hoặc erase")
	}
	if actor.Role != Administrator {
		return PersonalRequest{}, forbidden("yêu cầu về dữ liệu cá nhân do quản trị viên xử lý")
	}
	number, err := env.Numbering.ParsePhone(phone)
	if err != nil {
		return PersonalRequest{}, invalid("phone", "%s", err)
	}
	if longer(note, maxLine) {
		return PersonalRequest{}, invalid("note", "dài quá %d ký tự", maxLine)
	}
	switch {
	case received.IsZero():
		received = env.Now
	case received.After(env.Now):
		return PersonalRequest{}, invalid("received_at", "thời điểm nhận ở tương lai")
	case env.Now.Sub(received) > 366*24*time.Hour:
		return PersonalRequest{}, invalid("received_at", "thời điểm nhận cách đây hơn một năm")
	}
	o, err := parseOffset(env.Policy.PersonalAnswer)
	if err != nil {
		return PersonalRequest{}, fmt.Errorf("personal_answer: %w", err)
	}
	return PersonalRequest{
		Kind: kind, Phone: number.E164, Masked: MaskPhone(number.E164), Note: strings.TrimSpace(note), ReceivedAt: received,
		RecordedAt: env.Now, RecordedBy: actor.Name, Due: instant(o.due(received, WorkingClock, env.CalendarOf(""))),
	}, nil
}

// PersonalLadder reminds the administrators once of each request that comes due, and tells
// them once, with a task, of each whose time has passed. It returns how many it told of.
func (d *Desk) PersonalLadder(ctx context.Context) (told int, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		told = 0
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		open, err := tx.OpenPersonal(ctx)
		if err != nil {
			return err
		}
		for _, r := range open {
			next, notices, tasks := r.step(env)
			if len(notices) == 0 && len(tasks) == 0 && next == r {
				continue
			}
			told++
			if err := tx.SavePersonal(ctx, next); err != nil {
				return err
			}
			if err := tx.Post(ctx, notices, tasks); err != nil {
				return err
			}
		}
		return nil
	})
	return told, err
}

// step is what the ladder does for an open request now. A reminder whose due time has
// passed too is left out.
func (r PersonalRequest) step(env Env) (next PersonalRequest, notices []Notice, tasks []Task) {
	next = r
	remind := env.Calendar.Sub(r.Due, span(env.Policy.PersonalReminder))
	switch {
	case !env.Now.Before(r.Due) && r.OverdueAt.IsZero():
		next.OverdueAt = env.Now
		tasks = []Task{{
			Key: r.lateKey(), Kind: TaskPersonal, For: Administrator, OpenedAt: env.Now, Due: r.Due,
			Text: fmt.Sprintf("Quá hạn trả lời yêu cầu dữ liệu cá nhân số %d (hạn %s)", r.ID, ClockText(r.Due)),
		}}
		notices = r.tell(fmt.Sprintf("yêu cầu dữ liệu cá nhân số %d quá hạn trả lời từ %s", r.ID, ClockText(r.Due)), "overdue", env)
	case env.Now.Before(r.Due) && !env.Now.Before(remind) && r.RemindedAt.IsZero():
		next.RemindedAt = env.Now
		notices = r.tell(fmt.Sprintf("yêu cầu dữ liệu cá nhân số %d phải trả lời trước %s", r.ID, ClockText(r.Due)), "reminder", env)
	}
	return next, notices, tasks
}

// tell texts every administrator (QT): once per request and step, and by day.
func (r PersonalRequest) tell(text, step string, env Env) []Notice {
	var notices []Notice
	for _, c := range env.Directory.Serving("", Administrator, env.Now) {
		n := Notice{
			Template: "QT", Class: ClassReminder, Lane: LaneSlip, Attempt: 1, At: env.Now, Rung: RungName(fmt.Sprintf("personal_%s/%d", step, r.ID)),
			To:   Recipient{Contact: c.ID, Role: Administrator, Unit: c.Unit},
			Vars: map[string]string{"noi_dung": text, "lp": env.Host + "/console"},
		}
		n.NotBefore = env.Policy.Held(n)
		notices = append(notices, n)
	}
	return notices
}

// AnswerPersonal ends a request with what the person was told. Everything done keeps it
// in the log; a number that stands nowhere goes, whatever was asked, for another request of
// it may have erased it. An open one keeps it: somebody has to be answered. That an erasure
// is done is refused (*Problem) while the number stands anywhere.
func (d *Desk) AnswerPersonal(ctx context.Context, id int64, outcome PersonalOutcome, answer string, actor Actor) (r PersonalRequest, err error) {
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		if r, err = tx.Personal(ctx, id); err != nil {
			return err
		}
		switch {
		case actor.Role != Administrator:
			return forbidden("yêu cầu về dữ liệu cá nhân do quản trị viên xử lý")
		case !r.Open():
			return conflict("yêu cầu số %d đã trả lời lúc %s", r.ID, ClockText(r.DoneAt))
		case outcome != PersonalDone && outcome != PersonalPartly && outcome != PersonalRefused:
			return invalid("outcome", "kết quả phải là done, partly hoặc refused")
		}
		if err := required("answer", answer, "nội dung trả lời người yêu cầu"); err != nil {
			return err
		}
		if r.OverdueAt.IsZero() && env.Now.After(r.Due) {
			r.OverdueAt = env.Now
		}
		r.DoneAt, r.DoneBy, r.Outcome, r.Answer = env.Now, actor.Name, outcome, strings.TrimSpace(answer)
		stands, err := tx.NumberStands(ctx, r.Phone)
		if err != nil {
			return err
		}
		if r.Kind == PersonalErase && outcome == PersonalDone {
			if err := stands.erased(); err != nil {
				return err
			}
		}
		if stands == (NumberStands{}) {
			r.Phone = ""
		}
		return tx.SavePersonal(ctx, r)
	})
	return r, err
}
