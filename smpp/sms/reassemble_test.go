package sms

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// start is a Monday.
func start() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) }

func from(src string, seq, total uint8) Key {
	return Key{Src: src, Dst: "8022", Part: Part{Ref: 7, RefWidth: 8, Seq: seq, Total: total}}
}

const (
	an   = "0570000001"
	binh = "0570000002"
)

// add gives one part at start plus after and returns the whole text, "-" when
// there is none yet.
func add(r *Reassembler, k Key, data string, after time.Duration) string {
	full, complete := r.Add(k, []byte(data), start().Add(after))
	if !complete {
		return "-"
	}
	return string(full)
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestPartsJoinInAnyOrder(t *testing.T) {
	for _, order := range [][]uint8{{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}} {
		r := NewReassembler(Limits{})
		for i, seq := range order {
			want := "-"
			if i == 2 {
				want = "one two three"
			}
			got := add(r, from(an, seq, 3), []string{"one ", "two ", "three"}[seq-1], 0)
			expect(t, fmt.Sprint(order, " part ", seq), got, want)
		}
	}
}

func TestADuplicatePartChangesNothing(t *testing.T) {
	r := NewReassembler(Limits{})
	expect(t, "first", add(r, from(an, 1, 2), "a", 0), "-")
	expect(t, "first again", add(r, from(an, 1, 2), "a", 0), "-")
	expect(t, "second", add(r, from(an, 2, 2), "b", 0), "ab")
	expect(t, "second again, message complete", add(r, from(an, 2, 2), "b", time.Second), "-")
	expect(t, "first again, message complete", add(r, from(an, 1, 2), "a", time.Second), "-")
	if lost := r.Expire(start().Add(time.Hour)); len(lost) != 0 {
		t.Errorf("late duplicates left %+v", lost)
	}
}

func TestSendersAndReferencesDoNotMix(t *testing.T) {
	base := from(an, 1, 2)
	for name, change := range map[string]func(*Key){
		"sender":      func(k *Key) { k.Src = binh },
		"destination": func(k *Key) { k.Dst = "1022" },
		"reference":   func(k *Key) { k.Ref = 8 },
		"width":       func(k *Key) { k.RefWidth = 16 },
		"total":       func(k *Key) { k.Total = 3 },
	} {
		r := NewReassembler(Limits{})
		other := base
		change(&other)
		other.Seq = 2
		expect(t, name, add(r, base, "a", 0), "-")
		expect(t, name, add(r, other, "x", 0), "-")
		expect(t, name, add(r, from(an, 2, 2), "b", 0), "ab")
	}
}

func TestAnImpossiblePartIsAMessageByItself(t *testing.T) {
	r := NewReassembler(Limits{})
	for _, k := range []Key{from(an, 0, 2), from(an, 3, 2), from(an, 0, 0), from(an, 1, 1), from(an, 1, 0)} {
		expect(t, fmt.Sprint(k.Part), add(r, k, "x", 0), "x")
	}
	if sets, octets, _ := r.Held(); sets != 0 || octets != 0 {
		t.Errorf("%d messages, %d octets held", sets, octets)
	}
}

func TestAMessageIsGivenUpSixtySecondsAfterItsFirstPart(t *testing.T) {
	r := NewReassembler(Limits{})
	add(r, from(an, 3, 3), "c", 0)
	add(r, from(an, 1, 3), "a", 59*time.Second) // does not prolong
	if lost := r.Expire(start().Add(time.Minute - 1)); len(lost) != 0 {
		t.Fatalf("given up early: %+v", lost)
	}
	lost := r.Expire(start().Add(time.Minute))
	if len(lost) != 1 {
		t.Fatalf("%d messages given up, want 1", len(lost))
	}
	m := lost[0]
	expect(t, "what is there", string(m.Data()), "ac")
	if m.Why != TimedOut || m.Key != from(an, 0, 3) || !m.First.Equal(start()) || len(m.Parts) != 2 {
		t.Errorf("given up: %+v", m)
	}
	if again := r.Expire(start().Add(time.Minute)); len(again) != 0 {
		t.Errorf("reported twice: %+v", again)
	}
	expect(t, "late part", add(r, from(an, 2, 3), "b", time.Minute), "-")
}

func TestATooOldMessageTakesNoMorePartsEvenWithoutExpire(t *testing.T) {
	r := NewReassembler(Limits{Timeout: 10 * time.Second})
	add(r, from(an, 1, 2), "a", 0)
	expect(t, "late part", add(r, from(an, 2, 2), "b", 10*time.Second), "-")
	if lost := r.Expire(start().Add(10 * time.Second)); len(lost) != 1 || string(lost[0].Data()) != "a" {
		t.Errorf("given up: %+v", lost)
	}
}

func TestAReferenceUsedAgainBeginsANewMessage(t *testing.T) {
	r := NewReassembler(Limits{})
	add(r, from(an, 1, 2), "old", 0)
	expect(t, "first of the new", add(r, from(an, 1, 2), "new ", time.Second), "-")
	expect(t, "second of the new", add(r, from(an, 2, 2), "text", time.Second), "new text")
	lost := r.Expire(start().Add(time.Second))
	if len(lost) != 1 || lost[0].Why != Replaced || string(lost[0].Data()) != "old" {
		t.Errorf("given up: %+v", lost)
	}
	expect(t, "after a complete one", add(r, from(an, 1, 2), "third ", 2*time.Second), "-")
	expect(t, "after a complete one", add(r, from(an, 2, 2), "message", 2*time.Second), "third message")
}

func TestTheOldestIsEvictedAndReported(t *testing.T) {
	r := NewReassembler(Limits{MaxSets: 2})
	for i, src := range []string{an, binh, "0570000003"} {
		add(r, from(src, 1, 2), src, time.Duration(i)*time.Second)
	}
	lost := r.Expire(start().Add(3 * time.Second))
	if len(lost) != 1 || lost[0].Key.Src != an || lost[0].Why != Evicted {
		t.Errorf("given up: %+v", lost)
	}
	expect(t, "the one after it", add(r, from(binh, 2, 2), "!", 4*time.Second), binh+"!")
}

func TestADoneMessageMakesRoomBeforeAWaitingOne(t *testing.T) {
	r := NewReassembler(Limits{MaxSets: 2})
	add(r, from(an, 1, 2), "a", 0)
	for i := range 10 {
		k := from(fmt.Sprintf("05700001%02d", i), 1, 2)
		add(r, k, "x", time.Second)
		k.Seq = 2
		expect(t, "passing message", add(r, k, "y", time.Second), "xy")
	}
	expect(t, "waiting message", add(r, from(an, 2, 2), "b", 2*time.Second), "ab")
	if lost := r.Expire(start().Add(2 * time.Second)); len(lost) != 0 {
		t.Errorf("given up: %+v", lost)
	}
}

func TestMemoryIsBoundedUnderAFlood(t *testing.T) {
	limits := Limits{MaxSets: 50, MaxBytes: 20_000}
	r := NewReassembler(limits)
	data := strings.Repeat("x", 134)
	for i := range 2000 {
		k := from(fmt.Sprintf("057%07d", i), 1, 255)
		for seq := range uint8(3) {
			k.Seq = seq + 1
			add(r, k, data, 0)
		}
		if sets, octets, _ := r.Held(); sets > 2*limits.MaxSets || octets > 2*limits.MaxBytes {
			t.Fatalf("after %d messages: %d held, %d octets", i, sets, octets)
		}
	}
	lost := r.Expire(start().Add(time.Hour))
	_, octets, dropped := r.Held()
	if octets != 0 || len(lost)+dropped != 2000 {
		t.Errorf("%d octets held; %d reported and %d dropped of 2000", octets, len(lost), dropped)
	}
}

func TestAPartLargerThanAllMemoryIsReportedOrDroppedNotKept(t *testing.T) {
	r := NewReassembler(Limits{MaxBytes: 1000})
	add(r, from(an, 1, 2), strings.Repeat("x", 2000), 0)
	if sets, octets, dropped := r.Held(); sets != 0 || octets != 0 || dropped != 1 {
		t.Errorf("%d held, %d octets, %d dropped", sets, octets, dropped)
	}
}

func TestTheCallerMayReuseItsBuffer(t *testing.T) {
	r := NewReassembler(Limits{})
	buffer := []byte("a")
	r.Add(from(an, 1, 2), buffer, start())
	buffer[0] = 'z'
	expect(t, "whole", add(r, from(an, 2, 2), "b", 0), "ab")
}

// Kannel and others cut surrogate pairs and escape pairs in two.
func TestACharacterDividedBetweenPartsIsWholeAfterJoining(t *testing.T) {
	r := NewReassembler(Limits{})
	emoji := EncodeUCS2("a😀b")
	r.Add(from(an, 1, 2), emoji[:4], start())
	full, _ := r.Add(from(an, 2, 2), emoji[4:], start())
	expect(t, "surrogate pair", DecodeUCS2(full), "a😀b")
	euro := EncodeGSM7("a€b")
	r.Add(from(binh, 1, 2), euro[:2], start())
	full, _ = r.Add(from(binh, 2, 2), euro[2:], start())
	expect(t, "escape pair", DecodeGSM7(full), "a€b")
}

func TestManyGoroutinesMayAdd(t *testing.T) {
	r := NewReassembler(Limits{})
	var wait sync.WaitGroup
	whole := make(chan string, 8*50)
	for sender := range 8 {
		wait.Go(func() {
			for i := range 50 {
				k := from(fmt.Sprintf("057000%04d", sender), 1, 2)
				k.Ref = uint16(i)
				r.Add(k, []byte("a"), start())
				k.Seq = 2
				if full, complete := r.Add(k, []byte("b"), start()); complete {
					whole <- string(full)
				}
				r.Expire(start())
			}
		})
	}
	wait.Wait()
	if len(whole) != 8*50 {
		t.Errorf("%d messages joined, want 400", len(whole))
	}
}

func TestWhatWasSplitIsReassembled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := NewReassembler(Limits{})
		var parts []Segment
		want := map[uint16]string{}
		for ref := range uint16(3) {
			text := rapid.StringN(200, 400, -1).Draw(t, "text")
			segments, err := Split(text, UCS2, UDH16, ref)
			if err != nil {
				t.Fatal(err)
			}
			parts, want[ref] = append(parts, segments...), text
		}
		for _, s := range rapid.Permutation(append(parts, parts[0])).Draw(t, "order") {
			udh, rest, _ := ParseUDH(s.ShortMessage())
			part, _ := udh.Concat()
			full, complete := r.Add(Key{Src: an, Dst: "8022", Part: part}, rest, start())
			if !complete {
				continue
			}
			if got := DecodeUCS2(full); got != want[part.Ref] {
				t.Fatalf("message %d: %q, want %q", part.Ref, got, want[part.Ref])
			}
			delete(want, part.Ref)
		}
		if len(want) != 0 {
			t.Fatalf("messages never complete: %v", want)
		}
	})
}

// FuzzReassembler reads its input as a script of short messages with seconds
// between them and asks that memory is bounded and every set accounted for.
func FuzzReassembler(f *testing.F) {
	f.Add([]byte{0, 1, 2, 1, 0, 0, 1, 2, 2, 1})
	f.Add([]byte{0, 1, 0, 0, 0, 0, 1, 2, 3, 1, 70, 1, 255, 255, 9})
	f.Add(bytes.Repeat([]byte{5, 9, 3, 1, 200}, 40))
	f.Fuzz(func(t *testing.T, script []byte) {
		limits := Limits{MaxSets: 4, MaxBytes: 3000}
		r, now := NewReassembler(limits), start()
		for ; len(script) >= 5; script = script[5:] {
			now = now.Add(time.Duration(script[0]) * time.Second)
			k := Key{Src: an, Dst: "8022", Part: Part{Ref: uint16(script[1] % 8), RefWidth: 8, Total: script[2], Seq: script[3]}}
			full, complete := r.Add(k, bytes.Repeat([]byte{script[4]}, int(script[4])), now)
			if complete && k.Valid() && len(full) < int(script[4]) {
				t.Fatalf("whole message of %d octets shorter than its last part", len(full))
			}
			if sets, octets, _ := r.Held(); sets > 2*limits.MaxSets || octets > 2*limits.MaxBytes {
				t.Fatalf("%d messages, %d octets held", sets, octets)
			}
		}
		for _, m := range r.Expire(now.Add(time.Hour)) {
			if len(m.Parts) == 0 || len(m.Parts) >= int(m.Key.Total) {
				t.Fatalf("given up with %d of %d parts", len(m.Parts), m.Key.Total)
			}
		}
		if sets, octets, _ := r.Held(); sets != 0 || octets != 0 {
			t.Fatalf("%d messages, %d octets left", sets, octets)
		}
	})
}
