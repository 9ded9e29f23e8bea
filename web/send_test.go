package web

import (
	"fmt"
	"strings"
	"testing"

	"notify1022/templates"
)

// sendingTo is a request to so many numbers, with what else it says.
func sendingTo(count int, more string) string {
	var to []string
	for n := range count {
		to = append(to, fmt.Sprintf(`{"phone":"0570001%03d"}`, n))
	}
	return `{"template":"T1","to":[` + strings.Join(to, ",") + `],"vars":{"noi_dung":"họp giao ban","ma":"HP261123-0001","lp":"1022.vn/p/a"}` + more + `}`
}

func TestASendingToManyIsConfirmedByItsNumberOfTexts(t *testing.T) {
	h := newHouse(t)
	send := func(body string) response {
		return h.api("shift_lead", "POST", "/messages", body, "Idempotency-Key", "storm-1")
	}
	for _, more := range []string{"", `,"agree":1`, `,"agree":100`, `,"agree":102`} {
		p := send(sendingTo(101, more)).problem(t, 422)
		if !p.names("body.agree") || p.Confirm == nil || *p.Confirm != (Confirm{Agree: 101, Recipients: 101, Segments: 101}) || !strings.Contains(p.Detail, `"agree": 101`) {
			t.Errorf("%q: %+v, confirm %+v", more, p, p.Confirm)
		}
	}
	if len(h.memory.messages) != 0 {
		t.Fatalf("%d texts were queued without a word", len(h.memory.messages))
	}
	var done Sent
	send(sendingTo(101, `,"agree":101,"title":"Bão số 9"`)).mustStatus(t, 202).mustRead(t, &done)
	if len(done.IDs) != 101 || done.Sending != 1 || h.memory.sendings[0].title != "Bão số 9" {
		t.Errorf("%d ids of sending %d: %+v", len(done.IDs), done.Sending, h.memory.sendings)
	}
	h.api("shift_lead", "POST", "/messages", sendingTo(100, "")).mustStatus(t, 202) // below the limit nobody asks
	if p := h.api("shift_lead", "POST", "/messages", sendingTo(1, `,"title":"`+strings.Repeat("ư", 201)+`"`)).problem(t, 422); !p.names("body.title") {
		t.Errorf("%+v", p)
	}
}

func TestADutyTextIsNotSentByHand(t *testing.T) {
	h := newHouse(t)
	refused, taken := map[string]bool{}, map[string]bool{}
	for _, text := range templates.Builtin().All() {
		vars := templates.Sample(text.Key)
		var list []string
		for name, value := range vars {
			list = append(list, fmt.Sprintf("%q:%q", name, value))
		}
		res := h.api("shift_lead", "POST", "/messages", fmt.Sprintf(`{"template":%q,"to":[{"phone":"0570000777"}],"vars":{%s}}`, text.Key, strings.Join(list, ",")))
		if res.StatusCode == 202 {
			taken[string(text.Key)] = true
			continue
		}
		if p := res.problem(t, 422); p.names("body.template") && strings.Contains(p.Detail, "không gửi tay") {
			refused[string(text.Key)] = true
		}
	}
	for _, key := range []string{"OTP", "XM", "O1", "O1K", "O2", "H1", "H3", "N2", "V1", "R1", "A1", "C8n", "QT", "KT", "VT", "BG"} {
		if !refused[key] {
			t.Errorf("%s is sent by hand", key)
		}
	}
	for _, key := range []string{"T1", "C1", "C4", "C7"} {
		if !taken[key] {
			t.Errorf("%s is not sent by hand", key)
		}
	}
}
