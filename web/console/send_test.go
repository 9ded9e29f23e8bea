package console

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"notify1022/escalation"
)

// sendings and changeLog are interfaces by names that are none of their methods.
type (
	sendings  interface{ Sendings }
	changeLog interface{ ChangeLog }
)

// refusing is a sending whose one text was refused with words of the SMSC's.
type refusing struct {
	sendings
	changeLog
	said  string
	asked *[]escalation.MessageState
}

func (refusing) Sending(context.Context, int64) (Sending, error) { return Sending{ID: 9}, nil }

func (r refusing) Outcomes(_ context.Context, _ int64, states []escalation.MessageState, _ string, _ int) ([]SendOutcome, string, error) {
	*r.asked = states
	return []SendOutcome{{Message: 1, Phone: "+84570000001", State: escalation.Failed, Error: r.said}}, "", nil
}

func (refusing) Note(context.Context, escalation.Actor, string, string, string, string) error {
	return nil
}

// What others say is no formula in the spreadsheet that opens the list, and does not stand in
// it; the list is read by people, and has whose text nobody knows about too.
func TestAListOfFailuresRunsNothing(t *testing.T) {
	var asked []escalation.MessageState
	r := refusing{asked: &asked, said: `=HYPERLINK("http://evil.example")`}
	c := &console{Config: Config{Sendings: r, Log: r}}
	w := httptest.NewRecorder()
	v := &visit{ResponseWriter: w, Request: httptest.NewRequest("GET", "/console/send/9/failures.csv", nil), c: c}
	v.Request.SetPathValue("id", "9")
	if err := c.sendingFailures(v); err != nil {
		t.Fatal(err)
	}
	if got := w.Body.String(); strings.Contains(got, "HYPERLINK") || !strings.Contains(got, unknownFault) || !strings.Contains(got, ",+84570000001,không gửi được,") || !strings.HasPrefix(got, byteOrderMark+"Tin số,Số điện thoại,Trạng thái,Lỗi") {
		t.Errorf("the list is %s", got)
	}
	if !slices.Contains(asked, escalation.Unknown) {
		t.Errorf("the list is of %v", asked)
	}
}
