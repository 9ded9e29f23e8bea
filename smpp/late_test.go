package smpp_test

import (
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"notify1022/smpp"
)

// slowPeer binds, answers enquire_link at once and submits when the test says so.
type slowPeer struct {
	*peer
	b       *bubble
	client  *smpp.Client
	submits chan uint32   // numbers of those that came
	probes  chan uint32   // and of enquire_links that it left unanswered
	mute    atomic.Bool   // enquire_link is not answered
	ended   chan struct{} // closed with the link
}

func (b *bubble) slow() *slowPeer {
	c := b.start()
	p := &slowPeer{peer: b.scripted(), b: b, client: c, submits: make(chan uint32, 10_000), probes: make(chan uint32, 100), ended: make(chan struct{})}
	go p.serve()
	if err := c.WaitBound(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	return p
}

func (p *slowPeer) serve() {
	defer close(p.ended)
	for {
		a, err := p.read()
		switch {
		case err == io.EOF:
			return
		case err != nil: // quiet for long
		case a.id == submitID:
			p.submits <- a.seq
		case a.id == bindTRX:
			p.nc.Write(raw(bindTRXResp, 0, a.seq, []byte("smsc\x00")...))
		case a.id == enquireID && p.mute.Load():
			p.probes <- a.seq
		case a.id&0x80000000 == 0:
			p.nc.Write(raw(a.id|0x80000000, 0, a.seq))
		}
	}
}

// submit sends n texts and returns their numbers.
func (p *slowPeer) submit(n int, done func(smpp.Outcome)) (seqs []uint32) {
	p.b.t.Helper()
	for range n {
		if err := p.client.SubmitAsync(p.b.t.Context(), text(officer, "x"), done); err != nil {
			p.b.t.Fatal(err)
		}
	}
	for range n {
		seqs = append(seqs, <-p.submits)
	}
	return seqs
}

// answer accepts the submits.
func (p *slowPeer) answer(seqs ...uint32) {
	for _, seq := range seqs {
		p.nc.Write(raw(submitResp, 0, seq, 'i', 'd', 0))
	}
	time.Sleep(time.Second / 10)
}

func nobody(smpp.Outcome) {}

// end waits until the link is closed.
func (p *slowPeer) end() {
	p.b.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(time.Minute):
		p.b.t.Fatal("the link is not closed")
	}
}

// Two parts of one text, and the first once more, have the number and the reference in
// common.
func TestALateResponseFindsItsOwnSubmissionAmongThoseOfOneText(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.cfg.OnLate = func(l smpp.Late) { l.Done(l.Outcome) }
		p := b.slow()
		names := []string{"part 1", "part 2", "part 1 again"}
		var mu sync.Mutex
		heard := map[string][]string{}
		var seqs []uint32
		for _, name := range names {
			seqs = append(seqs, p.submit(1, func(o smpp.Outcome) {
				mu.Lock()
				defer mu.Unlock()
				heard[name] = append(heard[name], o.Kind.String()+" "+o.MessageID)
			})...)
		}
		time.Sleep(12 * time.Second)
		for i, name := range slices.Backward(names) {
			late := raw(submitResp, 0, seqs[i], []byte(name+"\x00")...)
			p.nc.Write(late)
			p.nc.Write(late) // twice
		}
		time.Sleep(time.Second)
		mu.Lock()
		defer mu.Unlock()
		for _, name := range names {
			if got := heard[name]; !slices.Equal(got, []string{"unknown ", "accepted " + name}) {
				t.Errorf("%s heard %q", name, got)
			}
		}
		if st := p.client.Stats(); st.LateResponses != 3 || st.StrayResponses != 3 {
			t.Errorf("%+v", st)
		}
	})
}

func TestARequestThatTimedOutIsRememberedForTenMinutes(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		p := b.slow()
		seqs := p.submit(3, nobody)
		time.Sleep(12 * time.Second)
		p.answer(seqs[1])
		time.Sleep(9 * time.Minute)
		p.answer(seqs[0])
		time.Sleep(time.Minute)
		p.answer(seqs[2])
		if st := p.client.Stats(); st.LateResponses != 2 || st.StrayResponses != 1 || st.Binds != 1 {
			t.Errorf("%+v", st)
		}
	})
}

func TestOfRequestsThatTimedOutAThousandAreRemembered(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		const most = 1024
		b.cfg.Window = 2 * most
		p := b.slow()
		first := p.submit(1, nobody)
		time.Sleep(time.Second)
		seqs := p.submit(most, nobody)
		time.Sleep(12 * time.Second)
		p.answer(first...)
		p.answer(seqs...)
		if st := p.client.Stats(); st.LateResponses != most || st.StrayResponses != 1 {
			t.Errorf("%+v", st)
		}
	})
}

func TestAPeerThatAnswersEverySubmitLateKeepsItsLink(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		const many = 25 // twenty without any answer end the link
		b.cfg.Window = 100
		p := b.slow()
		time.Sleep(time.Second) // not in the instant in which the bind was answered
		for range 3 {
			seqs := p.submit(many, nobody)
			time.Sleep(15 * time.Second)
			p.answer(seqs...)
		}
		if st := p.client.Stats(); st.Binds != 1 || !p.client.Bound() || st.LateResponses != 3*many {
			t.Errorf("%+v", st)
		}
	})
}

func TestAPeerThatAnswersEnquireLinkAloneIsGivenUpByTheClock(t *testing.T) {
	// hostile row 23
	inBubble(t, func(t *testing.T, b *bubble) {
		b.cfg.Window = 100
		p := b.slow()
		time.Sleep(time.Second) // not in the instant in which the bind was answered
		begun := time.Now()
		p.submit(25, nobody)
		p.end()
		if took := time.Since(begun); !about(took, 20*time.Second) {
			t.Errorf("closed after %s", took)
		}
	})
}
