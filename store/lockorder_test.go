package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

// watched is a store that notes in which order petitions are locked.
type watched struct {
	*store.Store
	locked *[]int64
}

// Tx is the store's, watched.
func (s watched) Tx(ctx context.Context, fn func(escalation.Tx) error) error {
	return s.Store.Tx(ctx, func(tx escalation.Tx) error {
		*s.locked = nil
		return fn(watchedTx{tx, s.locked})
	})
}

type watchedTx struct {
	escalation.Tx
	locked *[]int64
}

// Petitions notes the ids that the transaction did not hold yet.
func (tx watchedTx) Petitions(ctx context.Context, ids ...int64) ([]escalation.Petition, error) {
	list, err := tx.Tx.Petitions(ctx, ids...)
	for _, p := range list {
		if !slices.Contains(*tx.locked, p.ID) {
			*tx.locked = append(*tx.locked, p.ID)
		}
	}
	return list, err
}

func TestATextWithSeveralCodesLocksTheirPetitionsInTheOrderOfTheirIDs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.desk()
		words, petitions := "NHAN", []escalation.Petition{}
		for range 3 {
			petitions = append(petitions, w.accept(t.Context(), desk))
		}
		slices.Reverse(petitions) // the newest slip lies on top in the officer's inbox
		for _, p := range petitions {
			words += " " + w.codeOf(w.texts(p.Code, "O1")[0].ID)
		}
		w.later(10 * time.Minute)
		w.receive(w.single("84570000001", words))
		ready, err := w.Ready(t.Context(), time.Minute, 10)
		w.must(err)
		var locked []int64
		watching := escalation.NewDesk(watched{w.Store, &locked}, w.setting())
		w.must(watching.Reply(t.Context(), ready[0]))
		if len(locked) != 3 || !slices.IsSorted(locked) {
			t.Errorf("petitions were locked in the order %v", locked)
		}
		for _, p := range petitions {
			found, err := w.PetitionByCode(t.Context(), p.Code)
			w.must(err)
			if !slices.ContainsFunc(found.Timeline, func(e escalation.Entry) bool { return e.Action == string(escalation.VerbAcknowledge) }) {
				t.Errorf("%s was not acknowledged", p.Code)
			}
		}
	})
}

// A follower's own petition is older than the one it was merged into.
func TestAFollowersRatingByTextLocksPetitionsInTheOrderOfTheirIDs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		desk := w.careful()
		child, parent := w.told(desk, citizenPhone, words), w.told(desk, "+84570000999", "Đèn tắt")
		w.do(desk, child.Code, &escalation.Merge{Into: parent.Code}, operator)
		w.do(desk, parent.Code, &escalation.AnswerDirectly{Text: "Đèn đã sáng."}, operator)
		id := w.post(w.asked(parent, child, "C8n"))[0]
		w.later(time.Minute)
		w.receive(w.single("84570000101", "DG "+w.codeOf(id)+" 4"))
		var locked []int64
		setting := w.setting()
		setting.CitizensCanReply = true
		w.must(escalation.NewDesk(watched{w.Store, &locked}, setting).Reply(t.Context(), w.ready()[0]))
		if len(locked) != 2 || !slices.IsSorted(locked) {
			t.Errorf("petitions were locked in the order %v", locked)
		}
		found, err := w.PetitionByCode(t.Context(), parent.Code)
		w.must(err)
		if vote := found.RatingOf(child.Code); vote == nil || vote.Score != 4 {
			t.Errorf("the vote is %+v", vote)
		}
	})
}
