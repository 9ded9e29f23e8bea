package console

import (
	"net/url"
	"testing"
	"time"

	"notify1022/escalation"
)

// Đ9.1
func TestAnEmergencyAtIntakeSaysHowAndWhenTheCallEnded(t *testing.T) {
	form := url.Values{"way": {"emergency"}, "emergency_to": {"114"}}
	if _, _, err := wayOut(form); err == nil {
		t.Error("the outcome of the call was taken for granted")
	}
	form.Set("emergency_outcome", "no_answer")
	form.Set("emergency_at", "2026-11-23T08:05")
	_, cmd, err := wayOut(form)
	if err != nil {
		t.Fatal(err)
	}
	got := cmd.(*escalation.TransferEmergency)
	if want := time.Date(2026, 11, 23, 1, 5, 0, 0, time.UTC); got.Outcome != "no_answer" || !got.At.Equal(want) {
		t.Errorf("%+v", got)
	}
	act, _ := actionOf(string(escalation.VerbEmergency))
	for _, f := range act.Fields {
		if f.Name == "outcome" && (!f.Must || f.Options[0].Value != "") {
			t.Errorf("the form presets %+v", f.Options[0])
		}
	}
}
