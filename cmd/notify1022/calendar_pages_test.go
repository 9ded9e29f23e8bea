package main

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"notify1022/escalation"
)

// paged is a ledger that notes which petitions each transaction takes.
type paged struct {
	escalation.Ledger
	mu    sync.Mutex
	taken [][]int64
}

func (p *paged) Tx(_ context.Context, fn func(escalation.Tx) error) error {
	return fn(pagedTx{paged: p})
}

type pagedTx struct {
	escalation.Tx
	*paged
}

func (pagedTx) Now() time.Time { return time.Now() }

func (pagedTx) Directory(context.Context) (*escalation.Directory, error) {
	return escalation.NewDirectory(nil, nil), nil
}

func (tx pagedTx) Petitions(_ context.Context, ids ...int64) ([]escalation.Petition, error) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.taken = append(tx.taken, slices.Clone(ids))
	return nil, nil
}

// field failure 16
func TestARecomputationTakesTwoHundredPetitionsInATransaction(t *testing.T) {
	t.Parallel()
	const petitions, most = 950, 200
	ledger := &paged{}
	r := &recomputation{desk: escalation.NewDesk(ledger, escalation.Setting{})}
	err := r.run(t.Context(), escalation.CalendarEdit{}, func(after int64) (ids []int64, err error) {
		for id := after + 1; id <= petitions && len(ids) < recomputeSide*recomputePage; id++ {
			ids = append(ids, id)
		}
		return ids, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []int64
	for _, ids := range ledger.taken {
		if all = append(all, ids...); len(ids) > most {
			t.Errorf("a transaction takes %d petitions, most are %d", len(ids), most)
		}
	}
	if slices.Sort(all); len(all) != petitions || len(slices.Compact(all)) != petitions {
		t.Errorf("%d petitions were taken, want each of %d once", len(all), petitions)
	}
}
