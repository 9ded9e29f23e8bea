package console

import (
	"strconv"
	"time"

	"notify1022/escalation"
	"notify1022/templates"
)

// Decision is what becomes of a draft. Its author may withdraw it, others approve or
// refuse it.
type Decision string

// The decisions.
const (
	Approve  Decision = "approve"
	Refuse   Decision = "refuse"
	Withdraw Decision = "withdraw"
)

// TextDraft is a wording that waits for a second person, or waited.
type TextDraft struct {
	ID        int64
	Key       templates.Key
	Text      string
	Author    string
	Account   int64 // of the author
	CreatedAt time.Time
	From      time.Time // zero: from its approval on
	Open      bool
	State     string // as the page shows it
	Version   int    // that it became; 0: none
	DecidedBy string
	DecidedAt time.Time
	Reason    string
	Diff      []diffWord // against the wording in force
}

// differ fills in how open drafts differ from what is in force.
func (c *console) differ(list []TextDraft) {
	for i := range list {
		if t, ok := c.Texts.Lookup(list[i].Key); ok && list[i].Open {
			list[i].Diff = diffWords(t.Text, list[i].Text)
		}
	}
}

// approved notes on each version who approved it.
func approved(versions []TextVersion, drafts []TextDraft) {
	for i := range versions {
		for _, d := range drafts {
			if d.Version != 0 && d.Version == versions[i].Version {
				versions[i].ApprovedBy, versions[i].ApprovedAt = d.DecidedBy, d.DecidedAt
			}
		}
	}
}

// decideDraft approves, refuses or withdraws a draft.
func (c *console) decideDraft(v *visit) error {
	t, err := c.textKey(v)
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	how := Decision(v.PathValue("act"))
	said, known := map[Decision]string{Approve: "Đã duyệt mẫu ", Refuse: "Đã từ chối bản mới của mẫu ", Withdraw: "Đã rút bản mới của mẫu "}[how]
	if err != nil || !known {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thao tác này"}
	}
	if err := c.Texts.Decide(v.Context(), t.Key, id, how, form.Get("reason"), v.editor()); err != nil {
		return err
	}
	return v.done("/texts/"+string(t.Key), said+string(t.Key)+".")
}
