package smsc_test

import (
	"net"
	"testing"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/smsc"
)

// mustSession is a bound session whose owner sends what no client does, and
// the deliver_sm it was sent.
func mustSession(t *testing.T, addr string) (*smpp.Session, <-chan smpp.Deliver) {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan smpp.Deliver, 10)
	s := smpp.NewSession(nc, smpp.SessionConfig{OnRequest: func(s *smpp.Session, p smpp.PDU) bool {
		if p.ID != smpp.CmdDeliverSM {
			return false
		}
		if d, err := smpp.DecodeDeliver(p.Body); err == nil {
			got <- d
		}
		s.Respond(p, smpp.StatusOK, []byte{0})
		return true
	}})
	t.Cleanup(s.Close)
	body, err := smpp.AppendBind(nil, smpp.Bind{Mode: smpp.Transceiver, SystemID: "user", Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	if p := mustAsk(t, s, smpp.CmdBindTransceiver, body); p.Status != smpp.StatusOK {
		t.Fatalf("bind: %v", p.Status)
	}
	return s, got
}

func mustAsk(t *testing.T, s *smpp.Session, id smpp.CommandID, body []byte) smpp.PDU {
	t.Helper()
	answer := make(chan smpp.PDU, 1)
	err := s.Send(id, body, func(p smpp.PDU, err error) {
		if err != nil {
			t.Error(err)
		}
		p.Body = append([]byte(nil), p.Body...)
		answer <- p
	})
	if err != nil {
		t.Fatal(err)
	}
	return <-answer
}

func TestASubmitMultiReachesEveryHandsetThatTakesIt(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{})
	server.Handset("0570000003").Fail(smpp.StatusQueueFull)
	s, receipts := mustSession(t, addr)
	m := smpp.SubmitMulti{Submit: smpp.Submit{Source: smpp.Sender(hotline), RegisteredDelivery: 1, ShortMessage: []byte("hi")}}
	for _, n := range []string{"84570000002", "84570000003", "84570000004"} {
		m.Dests = append(m.Dests, smpp.International(n))
	}
	body, err := smpp.AppendSubmitMulti(nil, m)
	if err != nil {
		t.Fatal(err)
	}
	p := mustAsk(t, s, smpp.CmdSubmitMulti, body)
	r, err := smpp.DecodeSubmitMultiResp(p.Body)
	if err != nil || p.Status != smpp.StatusOK || r.MessageID == "" || len(r.Failed) != 1 ||
		r.Failed[0] != (smpp.FailedDest{Dest: smpp.International("84570000003"), Status: smpp.StatusQueueFull}) {
		t.Fatalf("status %v, result %+v, %v", p.Status, r, err)
	}
	for _, n := range []string{"0570000002", "0570000004"} {
		if got, err := server.Handset(n).Wait(testContext(t), 0); err != nil || got.Text != "hi" || got.ID != r.MessageID {
			t.Fatalf("inbox %+v, %v", got, err)
		}
	}
	from := map[string]bool{}
	for range 2 {
		d := <-receipts
		if told, ok := smpp.ParseReceipt(d); !ok || told.MessageID != r.MessageID {
			t.Fatalf("receipt %+v", told)
		}
		from[d.Source.Addr] = true
	}
	if len(from) != 2 || len(server.Handset("0570000003").Inbox()) != 0 {
		t.Fatalf("receipts of %v", from)
	}
	if st := server.Stats(); st.Submits != 3 || st.Accepted != 2 || st.Refused != 1 {
		t.Fatalf("stats %+v", st)
	}
}

func TestASubmitMultiThatReachesNobodyIsRefused(t *testing.T) {
	server, addr := mustServer(t, smsc.Config{Faults: smsc.Faults{ErrorRate: 1, Latency: smsc.Duration(time.Millisecond)}})
	s, _ := mustSession(t, addr)
	m := smpp.SubmitMulti{Dests: []smpp.Address{smpp.International(officer), smpp.International("84570000002")}}
	body, err := smpp.AppendSubmitMulti(nil, m)
	if err != nil {
		t.Fatal(err)
	}
	if p := mustAsk(t, s, smpp.CmdSubmitMulti, body); p.Status != smpp.StatusSystemError || len(p.Body) != 0 {
		t.Fatalf("answer %+v", p)
	}
	if st := server.Stats(); st.Accepted != 0 || st.Refused != 2 {
		t.Fatalf("stats %+v", st)
	}
}
