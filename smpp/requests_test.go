package smpp_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"notify1022/smpp"
	"notify1022/smpp/smsc"
)

func TestQueryCancelAndReplaceReadBackAsWritten(t *testing.T) {
	q := smpp.Query{MessageID: "42", Source: smpp.Sender(hotline)}
	b, err := smpp.AppendQuery(nil, q)
	if got, err2 := smpp.DecodeQuery(b); err != nil || err2 != nil || got != q {
		t.Errorf("query %+v, %v, %v", got, err, err2)
	}
	qr := smpp.QueryResult{MessageID: "42", FinalDate: "261123120100028+", State: smpp.StateUndeliverable, Err: 0x21}
	b, err = smpp.AppendQueryResp(nil, qr)
	if got, err2 := smpp.DecodeQueryResp(b); err != nil || err2 != nil || got != qr {
		t.Errorf("query_sm_resp %+v, %v, %v", got, err, err2)
	}
	c := smpp.Cancel{ServiceType: "CMT", MessageID: "42", Source: smpp.Sender(hotline), Dest: smpp.International(officer)}
	b, err = smpp.AppendCancel(nil, c)
	if got, err2 := smpp.DecodeCancel(b); err != nil || err2 != nil || got != c {
		t.Errorf("cancel %+v, %v, %v", got, err, err2)
	}
	r := smpp.Replace{MessageID: "42", Source: smpp.Sender(hotline), ValidityPeriod: "000001000000000R", RegisteredDelivery: 1, ShortMessage: []byte("hi")}
	b, err = smpp.AppendReplace(nil, r)
	if got, err2 := smpp.DecodeReplace(b); err != nil || err2 != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("replace %+v, %v, %v", got, err, err2)
	}
	for cut := range b {
		if _, err := smpp.DecodeReplace(b[:cut]); err == nil {
			t.Errorf("a replace_sm cut at %d is accepted", cut)
		}
	}
	if _, err := smpp.AppendQuery(nil, smpp.Query{MessageID: strings.Repeat("1", 65)}); !errors.Is(err, smpp.ErrTooLong) {
		t.Errorf("long id: %v", err)
	}
}

func TestTheServerTellsWhatBecameOfAMessage(t *testing.T) {
	server, addr := mustListen(t, smsc.Config{})
	c := mustBind(t, quick(addr))
	server.Handset(officer).Unreachable()
	out := c.Submit(testContext(t), text(officer, "x"))
	r, err := c.Query(testContext(t), smpp.Query{MessageID: out.MessageID, Source: smpp.Sender(hotline)})
	if err != nil || r.State != smpp.StateUndeliverable || r.MessageID != out.MessageID {
		t.Fatalf("result %+v, %v", r, err)
	}
	var status *smpp.StatusError
	if _, err = c.Query(testContext(t), smpp.Query{MessageID: "none"}); !errors.As(err, &status) || status.Status != smpp.StatusQueryFailed {
		t.Fatalf("unknown id: %v", err)
	}
	if err := c.Cancel(testContext(t), smpp.Cancel{MessageID: out.MessageID}); !errors.As(err, &status) || status.Status != smpp.StatusCancelFailed {
		t.Fatalf("cancel: %v", err)
	}
	if err := c.Replace(testContext(t), smpp.Replace{MessageID: out.MessageID}); !errors.As(err, &status) || status.Status != smpp.StatusReplaceFailed {
		t.Fatalf("replace: %v", err)
	}
	if c.Free() != 10 {
		t.Fatalf("free %d", c.Free())
	}
}
