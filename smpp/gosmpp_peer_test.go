package smpp_test

import (
	"testing"
	"time"

	gosmpp "github.com/fiorix/go-smpp/smpp"
	"github.com/fiorix/go-smpp/smpp/pdu"
	"github.com/fiorix/go-smpp/smpp/pdu/pdufield"
	"github.com/fiorix/go-smpp/smpp/pdu/pdutext"
	"github.com/fiorix/go-smpp/smpp/smpptest"

	"notify1022/smpp"
	"notify1022/smpp/smsc"
)

func TestGoSMPPsTestServerIsAnSMSCForUs(t *testing.T) {
	server := smpptest.NewUnstartedServer()
	server.Handler = func(c smpptest.Conn, m pdu.Body) {
		switch m.Header().ID {
		case pdu.SubmitSMID:
			resp := pdu.NewSubmitSMResp()
			resp.Header().Seq = m.Header().Seq
			resp.Fields().Set(pdufield.MessageID, "id-"+m.Fields()[pdufield.ShortMessage].String())
			c.Write(resp)
		case pdu.UnbindID:
			resp := pdu.NewUnbindResp()
			resp.Header().Seq = m.Header().Seq
			c.Write(resp)
		default:
			smpptest.EchoHandler(c, m) // what it does unless told better
		}
	}
	server.Start()
	defer server.Close()
	cfg := quick(server.Addr())
	cfg.SystemID, cfg.Password = smpptest.DefaultUser, smpptest.DefaultPasswd
	c := mustBind(t, cfg) // its bind_resp has a sequence number of its own
	for _, word := range []string{"a", "b", "c"} {
		out := c.Submit(testContext(t), text(officer, word))
		if out.Kind != smpp.Accepted || out.MessageID != "id-"+word {
			t.Fatalf("outcome %+v", out)
		}
	}
	if err := c.Close(testContext(t)); err != nil {
		t.Fatal(err)
	}
}

func TestGoSMPPsTransceiverIsServed(t *testing.T) {
	server, addr := mustListen(t, smsc.Config{Accounts: map[string]string{"user": "secret"}})
	delivered := make(chan pdu.Body, 10)
	tx := &gosmpp.Transceiver{
		Addr: addr, User: "user", Passwd: "secret", RespTimeout: 5 * time.Second,
		Handler: func(p pdu.Body) {
			if p.Header().ID == pdu.DeliverSMID {
				delivered <- p
			}
		},
	}
	status := tx.Bind()
	defer tx.Close()
	if st := <-status; st.Status() != gosmpp.Connected {
		t.Fatalf("status %v, %v", st.Status(), st.Error())
	}
	sm, err := tx.Submit(&gosmpp.ShortMessage{
		Src: hotline, Dst: officer, Text: pdutext.Raw("Phieu 4821"), Register: pdufield.FinalDeliveryReceipt,
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := server.Handset(officer).Wait(testContext(t), 0)
	if err != nil || m.Text != "Phieu 4821" || m.ID != sm.RespID() {
		t.Fatalf("message %+v, %v; id %q", m, err, sm.RespID())
	}
	next := func() string {
		select {
		case p := <-delivered:
			return p.Fields()[pdufield.ShortMessage].String()
		case <-time.After(5 * time.Second):
			t.Fatal("nothing was delivered")
			return ""
		}
	}
	if text := next(); len(text) < 10 || text[:3] != "id:" {
		t.Fatalf("receipt %q", text)
	}
	if err := server.Handset(officer).Send(testContext(t), hotline, "NHAN 4821"); err != nil {
		t.Fatal(err)
	}
	if text := next(); text != "NHAN 4821" {
		t.Fatalf("MO %q", text)
	}
}
