package store_test

import (
	"testing"
	"time"

	"notify1022/escalation"
)

func TestAProbesAnswerClosesItsRoundAndNobodyElsesTextIsTouched(t *testing.T) {
	const probe = "+84570000999"
	notice := func(now time.Time) escalation.Notice {
		return escalation.Notice{Template: "KT", Seq: int(now.Unix()), To: escalation.Recipient{Phone: probe}, Vars: map[string]string{"mtl": "482913"},
			Lane: escalation.LaneSlip, Class: escalation.ClassAnswer, Attempt: 1, At: now}
	}
	each(t, func(t *testing.T, w *world) {
		for n, want := range []bool{true, false} { // the second node of the same period
			sent, err := w.SendProbe(t.Context(), 5*time.Minute, "482913", notice)
			if w.must(err); sent != want {
				t.Errorf("node %d sent: %t, want %t", n+1, sent, want)
			}
		}
		if rows := w.claim(10); len(rows) != 1 || rows[0].Phone != probe {
			t.Fatalf("%+v", rows)
		}
		w.receive(w.single("0570000999", "KT 111111"))
		w.receive(w.single("0570000999", "kt  482913 "))
		w.receive(w.single("0570000001", "KT 482913"))
		ids, err := w.Ready(t.Context(), time.Minute, 10)
		w.must(err)
		w.later(3 * time.Second)
		taken := 0
		for range 3 { // the oldest of each phone at a time
			for _, id := range ids {
				ok, err := w.AnswerProbe(t.Context(), id, probe)
				if w.must(err); ok {
					taken++
				}
			}
			ids, err = w.Ready(t.Context(), time.Minute, 10)
			w.must(err)
		}
		if len(ids) != 1 || taken != 2 {
			t.Errorf("%d texts are left, %d were the probe's", len(ids), taken)
		}
		rounds, err := w.Probes(t.Context(), 5)
		w.must(err)
		if len(rounds) != 1 || rounds[0].Answered.Sub(rounds[0].Sent) != 3*time.Second {
			t.Errorf("%+v", rounds)
		}
		w.later(5 * time.Minute)
		if sent, err := w.SendProbe(t.Context(), 5*time.Minute, "555555", notice); err != nil || !sent {
			t.Errorf("the next period: %t, %v", sent, err)
		}
	})
}

// The number may be an officer's: their words are no probe's because of it.
func TestWhatIsNoProbesAnswerIsAnOrdinaryReplyAlsoFromTheProbesNumber(t *testing.T) {
	const probe = "+84570000999"
	each(t, func(t *testing.T, w *world) {
		_, err := w.SendProbe(t.Context(), 5*time.Minute, "482913", func(now time.Time) escalation.Notice {
			return escalation.Notice{Template: "KT", To: escalation.Recipient{Phone: probe}, Lane: escalation.LaneSlip, Class: escalation.ClassAnswer, Attempt: 1, At: now}
		})
		w.must(err)
		for text, want := range map[string]bool{
			"NHAN 57234": false, "HEN 57234 2 ngay": false, "57234": false, "KT": false, "KT 57234": false, "XONG 57234 lap den KT 123456": false, "": false,
			"kt 482913": true, "482913": true, "Auto: KT 482913": true, "KT 111111": true,
		} {
			w.receive(w.single("0570000999", text))
			ids, err := w.Ready(t.Context(), time.Minute, 10)
			w.must(err)
			if len(ids) != 1 {
				t.Fatalf("%q: %d texts wait", text, len(ids))
			}
			if taken, err := w.AnswerProbe(t.Context(), ids[0], probe); err != nil || taken != want {
				t.Errorf("%q taken for the probe's: %t, %v; want %t", text, taken, err, want)
			}
			if !want {
				w.apply(ids[0])
			}
		}
	})
}
