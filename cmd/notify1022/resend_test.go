package main

import (
	"regexp"
	"testing"

	"notify1022/escalation"
	"notify1022/store"
)

var nonceInPage = regexp.MustCompile(`name="nonce" value="([^"]+)"`)

func (h *hotline) petitions() int {
	h.t.Helper()
	list, err := h.room.Store.ListPetitions(h.ctx, store.Filter{})
	if err != nil {
		h.t.Fatal(err)
	}
	return len(list.Items)
}

func TestACitizensFormThatIsSentTwiceRecordsOnePetition(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	citizen := h.visitor()
	nonce := nonceInPage.FindStringSubmatch(citizen.must(citizen.get("/gui-phan-anh"), 200).body)[1]
	fields := []string{"nonce", nonce, "content", "Rác không ai thu gom", "name", "Phạm Thử", "phone", "0570000007"}
	refused := citizen.must(citizen.post("/gui-phan-anh", "nonce", nonce, "content", "Rác không ai thu gom", "name", "Phạm Thử"), 422)
	if again := nonceInPage.FindStringSubmatch(refused.body)[1]; again != nonce {
		t.Error("a refused form has another number")
	}
	first := citizen.must(citizen.post("/gui-phan-anh", fields...), 303)
	second := citizen.must(citizen.upload("/gui-phan-anh", "photos", map[string][]byte{"rac.png": picture}, fields...), 303) // the answer was lost on its way
	if first.to != second.to || h.petitions() != 1 {
		t.Errorf("%d petitions, at %s and %s", h.petitions(), first.to, second.to)
	}
	page := citizen.must(citizen.get(second.to), 200, "Đã gửi phản ánh")
	operator := h.signedIn(escalation.Operator, "")
	operator.must(operator.get("/console/p/"+petitionCode.FindString(page.body)), 200, "rac.png")
	fields[3] = "Rác không ai thu gom, ở chỗ khác nữa"
	citizen.must(citizen.post("/gui-phan-anh", fields...), 303) // the browser's page, with another text in it
	citizen.must(citizen.post("/gui-phan-anh", append(fields[2:6:6], "phone", "0570000008")...), 303)
	if n := h.petitions(); n != 3 {
		t.Errorf("%d petitions, want 3", n)
	}
}

func TestAnOperatorsFormThatIsSentTwiceRecordsOnePetition(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	h.people()
	operator := h.signedIn(escalation.Operator, "")
	nonce := nonceInPage.FindStringSubmatch(operator.must(operator.get("/console/intake"), 200).body)[1]
	fields := []string{"nonce", nonce, "channel", "phone", "kind", "1", "content", "Cống vỡ trước cổng chợ", "name", "Phạm Thử", "phone", "0570000007", "way", "answer", "answer_text", "Công ty thoát nước sửa trong hôm nay."}
	first := operator.must(operator.post("/console/intake", fields...), 303)
	if second := operator.must(operator.post("/console/intake", fields...), 303); second.to != first.to || h.petitions() != 1 {
		t.Errorf("%d petitions, at %s and %s", h.petitions(), first.to, second.to)
	}
	operator.must(operator.get(first.to), 200, "đã trả lời trực tiếp")
}
