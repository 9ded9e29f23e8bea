package escalation

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A reply that fails again and again is put aside: it holds up neither its sender's later
// replies nor, after a while, anybody's rungs. It goes on being tried, and the shift lead is
// asked to act on it meanwhile.

// AsideTasks is how the keys of tasks about replies begin that were put aside; the reply's
// number in the inbox follows.
const AsideTasks = "inbound/"

// AsideKey is the key of the task about a reply that was put aside.
func AsideKey(inbound int64) string { return AsideTasks + itoa(inbound) }

// Aside is the number in the inbox of the reply that was put aside and that the task is
// about.
func (t Task) Aside() (inbound int64, ok bool) {
	number, ok := strings.CutPrefix(t.Key, AsideTasks)
	if !ok {
		return 0, false
	}
	inbound, err := strconv.ParseInt(number, 10, 64)
	return inbound, err == nil
}

// AsideTask asks the shift lead to read a reply that cannot be applied, and to do what it
// says. Its words stay in the inbox, which forgets them in time. A sender whom nobody knows is
// the zero Contact.
func AsideTask(in Inbound, sender Contact, now time.Time) Task {
	return Task{
		Key: AsideKey(in.ID), Kind: TaskConfirm, For: ShiftLead, OpenedAt: now, Contact: sender.ID,
		Text: "Tin nhắn của " + cmp.Or(sender.Name, MaskPhone(in.From)) + " lúc " + ClockText(in.ReadAt) +
			" hệ thống chưa xử lý được, vẫn thử lại mười phút một lần: hãy đọc và làm theo nội dung (hộp thư đến số " + itoa(in.ID) + ")",
	}
}

// How a reply that was put aside ends.
const (
	byHand = "by_hand" // its outcome when a person has acted on it
	atLast = "hệ thống đã xử lý được"
)

// actedByHand notes of the reply that the finished task is about that somebody has acted on it.
func actedByHand(ctx context.Context, tx Tx, task Task, actor Actor) error {
	id, ok := task.Aside()
	if !ok {
		return nil
	}
	in, err := tx.Inbound(ctx, id)
	if err != nil || in.Applied {
		return err
	}
	return tx.SettleInbound(ctx, id, byHand, actor)
}

// tryAside has the reply that the task is about tried at once.
func tryAside(ctx context.Context, tx Tx, task Task, actor Actor) error {
	id, ok := task.Aside()
	if !ok {
		return nil
	}
	return tx.RetryInbound(ctx, id, actor)
}

// overtaken refuses what a reply that was put aside says of petitions on which a later one of
// the same number has been applied: the older word may not replace the newer.
func (r *replyDesk) overtaken(ctx context.Context) error {
	if r.in.Attempts == 0 || len(r.changes) == 0 {
		return nil // in order
	}
	later, err := r.tx.HeardAfter(ctx, r.in)
	if err != nil {
		return err
	}
	for _, c := range r.changes {
		if slices.Contains(later, c.Petition.ID) {
			return conflict("tin gửi sau về %s đã được ghi nhận", c.Petition.Code)
		}
	}
	return nil
}
