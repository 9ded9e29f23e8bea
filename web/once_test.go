package web

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// sendings is a form whose act takes a while, and how often it was done.
type sendings struct {
	once *memory
	done int
}

func newSendings() *sendings { return &sendings{once: &memory{kept: map[string]Answered{}}} }

// send carries the act out under the key; it notes with it what it made.
func (s *sendings) send(ctx context.Context, takes time.Duration) (before Answered, again bool, err error) {
	return ActOnce(ctx, s.once, "key", func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(takes):
		}
		s.done++
		s.once.mu.Lock()
		defer s.once.mu.Unlock()
		s.once.kept["key"] = Answered{Hash: "key", Changed: true, Made: []int64{7}}
		return nil
	})
}

func TestTheSecondOfTwoSendingsWaitsForTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSendings()
		go s.send(t.Context(), time.Second)
		synctest.Wait()
		before, again, err := s.send(t.Context(), time.Second)
		if err != nil || !again || s.done != 1 || len(before.Made) != 1 || before.Made[0] != 7 {
			t.Errorf("%+v, again %t, %v, done %d times", before, again, err, s.done)
		}
	})
}

// A browser breaks the first request of a double click off.
func TestTheSecondOfTwoSendingsActsWhereTheFirstWasBrokenOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSendings()
		first, breakOff := context.WithCancel(t.Context())
		go s.send(first, time.Second)
		synctest.Wait()
		time.AfterFunc(300*time.Millisecond, breakOff)
		if _, again, err := s.send(t.Context(), time.Second); err != nil || again || s.done != 1 {
			t.Errorf("again %t, %v, done %d times", again, err, s.done)
		}
	})
}

func TestASendingWaitsForAnotherOneOnlySoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSendings()
		go s.send(t.Context(), time.Minute)
		synctest.Wait()
		began := time.Now()
		_, again, err := s.send(t.Context(), time.Second)
		var busy *Problem
		if again || !errors.As(err, &busy) || busy.Status != http.StatusConflict || !busy.again || time.Since(began) > claimWait+claimEach {
			t.Errorf("again %t, %v after %s", again, err, time.Since(began))
		}
		gone, goes := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, goes)
		if _, _, err := s.send(gone, time.Second); !errors.Is(err, context.Canceled) {
			t.Errorf("who has gone is answered with %v", err)
		}
		time.Sleep(time.Minute)
	})
}

// A page's form from the browser's memory with other words in it is another sending; so is
// one of another person, and of another form with the same number.
func TestAFormsKeyIsItsNumberItsWordsAndWhoseItIs(t *testing.T) {
	number := map[string]string{NonceField: NewNonce(), "text": "Cột số 5"}
	keys := map[string]string{
		"the form": ActKey("account 1", "/a", number), "another person's": ActKey("account 2", "/a", number), "another form": ActKey("account 1", "/b", number),
		"other words": ActKey("account 1", "/a", map[string]string{NonceField: number[NonceField], "text": "Cột số 6"}),
		"shown anew":  ActKey("account 1", "/a", map[string]string{NonceField: NewNonce(), "text": "Cột số 5"}),
	}
	whose := map[string]string{}
	for name, key := range keys {
		if other, there := whose[key]; there || key == "" {
			t.Errorf("%s has the key of %s", name, other)
		}
		whose[key] = name
	}
	if ActKey("account 1", "/a", number) != keys["the form"] || ActKey("account 1", "/a", map[string]string{"text": "Cột số 5"}) != "" {
		t.Error("a form that is sent again has another key, or one without a number has one")
	}
}
