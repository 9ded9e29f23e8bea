package escalation

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// What cannot be read is one petition's harm: a bad release, an edit by hand or a restore
// leaves a row that makes no sense. It holds up no other, and a person is told which it is.

// readable reads and locks those of the petitions that can be read. leaveOut is given each that
// cannot, and why; its error ends it.
func readable(ctx context.Context, tx Tx, ids []int64, leaveOut func(petition int64, why error) error) ([]Petition, error) {
	list, err := tx.Petitions(ctx, ids...)
	if !unreadable(err) {
		return list, err
	}
	list = nil
	for _, id := range ids {
		one, err := tx.Petitions(ctx, id)
		if unreadable(err) {
			err = leaveOut(id, err)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, one...)
	}
	return list, nil
}

// unreadable reports an error of one petition that is missing or makes no sense.
func unreadable(err error) bool {
	var u *Unreadable
	return errors.As(err, &u) || refused(err)
}

// NoneReadable is the error of work on several petitions none of which could be read; nil where
// some could, or it was a single one. It is then the program that does not understand them: the
// work is not done, and a release that does has to find it undone.
func NoneReadable(leftOut []*Unreadable, read int) error {
	if read > 0 || len(leftOut) < 2 {
		return nil
	}
	return fmt.Errorf("none of %d petitions can be read: %w", len(leftOut), leftOut[0])
}

// unreadableMost is how many petitions are named at once: more would bury the calls that a
// shift has to make, and are no single rows' fault any more.
const unreadableMost = 20

// unreadableTasks name to the shift lead what has been left out, each petition once while its
// task is open. They belong to no petition: who ends one would have to read it.
func unreadableTasks(leftOut []*Unreadable, now time.Time) (tasks []Task) {
	for _, u := range leftOut[:min(len(leftOut), unreadableMost)] {
		tasks = append(tasks, Task{
			Key: unreadableKey(u.Petition), Kind: TaskConfirm, For: ShiftLead, OpenedAt: now,
			Text: "Phản ánh " + u.Code + " không đọc được nên không có trong tổng hợp, danh sách đầu ngày, và thời hạn không được dời khi sửa lịch: báo quản trị hệ thống",
		})
	}
	return tasks
}

func unreadableKey(petition int64) string { return "unreadable/" + itoa(petition) }

// joined is what has been left out as one error, nil for nothing.
func joined(leftOut []*Unreadable) error {
	var all []error
	for _, u := range leftOut {
		all = append(all, u)
	}
	return errors.Join(all...)
}
