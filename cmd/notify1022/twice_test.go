package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/store"
)

// numberedForm is a form of the console that is carried out once for each time that it was
// shown.
type numberedForm struct {
	name     string
	who      *visitor
	page, to string   // where it is shown, and posted
	field    string   // that tells it from others of the page that go there
	typed    []string // names and values
	wrong    []string // one of them, as it is refused
	count    func() int
	secret   string // what the page says beside a secret that is shown once; empty: it leads on
}

// shown is the form as a browser that opens the page would send it, with what was typed.
func (f numberedForm) shown() []string {
	f.who.t.Helper()
	pairs := formTo(f.who.t, f.who.must(f.who.get(f.page), 200).body, f.to, f.field)
	for i := 0; i+1 < len(f.typed); i += 2 {
		if slices.Contains(pairs, f.typed[i]) {
			pairs = with(pairs, f.typed[i], f.typed[i+1])
		} else {
			pairs = append(pairs, f.typed[i], f.typed[i+1])
		}
	}
	return pairs
}

// numberedForms are the forms, each with somebody who fills it in.
func (h *hotline) numberedForms() []numberedForm {
	operator, lead, admin, office := h.signedIn(escalation.Operator, ""), h.signedIn(escalation.ShiftLead, ""), h.signedIn(escalation.Administrator, ""), h.signedIn(escalation.Office, "")
	db := h.room.Store
	err := db.Tx(h.ctx, func(tx escalation.Tx) error {
		return tx.Post(h.ctx, nil, []escalation.Task{{Key: "call", Kind: escalation.TaskCall, Text: "Gọi bà Mẫu", For: escalation.Operator, OpenedAt: tx.Now()}})
	})
	if err != nil {
		h.t.Fatal(err)
	}
	call := func() escalation.Task {
		open, err := db.Tasks(h.ctx, store.TaskFilter{Kind: escalation.TaskCall})
		if err != nil || len(open.Items) != 1 {
			h.t.Fatalf("%+v, %v", open, err)
		}
		return open.Items[0]
	}
	filed := h.petition(true)
	h.call(200, "POST", "/api/v1/petitions/"+filed+"/written-file", object{"reason": "dân phản ánh nhiều lần"})
	told := func(words string) func() int {
		return func() (n int) {
			p, err := db.PetitionByCode(h.ctx, filed)
			if err != nil {
				h.t.Fatal(err)
			}
			for _, e := range p.Timeline {
				if strings.Contains(e.Text, words) {
					n++
				}
			}
			return n
		}
	}
	ward := "/console/directory/LACHTRAY"
	return []numberedForm{
		{name: "a call that reached nobody", who: operator, page: "/console/tasks", to: "/console/tasks/" + fmt.Sprint(call().ID) + "/done", field: "note",
			typed: []string{"note", "máy bận", "try", "không nghe máy"}, wrong: []string{"try", ""}, count: func() int { return call().Tries }},
		{name: "a document's number", who: office, page: "/console/ho-so?state=sent", to: "/console/ho-so/act/van-ban", field: "document_no",
			typed: []string{"document_no", "77/VP-TCD"}, wrong: []string{"document_date", "2027-01-01"}, count: told("77/VP-TCD")},
		{name: "a draft of a month", who: lead, page: "/console/bao-cao", to: "/console/bao-cao/du-thao", field: "period",
			typed: []string{"period", "2026-09"}, wrong: []string{"period", "2026-12"}, count: func() int {
				return many(h, func() ([]store.ReportDraft, error) { return db.ReportDrafts(h.ctx, false, 100) })
			}},
		{name: "a person of a unit", who: lead, page: ward, to: ward + "/contacts", field: "ask",
			typed: []string{"role", "deputy", "name", "Chu Thị Thí", "email", "thi@example.vn"}, wrong: []string{"phone", "12"}, count: func() int {
				return many(h, func() ([]escalation.Contact, error) { return db.Contacts(h.ctx, store.ContactFilter{}) })
			}},
		{name: "a key", who: admin, page: "/console/links", to: "/console/links/key", field: "name", secret: "Mã bí mật của khóa Cổng dịch vụ",
			typed: []string{"name", "Cổng dịch vụ", "role", "operator"}, wrong: []string{"unit", "LACHTRAY"}, count: func() int { return many(h, func() ([]store.APIKey, error) { return db.APIKeys(h.ctx) }) }},
		{name: "a webhook", who: admin, page: "/console/links", to: "/console/links/webhook", field: "url", secret: "Mã bí mật của webhook https://example.vn/",
			typed: []string{"url", "https://example.vn/"}, wrong: []string{"url", "http://example.vn/"}, count: func() int { return many(h, func() ([]store.Webhook, error) { return db.Webhooks(h.ctx) }) }},
		{name: "a request about personal data", who: admin, page: "/console/personal", to: "/console/personal", field: "kind",
			typed: []string{"phone", citizenPhone}, wrong: []string{"phone", "12"}, count: func() int {
				return many(h, func() ([]escalation.PersonalRequest, error) {
					page, err := db.PersonalRequests(h.ctx, "", 100)
					return page.Items, err
				})
			}},
	}
}

// many is how many a list has.
func many[T any](h *hotline, list func() ([]T, error)) int {
	all, err := list()
	if err != nil {
		h.t.Error(err)
	}
	return len(all)
}

// answered ends the test where neither the first nor a further sending would be answered so;
// it returns whether the secret is there.
func (f numberedForm) answered(t *testing.T, got shownPage) (first bool) {
	t.Helper()
	if f.secret == "" {
		f.who.must(got, 303)
		return true
	}
	f.who.must(got, 200)
	first = strings.Contains(got.body, f.secret)
	if !first && !strings.Contains(got.body, "đã được tạo ở lần gửi đầu") {
		t.Fatalf("neither the secret nor that it was shown:\n%.3000s", got.body)
	}
	return first
}

func TestAFormOfTheConsoleIsCarriedOutOnceForEachTimeItWasShown(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	for _, f := range h.numberedForms() {
		t.Run(f.name, func(t *testing.T) {
			before := f.count()
			expect := func(more int, what string) {
				t.Helper()
				if before += more; f.count() != before {
					t.Fatalf("%s: there are %d, want %d", what, f.count(), before)
				}
			}
			form := f.shown()
			f.who.must(f.who.post(f.to, with(form, f.wrong[0], f.wrong[1])...), 422)
			expect(0, "a refused form")

			first := f.who.post(f.to, form...)
			if !f.answered(t, first) {
				t.Error("the corrected form is taken for one that was sent before")
			}
			expect(1, "corrected")
			second := f.who.post(f.to, form...)
			if f.answered(t, second) && f.secret != "" {
				t.Error("a secret is shown again")
			}
			expect(0, "sent again")
			if second.to != first.to {
				t.Errorf("sent twice it leads to %s and %s", first.to, second.to)
			}
			if f.secret == "" {
				f.who.must(f.who.get(second.to), 200, "chỉ được thực hiện một lần")
			}

			form = f.shown()
			var both sync.WaitGroup
			var got [2]shownPage
			for i := range got {
				both.Go(func() { got[i] = f.who.post(f.to, form...) })
			}
			both.Wait()
			if one, two := f.answered(t, got[0]), f.answered(t, got[1]); f.secret != "" && one == two {
				t.Errorf("of two at once the secret is shown to the first %t, to the second %t", one, two)
			}
			expect(1, "two at once")
			if got[0].to != got[1].to {
				t.Errorf("two at once lead to %s and %s", got[0].to, got[1].to)
			}

			one, two := f.shown(), f.shown()
			f.answered(t, f.who.post(f.to, one...))
			f.answered(t, f.who.post(f.to, two...))
			expect(2, "two forms")
		})
	}
}

// A number belongs to the account that the form was shown to.
func TestANumberIsOfOneAccount(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	f := h.numberedForms()[0]
	form, other := f.shown(), h.signedInAs("other", escalation.Operator, "")
	f.who.must(f.who.post(f.to, form...), 303)
	other.must(other.post(f.to, form...), 303)
	if n := f.count(); n != 2 {
		t.Errorf("two people noted %d tries", n)
	}
}

// The form is as good as new when what it asks for can be done.
func TestARefusedFormIsTakenUnchangedWhenItMayBeDone(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-30T23:55:00+07:00", plainSite) // Monday
	h.people()
	lead := h.signedIn(escalation.ShiftLead, "")
	form := with(formTo(t, lead.must(lead.get("/console/bao-cao"), 200).body, "/console/bao-cao/du-thao", "period"), "period", "2026-11")
	lead.must(lead.post("/console/bao-cao/du-thao", form...), 422, "chưa kết thúc")
	h.runUntil("2026-12-01T00:01:00+07:00")
	december := time.Date(2026, 12, 1, 0, 0, 0, 0, worktime.Zone())
	h.eventually("December", func() bool { now, err := h.room.Store.Now(h.ctx); return err == nil && !now.Before(december) })
	lead.must(lead.post("/console/bao-cao/du-thao", form...), 303)
	lead.must(lead.post("/console/bao-cao/du-thao", form...), 303)
	drafts, err := h.room.Store.ReportDrafts(h.ctx, false, 10)
	byHand := slices.DeleteFunc(drafts, func(d store.ReportDraft) bool { return d.MadeBy != "Người shift-lead" }) // the city's own is made too
	if err != nil || len(byHand) != 1 {
		t.Errorf("%d drafts, %v", len(byHand), err)
	}
}

// The password of a new account, and of one that gets another, is what the first answer
// showed: a second sending changes nothing and says so.
func TestAPasswordIsGivenOutOnce(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	admin := h.signedIn(escalation.Administrator, "")
	shown := regexp.MustCompile(`<code>([A-Z2-7]{26})</code>`)
	give := func(to, field string, typed ...string) {
		t.Helper()
		form := formTo(t, admin.must(admin.get("/console/people"), 200).body, to, field)
		for i := 0; i+1 < len(typed); i += 2 {
			form = with(form, typed[i], typed[i+1])
		}
		var both sync.WaitGroup
		var got [2]shownPage
		for i := range got {
			both.Go(func() { got[i] = admin.post(to, form...) })
		}
		both.Wait()
		first, second := shown.FindStringSubmatch(got[0].body), shown.FindStringSubmatch(got[1].body)
		if (first == nil) == (second == nil) {
			t.Fatalf("%s: of two at once the password is shown to the first %t, to the second %t", to, first != nil, second != nil)
		}
		told, password := got[1], first
		if first == nil {
			told, password = got[0], second
		}
		admin.must(told, 200, "đã được cấp ở lần gửi đầu")
		lan := h.visitor()
		lan.must(lan.post("/console/sign-in", "name", "lan", "password", password[1]), 303)
	}
	give("/console/people", "name", "name", "lan", "full_name", "Lan", "role", "operator")
	lan, err := h.room.Store.AccountByName(h.ctx, "lan")
	if err != nil {
		t.Fatal(err)
	}
	give("/console/people/"+fmt.Sprint(lan.ID)+"/password", "nonce")
}

// An explanation is asked for as it was shown, once for each form: after another change the
// text is shown again, and a second sending is told that it was done.
func TestAnExplanationIsAskedForAsItWasShown(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite) // Monday
	h.people()
	code := h.petition(true)
	h.call(200, "POST", "/api/v1/petitions/"+code+"/written-file", object{"reason": "dân phản ánh nhiều lần"})
	office := h.signedIn(escalation.Office, "")
	const to = "/console/ho-so/act/giai-trinh"
	form := with(formTo(t, office.must(office.get("/console/ho-so?state="), 200).body, to, "days"), "text", "vì sao chậm")
	office.must(office.post(to, with(form, "days", "99")...), 422, "vì sao chậm")
	shown := office.must(office.post(to, append(form, "step", "do")...), 200, "yeu cau P Lach Tray giai trinh PAKN "+code)
	ready := formOf(t, shown.body, "step", "do")
	h.call(200, "POST", "/api/v1/petitions/"+code+"/commend", object{"who": "citizen", "reason": "báo rất sớm"})
	changed := office.must(office.post(to, ready...), 200, "Từ lúc xem trước đã có thay đổi", "vì sao chậm")
	ready = formOf(t, changed.body, "step", "do")
	office.must(office.post(to, ready...), 303)
	again := office.must(office.post(to, ready...), 303)
	office.must(office.get(again.to), 200, "chỉ được thực hiện một lần")
	p, err := h.room.Store.PetitionByCode(h.ctx, code)
	if err != nil || len(p.File(1).Explanations) != 1 {
		t.Errorf("%+v, %v", p.File(1), err)
	}
}
