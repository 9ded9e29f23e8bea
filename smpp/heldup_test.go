package smpp_test

import (
	"testing"
	"time"

	"notify1022/smpp"
)

// The process is stopped (SIGSTOP, a paused machine) from the 11th second to the 26th:
// the session's timers stand still in a done function, and what the peer sends in that time
// is handed to the reader only after they have run.
const (
	stopped = 11 * time.Second
	resumed = 26 * time.Second
)

// stop has the end of a submit that is never answered stop the timers.
func (p *slowPeer) stop() {
	p.b.t.Helper()
	p.submit(1, func(smpp.Outcome) { time.Sleep(resumed - stopped) })
}

func TestAnswersThatCameWhileTheProcessWasStoppedAreTaken(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		const many = 25 // twenty without any answer end the link
		b.cfg.Window = 100
		begun := time.Now()
		p := b.slow()
		p.stop()
		time.Sleep(stopped - time.Since(begun) - time.Second/2)
		ended := make(chan smpp.Outcome, many)
		seqs := p.submit(many, func(o smpp.Outcome) { ended <- o })
		time.Sleep(resumed - time.Since(begun) + time.Second/10) // the timers have run, now the reader does
		p.answer(seqs...)
		for range many {
			if o := <-ended; o.Kind != smpp.Accepted {
				t.Fatalf("outcome %+v", o)
			}
		}
		time.Sleep(time.Minute)
		if st := p.client.Stats(); st.Binds != 1 || !p.client.Bound() || st.Unknown != 1 || st.LateResponses != 0 {
			t.Errorf("%+v", st)
		}
	})
}

func TestAnEnquireLinkThatWasAnsweredWhileTheProcessWasStoppedProvesLife(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.cfg.EnquireLink = 8 * time.Second // tick: 1 s
		begun := time.Now()
		p := b.slow()
		p.stop()
		p.mute.Store(true)
		probe := <-p.probes
		if since := time.Since(begun); since >= stopped {
			t.Fatalf("probed after %s", since)
		}
		time.Sleep(resumed - time.Since(begun) + time.Second/10)
		p.mute.Store(false)
		p.nc.Write(raw(enquireResp, 0, probe))
		time.Sleep(time.Minute)
		if st := p.client.Stats(); st.Binds != 1 || !p.client.Bound() {
			t.Errorf("%+v", st)
		}
	})
}

func TestALinkThatDiedWhileTheProcessWasStoppedIsFound(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.cfg.Window = 100
		begun := time.Now()
		p := b.slow()
		p.mute.Store(true)
		p.stop()
		time.Sleep(stopped - time.Since(begun) - time.Second/2)
		ended := make(chan smpp.Outcome, 25)
		p.submit(25, func(o smpp.Outcome) { ended <- o })
		for range 25 {
			if o := <-ended; o.Kind != smpp.Unknown {
				t.Fatalf("outcome %+v", o)
			}
		}
		if took := time.Since(begun) - resumed; took > 2*time.Second {
			t.Errorf("in flight for %s more", took)
		}
		p.end()
		if took := time.Since(begun) - resumed; took > 12*time.Second {
			t.Errorf("closed after %s", took)
		}
	})
}
