package smpp_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/sms"
	"notify1022/smpp/smsc"
)

const (
	officer = "84570000001"
	hotline = "8022"
)

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// mustListen runs an SMSC on loopback for the test.
func mustListen(t *testing.T, cfg smsc.Config) (*smsc.Server, string) {
	t.Helper()
	s := smsc.New(cfg)
	addr, err := s.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, addr.String()
}

// quick is a Config whose timers fit a test.
func quick(addr string) smpp.Config {
	return smpp.Config{
		Name: "test", Addr: addr, SystemID: "user", Password: "secret", Window: 10,
		ResponseTimeout: 2 * time.Second, BindTimeout: 2 * time.Second, UnbindTimeout: time.Second,
		BackoffMin: 5 * time.Millisecond, BackoffMax: 50 * time.Millisecond,
	}
}

// mustBind starts a client and closes it when the test ends.
func mustBind(t *testing.T, cfg smpp.Config) *smpp.Client {
	t.Helper()
	c := smpp.NewClient(cfg)
	c.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		c.Close(ctx)
	})
	if err := c.WaitBound(testContext(t)); err != nil {
		t.Fatal(err)
	}
	return c
}

// collect is a handler that passes on what it gets.
type collect chan smpp.Deliver

func (c collect) HandleDeliver(ctx context.Context, d smpp.Deliver) error {
	select {
	case c <- d:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c collect) next(t *testing.T) smpp.Deliver {
	t.Helper()
	select {
	case d := <-c:
		return d
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was delivered")
		return smpp.Deliver{}
	}
}

func text(to, text string) smpp.Submit {
	return smpp.Submit{
		Source: smpp.Sender(hotline), Dest: smpp.International(to),
		RegisteredDelivery: 1, ShortMessage: []byte(text),
	}
}

func TestASubmitIsAcceptedArrivesAndIsReceipted(t *testing.T) {
	server, addr := mustListen(t, smsc.Config{Accounts: map[string]string{"user": "secret"}})
	cfg, inbox := quick(addr), make(collect, 10)
	cfg.Handler = inbox
	c := mustBind(t, cfg)

	s := text(officer, "Phieu 4821")
	s.UserMessageReference = 77
	out := c.Submit(testContext(t), s)
	if out.Kind != smpp.Accepted || out.MessageID == "" || out.Why != nil {
		t.Fatalf("outcome %+v", out)
	}
	m, err := server.Handset("0570000001").Wait(testContext(t), 0)
	if err != nil || m.Text != "Phieu 4821" || m.From != hotline || m.ID != out.MessageID {
		t.Fatalf("inbox %+v, %v", m, err)
	}
	d := inbox.next(t)
	r, ok := smpp.ParseReceipt(d)
	if !ok || r.MessageID != out.MessageID || r.State != smpp.StateDelivered || r.Text != "Phieu 4821" {
		t.Fatalf("receipt %+v, %v", r, ok)
	}
	if d.UserMessageReference != 77 || r.DoneDate.IsZero() || d.ReceivedAt.IsZero() {
		t.Fatalf("receipt lacks its reference or dates: %+v %+v", d, r)
	}
}

func TestLongTextsGoBothWays(t *testing.T) {
	long := strings.Repeat("Đề nghị đơn vị kiểm tra, trả lời công dân. ", 8)
	server, addr := mustListen(t, smsc.Config{})
	cfg, inbox := quick(addr), make(collect, 10)
	cfg.Handler = inbox
	c := mustBind(t, cfg)
	for _, how := range []sms.Concat{sms.UDH8, sms.UDH16, sms.SAR, sms.Payload} {
		t.Run(how.String(), func(t *testing.T) {
			h := server.Handset(fmt.Sprintf("8457000001%d", how))
			for _, s := range submits(t, h.Number(), long, how) {
				if out := c.Submit(testContext(t), s); out.Kind != smpp.Accepted {
					t.Fatalf("outcome %+v", out)
				}
			}
			m, err := h.Wait(testContext(t), 0)
			if err != nil || m.Text != long {
				t.Fatalf("got %q, %v", m.Text, err)
			}
		})
	}

	sent := make(chan error, 1)
	go func() { sent <- server.Handset(officer).Send(testContext(t), hotline, long) }()
	var parts []byte
	for {
		d := inbox.next(t)
		if d.IsReceipt() {
			continue
		}
		rest, part, cut := d.Segment()
		if !cut || d.ESMClass&smpp.ESMClassUDHI == 0 {
			t.Fatalf("part without a header: %+v", d)
		}
		parts = append(parts, rest...)
		if part.Seq == part.Total {
			break
		}
	}
	if got := sms.DecodeUCS2(parts); got != long {
		t.Fatalf("MO %q", got)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
}

// submits is a text cut for the air.
func submits(t *testing.T, to, long string, how sms.Concat) []smpp.Submit {
	t.Helper()
	all, err := smpp.Texts(text(to, ""), long, sms.UCS2, how, 9)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestARefusedDeliverIsSentAgainAndOnlyThenAcknowledged(t *testing.T) {
	server, addr := mustListen(t, smsc.Config{RetryDelay: 5 * time.Millisecond})
	var calls atomic.Int32
	cfg := quick(addr)
	cfg.Handler = smpp.HandlerFunc(func(context.Context, smpp.Deliver) error {
		switch calls.Add(1) {
		case 1:
			return errors.New("the database is away")
		case 2:
			panic("a bug")
		}
		return nil
	})
	c := mustBind(t, cfg)
	if err := server.Handset(officer).Send(testContext(t), hotline, "NHAN 4821"); err != nil {
		t.Fatal(err)
	}
	if n := calls.Load(); n != 3 {
		t.Fatalf("handler called %d times", n)
	}
	if st := c.Stats(); st.Delivered != 1 || st.DeliverRefused != 2 {
		t.Fatalf("stats %+v", st)
	}
}

func TestDeliversOfOneSourceStayInOrder(t *testing.T) {
	server, addr := mustListen(t, smsc.Config{})
	var mu sync.Mutex
	got := map[string][]string{}
	cfg := quick(addr)
	cfg.Handler = smpp.HandlerFunc(func(_ context.Context, d smpp.Deliver) error {
		mu.Lock()
		defer mu.Unlock()
		got[d.Source.Addr] = append(got[d.Source.Addr], string(d.ShortMessage))
		return nil
	})
	mustBind(t, cfg)
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Go(func() {
			h := server.Handset(fmt.Sprintf("8457000020%d", i))
			for n := range 20 {
				if err := h.Send(testContext(t), hotline, fmt.Sprintf("%02d", n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for source, texts := range got {
		if len(texts) != 20 || !slices.IsSorted(texts) {
			t.Errorf("%s: %v", source, texts)
		}
	}
	if len(got) != 5 {
		t.Errorf("%d sources", len(got))
	}
}

func TestEverySubmitEndsInOneOutcomeWhileLinksDrop(t *testing.T) {
	server, addr := mustListen(t, smsc.Config{Faults: smsc.Faults{
		DropEvery: 97, ErrorRate: 0.05, DuplicateResponses: true,
	}})
	cfg := quick(addr)
	cfg.Binds, cfg.Window = 3, 20
	cfg.BackoffMin, cfg.BackoffMax = time.Millisecond, 5*time.Millisecond
	c := mustBind(t, cfg)
	const total = 2000
	var ends [total]atomic.Int32
	var wg sync.WaitGroup
	for i := range total {
		wg.Add(1)
		err := c.SubmitAsync(testContext(t), text(officer, "x"), func(smpp.Outcome) {
			ends[i].Add(1)
			wg.Done()
		})
		if err != nil {
			t.Fatalf("submit %d: %v", i, err)
		}
	}
	wg.Wait()
	for i := range ends {
		if n := ends[i].Load(); n != 1 {
			t.Fatalf("submit %d ended %d times", i, n)
		}
	}
	st := c.Stats()
	if st.Submitted != total || st.Accepted+st.Refused+st.Unknown != total || st.InFlight != 0 {
		t.Fatalf("stats do not add up: %+v", st)
	}
	if st.Unknown == 0 || st.Refused == 0 || st.StrayResponses == 0 || st.Binds < 10 {
		t.Fatalf("the faults did not bite: %+v", st)
	}
	if sv := server.Stats(); sv.Accepted < st.Accepted || sv.Accepted > st.Accepted+st.Unknown {
		t.Fatalf("the server took %d; client %+v", sv.Accepted, st)
	}
}

func TestCloseDrainsWhatIsInFlight(t *testing.T) {
	server, addr := mustListen(t, smsc.Config{Faults: smsc.Faults{Latency: smsc.Duration(100 * time.Millisecond)}})
	c := mustBind(t, quick(addr))
	outcomes := make(chan smpp.Outcome, 10)
	for range 10 {
		if err := c.SubmitAsync(testContext(t), text(officer, "x"), func(o smpp.Outcome) { outcomes <- o }); err != nil {
			t.Fatal(err)
		}
	}
	events := server.Events(testContext(t))
	if err := c.Close(testContext(t)); err != nil {
		t.Fatal(err)
	}
	close(outcomes)
	for o := range outcomes {
		if o.Kind != smpp.Accepted {
			t.Errorf("outcome %+v", o)
		}
	}
	for e := range events {
		if e.Kind == smsc.EventUnbind {
			break
		}
	}
	out := c.Submit(testContext(t), text(officer, "late"))
	if out.Kind != smpp.Refused || !errors.Is(out.Why, smpp.ErrNotSent) || !errors.Is(out.Why, smpp.ErrClosed) {
		t.Fatalf("after Close: %+v", out)
	}
	if err := c.Close(testContext(t)); err != nil {
		t.Fatalf("second Close: %v", err)
	}
}

func TestTheWindowIsNeverExceeded(t *testing.T) {
	var open, most atomic.Int32
	_, addr := mustListen(t, smsc.Config{
		Faults:  smsc.Faults{Latency: smsc.Duration(20 * time.Millisecond)},
		Verdict: func(smpp.Submit) smsc.Verdict { most.Store(max(most.Load(), open.Load())); return smsc.Verdict{} },
	})
	cfg := quick(addr)
	cfg.Window = 4
	c := mustBind(t, cfg)
	if c.Free() != 4 {
		t.Fatalf("free %d", c.Free())
	}
	var wg sync.WaitGroup
	for range 20 {
		open.Add(1)
		wg.Add(1)
		err := c.SubmitAsync(testContext(t), text(officer, "x"), func(smpp.Outcome) { open.Add(-1); wg.Done() })
		if err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	if n := most.Load(); n > 6 || n < 2 { // one waits for its slot, one is about to report
		t.Fatalf("%d open at once", n)
	}
	if c.Free() != 4 {
		t.Fatalf("free %d after all", c.Free())
	}
}

func TestASubmitThatCannotLeaveIsRefused(t *testing.T) {
	nowhere := quick("")
	nowhere.Dial = func(context.Context) (net.Conn, error) { return nil, errors.New("no route") }
	c := smpp.NewClient(nowhere)
	c.Start()
	defer c.Close(testContext(t))
	ctx, cancel := context.WithTimeout(testContext(t), 30*time.Millisecond)
	defer cancel()
	out := c.Submit(ctx, text(officer, "x"))
	if out.Kind != smpp.Refused || !errors.Is(out.Why, smpp.ErrNotSent) || !out.Temporary() {
		t.Fatalf("outcome %+v", out)
	}
	out = c.Submit(ctx, text(officer, strings.Repeat("x", 255)))
	if out.Kind != smpp.Refused || !errors.Is(out.Why, smpp.ErrTooLong) || out.Temporary() {
		t.Fatalf("255 octets: %+v", out)
	}
	if st := c.Stats(); st.Submitted != 2 || st.Refused != 2 || st.BindFailures == 0 {
		t.Fatalf("stats %+v", st)
	}
}

func TestStatusesSayWhetherToTryAgain(t *testing.T) {
	_, addr := mustListen(t, smsc.Config{Verdict: func(s smpp.Submit) smsc.Verdict {
		status, _ := smpp.ParseStatus(string(s.ShortMessage))
		return smsc.Verdict{Status: status}
	}})
	c := mustBind(t, quick(addr))
	for _, tc := range []struct {
		status    string
		temporary bool
	}{
		{"RSYSERR", true},
		{"RSUBMITFAIL", true},
		{"RINVDSTADR", false},
		{"RINVSRCADR", false},
	} {
		out := c.Submit(testContext(t), text(officer, tc.status))
		var status *smpp.StatusError
		if out.Kind != smpp.Refused || out.Status.String() != "ESME_"+tc.status || out.Temporary() != tc.temporary || !errors.As(out.Why, &status) {
			t.Errorf("%s: %+v", tc.status, out)
		}
	}
}

func TestAVendorsOwnListSaysWhatItsStatusesMean(t *testing.T) {
	_, addr := mustListen(t, smsc.Config{Verdict: func(s smpp.Submit) smsc.Verdict {
		status, _ := smpp.ParseStatus(string(s.ShortMessage))
		return smsc.Verdict{Status: status}
	}})
	cfg := quick(addr)
	cfg.Classes = map[smpp.Status]smpp.Class{0x0401: smpp.ClassPermanent, 0x0402: smpp.ClassSlowdown, smpp.StatusReceiverPermanent: smpp.ClassSystem}
	c := mustBind(t, cfg)
	for _, tc := range []struct {
		status    string
		class     smpp.Class
		temporary bool
	}{
		{"0x0401", smpp.ClassPermanent, false},
		{"0x0402", smpp.ClassSlowdown, true},
		{"0x0403", smpp.ClassTemporary, true}, // not on the list
		{"RX_P_APPN", smpp.ClassSystem, true},
		{"RSYSERR", smpp.ClassSystem, true},
		{"RTHROTTLED", smpp.ClassSlowdown, true},
		{"RINVDSTADR", smpp.ClassPermanent, false},
		{"ROK", smpp.Unclassed, false},
	} {
		if out := c.Submit(testContext(t), text(officer, tc.status)); out.Class() != tc.class || out.Temporary() != tc.temporary {
			t.Errorf("%s is %s, temporary %t: %+v", tc.status, out.Class(), out.Temporary(), out)
		}
	}
	if n := c.Stats().Throttled; n != 2 {
		t.Errorf("%d answers asked for a slower pace, want 2", n)
	}
}

func TestThrottlingSlowsDownAndLosesNothing(t *testing.T) {
	_, addr := mustListen(t, smsc.Config{Faults: smsc.Faults{Rate: 50}})
	cfg := quick(addr)
	pacer := smpp.NewPacer(2000, 10)
	cfg.Pacer = pacer
	c := mustBind(t, cfg)
	var began time.Time
	for c.Stats().Throttled == 0 {
		began = time.Now()
		if out := c.Submit(testContext(t), text(officer, "x")); out.Kind == smpp.Unknown {
			t.Fatalf("outcome %+v", out)
		}
	}
	if pacer.Rate() >= 2000 {
		t.Fatalf("rate still %v", pacer.Rate())
	}
	c.Submit(testContext(t), text(officer, "x"))
	if waited := time.Since(began); waited < 100*time.Millisecond {
		t.Fatalf("no pause after RTHROTTLED: %v", waited)
	}
}
