package web

import (
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// countedTries counts tries by the clock of the house.
type countedTries struct {
	now   func() time.Time
	taken map[string][]time.Time
}

func (c *countedTries) Try(_ context.Context, subject string, most int, within time.Duration) (int64, bool, error) {
	n := 0
	for _, at := range c.taken[subject] {
		if c.now().Sub(at) < within {
			n++
		}
	}
	if n >= most {
		return 0, false, nil
	}
	c.taken[subject] = append(c.taken[subject], c.now())
	return int64(len(c.taken[subject])), true, nil
}

func (c *countedTries) TakeBack(_ context.Context, subject string, _ int64) error {
	c.taken[subject] = c.taken[subject][:len(c.taken[subject])-1]
	return nil
}

// withCountedCodes is a house whose links ask for codes, of which not all are sent.
func withCountedCodes(t *testing.T, change ...func(*Config)) (*house, *codes) {
	count := &countedTries{taken: map[string][]time.Time{}}
	h, kept := withCodes(t, append(change, func(c *Config) { c.Lookups, c.TokenBurst = count, 1<<20 })...)
	count.now = func() time.Time { return h.clock }
	return h, kept
}

// asks posts the form that has a code sent, from the address.
func (b *browser) asks(page, address, to string, typed ...string) response {
	form := url.Values{"to": {to}}
	for i := 0; i+1 < len(typed); i += 2 {
		form.Set(typed[i], typed[i+1])
	}
	r := httptest.NewRequest("POST", page+"/code", strings.NewReader(form.Encode()))
	r.RemoteAddr = address + ":99"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

// field failure: who had one link of a unit used up its officer's codes, and the officer was
// told to enter one that had no field, on a page that had lost what they had typed.
func TestWhoeverAsksForCodesTheOfficerComesIn(t *testing.T) {
	h, kept := withCountedCodes(t)
	page, other := "/p/"+h.accept(`"unit":"SXD"`).Slips[0].Token, "/p/"+h.accept(`"unit":"SXD"`).Slips[0].Token
	stranger := &browser{h, map[string]string{}}
	for range 6 { // five at once, and a first further one
		stranger.asks(page, "203.0.113.5", "1").mustStatus(t, 200)
	}
	good := kept.live("unit:SXD:1")
	if len(good) != 6 {
		t.Fatalf("%d codes are good", len(good))
	}
	first, fifth := good[0].code, good[4].code
	officer := &browser{h, map[string]string{}}
	told := officer.asks(other, "203.0.113.5", "1", "da-nhap", "result", "da-nhap-text", "Đã thay bóng đèn").mustStatus(t, 429)
	told.mustSay(t, "Đã gửi nhiều mã", `name="code"`, `name="da-nhap-text" value="Đã thay bóng đèn"`, "Mã 6 số đã gửi đến số 057****101")
	officer.post(other+"/open", told.form(t, "open", "code", fifth)).mustStatus(t, 200).mustSay(t, ">Đã thay bóng đèn</textarea>", "chưa được gửi")
	colleague := &browser{h, map[string]string{}}
	looked := colleague.get(other).mustStatus(t, 200).mustSay(t, "Mã 6 số đã gửi đến số 057****101")
	colleague.post(other+"/open", looked.form(t, "open", "code", first)).mustStatus(t, 303)
	colleague.post(other+"/open", looked.form(t, "open", "code", first)).mustStatus(t, 422)
}

func TestNobodyIsSentCodesWithoutEndNorKeptOutForLong(t *testing.T) {
	h, kept := withCountedCodes(t)
	page := "/p/" + h.accept(`"unit":"SXD"`).Slips[0].Token
	stranger, officer := &browser{h, map[string]string{}}, &browser{h, map[string]string{}}
	for range 60 {
		for _, address := range []string{"203.0.113.5", "203.0.113.6", "203.0.113.7", "2001:db8::1", "2001:db8::2"} {
			stranger.asks(page, address, "1")
		}
		stranger.asks(page, "203.0.113.9", "2")
		if len(kept.live("unit:SXD:1")) == 0 {
			officer.asks(page, "198.51.100.1", "1").mustStatus(t, 200)
		}
		h.clock = h.clock.Add(time.Minute)
	}
	if n := len(kept.sent["unit:SXD:1"]); n != codesByAll+12 {
		t.Errorf("%d codes were sent in an hour that everybody asked for", n)
	}
	if n := len(kept.sent["unit:SXD:2"]); n != codesByAddress+6 {
		t.Errorf("%d codes were sent in an hour that one address asked for", n)
	}
}

func TestAFieldIsThereForACodeThatIsGoodAndForNoOther(t *testing.T) {
	h, kept := withCountedCodes(t)
	page := "/p/" + h.accept(`"unit":"SXD"`).Slips[0].Token
	b := &browser{h, map[string]string{}}
	b.get(page).mustStatus(t, 200).mustNotSay(t, `name="code"`)
	b.asks(page, "203.0.113.5", "1").mustStatus(t, 200)
	b.asks(page, "203.0.113.5", "2").mustStatus(t, 200).mustSay(t, "đã gửi đến số 057****102").mustNotSay(t, "đã gửi đến số 057****101")
	b.get(page).mustStatus(t, 200).mustSay(t, "đã gửi đến số 057****101", "đã gửi đến số 057****102")
	h.clock = h.clock.Add(5 * time.Minute)
	b.get(page).mustStatus(t, 200).mustNotSay(t, `name="code"`)
	for range 5 {
		b.asks(page, "203.0.113.5", "1").mustStatus(t, 200)
	}
	h.clock = h.clock.Add(5 * time.Minute)
	b.asks(page, "203.0.113.5", "1").mustStatus(t, 429).mustNotSay(t, `name="code"`).mustSay(t, "mã mới gửi được sau ít phút")
	if len(kept.live("unit:SXD:1")) != 0 {
		t.Error("a code was sent")
	}
}

func TestACitizensAndAReadersCodesAreGoodForTheirTimeToo(t *testing.T) {
	h, kept := withCountedCodes(t, func(c *Config) { c.ReportLinks = october{} })
	for page, subject := range map[string]string{"/t/" + h.accept(`"confidential":true`).Token: "", "/b/" + reportToken: reportSubject + ":2"} {
		clear(kept.sent)
		b := &browser{h, map[string]string{}}
		for range 6 {
			b.asks(page, "203.0.113.5", "").mustStatus(t, 200)
		}
		told := b.asks(page, "203.0.113.5", "").mustStatus(t, 429).mustSay(t, `name="code"`)
		for s, sent := range kept.sent {
			if subject != "" && s != subject {
				t.Errorf("a code of %s was sent", s)
			}
			b.post(page+"/open", told.form(t, "open", "code", sent[0].code)).mustStatus(t, 303)
		}
	}
}

// field failure: the page of the Office and the city's leaders stayed open for twelve hours
// where the petition is confidential.
func TestThePageToLookAtAConfidentialPetitionAsksAnewAfterHalfAnHour(t *testing.T) {
	for name, c := range map[string]struct {
		accept string
		open   bool
	}{
		"open":         {`"unit":"SXD"`, true},
		"confidential": {`"unit":"SXD","confidential":true`, false},
		"denunciation": {`"denunciation":true`, false},
	} {
		t.Run(name, func(t *testing.T) {
			h, kept := withCodes(t)
			p := h.accept(c.accept)
			page := "/p/" + p.ViewToken
			who := firstPerson(t, h, page)
			b := on(t, h, kept, page, who)
			b.get(page).mustStatus(t, 200).mustNotSay(t, "Xác nhận thiết bị")
			h.clock = h.clock.Add(31 * time.Minute)
			if gate := strings.Contains(string(b.get(page).mustStatus(t, 200).body), "Xác nhận thiết bị"); gate == c.open {
				t.Errorf("a code is asked for after half an hour: %v", gate)
			}
		})
	}
	h, kept := withCodes(t)
	p := h.accept(`"unit":"SXD"`)
	page := "/p/" + p.ViewToken
	b := on(t, h, kept, page, firstPerson(t, h, page))
	p.Confidential = true
	h.memory.petitions[p.ID] = p
	b.get(page).mustStatus(t, 200).mustSay(t, "Xác nhận thiết bị")
}

// firstPerson is the first whom the page may send a code.
func firstPerson(t *testing.T, h *house, page string) string {
	t.Helper()
	_, after, ok := strings.Cut(string(h.get(page).mustStatus(t, 200).body), `type="radio" name="to" value="`)
	if !ok {
		t.Fatal("nobody may be sent a code")
	}
	id, _, _ := strings.Cut(after, `"`)
	return id
}

func TestTheCodeToWithdrawSaysWhatItIsFor(t *testing.T) {
	h, _ := withCodes(t)
	const said, opens = "Để rút phản ánh, hãy nhập mã một lần", "Nội dung này chỉ mở với mã một lần"
	b, open := &browser{h, map[string]string{}}, "/t/"+h.accept("").Token
	asked := b.post(open+"/withdraw", url.Values{"reason": {"đã xong"}}).mustStatus(t, 200).mustSay(t, said).mustNotSay(t, opens)
	b.post(open+"/code", asked.form(t, "code", "to", "citizen")).mustStatus(t, 200).mustSay(t, said).mustNotSay(t, opens)
	guarded := "/t/" + h.accept(`"confidential":true`).Token
	b.get(guarded).mustStatus(t, 200).mustSay(t, opens)
	b.post(guarded+"/supplement", url.Values{"text": {"cột số 5"}}).mustStatus(t, 200).mustSay(t, opens).mustNotSay(t, said)
	b.post(guarded+"/withdraw", nil).mustStatus(t, 200).mustSay(t, said)
}
