package smpp_test

import (
	"context"
	"testing"
	"time"

	"notify1022/smpp"
)

func TestCloseEndsAlthoughTheSMSCHasEverMoreToTell(t *testing.T) {
	cfg := quick("")
	cfg.Handlers = 1
	begun := make(chan struct{}, 1000)
	cfg.Handler = smpp.HandlerFunc(func(ctx context.Context, _ smpp.Deliver) error {
		select {
		case begun <- struct{}{}:
		default:
		}
		select { // slower than they come
		case <-time.After(2 * time.Millisecond):
		case <-ctx.Done():
		}
		return nil
	})
	c, p := mustBoundPeer(t, cfg)
	const ahead = 20 // always unanswered
	for i := range uint32(ahead) {
		p.send(raw(deliverID, 0, i+1, mo("x", "")...))
	}
	refused := make(chan int, 1)
	go func() { // a new one for each that was taken
		n := 0
		defer func() { refused <- n }()
		for seq := uint32(ahead + 1); ; seq++ {
			a, err := p.read()
			switch {
			case err != nil:
				return
			case a.id == unbindID:
				p.nc.Write(raw(unbindResp, 0, a.seq))
			case a.id == deliverResp && a.status == 0:
				p.nc.Write(raw(deliverID, 0, seq, mo("x", "")...))
			case a.id == deliverResp:
				n++
			}
		}
	}()
	for range ahead {
		<-begun
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
	if n := <-refused; n == 0 {
		t.Error("nothing was left for the next start")
	}
	if st := c.Stats(); st.Delivered < ahead {
		t.Errorf("what had come before was not handled: %+v", st)
	}
}

func TestCloseWithAnEndedContextCutsALinkThatTakesNothing(t *testing.T) {
	// hostile row 26: net.Pipe has no buffer, so the unbind cannot be written
	ours, theirs := pipePair(t)
	cfg := quick("")
	cfg.WriteTimeout, cfg.UnbindTimeout = time.Minute, time.Minute
	dialled := false
	cfg.Dial = dialOnce(ours, &dialled)
	c := smpp.NewClient(cfg)
	c.Start()
	p := &peer{t, theirs}
	p.acceptBind()
	if err := c.WaitBound(testContext(t)); err != nil {
		t.Fatal(err)
	}
	got := start(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	if err := c.Close(ctx); err == nil {
		t.Error("Close says that the link was unbound")
	}
	if d := time.Since(began); d > 2*time.Second {
		t.Errorf("Close took %v", d)
	}
	mustEndAs(t, got, smpp.Unknown)
}
