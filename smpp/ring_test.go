package smpp

import (
	"testing"
	"time"
)

func TestTheRingNumbersWrapsAndSkipsWhatIsInFlight(t *testing.T) {
	r := newRing(2) // 8 places
	r.next = maxSeq - 1
	first, _ := r.add(slot{id: 1})
	second, _ := r.add(slot{id: 2})
	if first != maxSeq || second != 1 {
		t.Fatalf("numbers %d, %d", first, second)
	}
	for range 6 {
		if seq, ok := r.add(slot{}); !ok || seq == 0 || seq > maxSeq {
			t.Fatalf("number %d, %v", seq, ok)
		}
	}
	if _, ok := r.add(slot{}); ok {
		t.Fatal("a full ring takes more")
	}
	if s, ok := r.take(first); !ok || s.id != 1 {
		t.Fatalf("took %+v", s)
	}
	if _, ok := r.take(first); ok {
		t.Fatal("taken twice")
	}
	seq, ok := r.add(slot{id: 9}) // the only free place; the numbers between are in flight
	if !ok || seq&7 != first&7 || seq == first {
		t.Fatalf("number %d", seq)
	}
	if n := len(r.takeAll()); n != 8 || r.used != 0 {
		t.Fatalf("%d left", n)
	}
}

func TestTheRingGivesBackWhatIsOld(t *testing.T) {
	r := newRing(4)
	old, _ := r.add(slot{sentAt: time.Second})
	young, _ := r.add(slot{sentAt: 3 * time.Second})
	got := r.takeOlder(2 * time.Second)
	if len(got) != 1 || got[0].seq != old {
		t.Fatalf("old %+v", got)
	}
	if _, ok := r.take(young); !ok {
		t.Fatal("the young one is gone")
	}
}
