package main

import (
	"strings"
	"testing"
)

// The third petition of a number in an hour waits for a code that the number is texted.
func TestTheThirdPetitionOfANumberWaitsForTheCodeThatItIsTexted(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	citizen := h.visitor()
	form := []string{"content", "Rác không ai thu gom", "name", "Phạm Thử", "phone", "0570000007"}
	citizen.must(citizen.post("/gui-phan-anh", form...), 303)
	citizen.must(citizen.post("/gui-phan-anh", form...), 303)
	asked := citizen.must(citizen.upload("/gui-phan-anh", "photos", map[string][]byte{"rac.png": picture}, form...), 422, `name="code"`, "hãy chọn lại ảnh")
	if h.petitions() != 2 || strings.Contains(asked.body, "0570000007</label>") {
		t.Errorf("%d petitions", h.petitions())
	}
	code := codeInText.FindString(h.text("0570000007", "ma xac thuc", "GUI-PHAN-ANH").Text)
	citizen.must(citizen.upload("/gui-phan-anh", "photos", map[string][]byte{"rac.png": picture}, append(form, "code", code)...), 303)
	citizen.must(citizen.post("/gui-phan-anh", form...), 303) // this device has shown it
	if h.petitions() != 4 {
		t.Errorf("%d petitions", h.petitions())
	}
}
