package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"strings"
	"testing"

	"notify1022/escalation"
)

// placed is a JPEG that says where and by whom it was taken.
func placed(t *testing.T) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	place := "Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00GPS 20.8648N 106.6834E"
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(place)+2))...)
	return append(append(out, place...), b.Bytes()[2:]...)
}

func TestAPhotoIsKeptAndShownWithoutItsPlaceAndNoLongerThanTheAnswer(t *testing.T) {
	h := startHotline(t, "2026-12-23T10:00:00+07:00", plainSite)
	h.people()
	if !bytes.Contains(placed(t), []byte("GPS")) {
		t.Fatal("the photo says no place")
	}
	citizen, operator := h.visitor(), h.signedIn(escalation.Operator, "")
	sent := citizen.must(citizen.upload("/gui-phan-anh", "photos", map[string][]byte{"nha toi.jpg": placed(t)}, "content", "Rác không ai thu gom", "name", "Phạm Thử", "phone", "0570000007", "publish_consent", "1"), 303)
	code := petitionCode.FindString(citizen.get(sent.to).body)
	if got := operator.must(operator.get("/console/p/"+code+"/files/1"), 200); strings.Contains(got.body, "GPS") || len(got.body) == 0 {
		t.Error("the photo is kept with its place")
	}
	citizen.must(citizen.get("/tep/1"), 404)
	h.call(200, "POST", "/api/v1/petitions/"+code+"/forward", object{"unit": "LACHTRAY"})
	h.call(200, "POST", "/api/v1/petitions/"+code+"/result", object{"text": "Đã thu gom rác trong ngày"})
	h.call(200, "POST", "/api/v1/petitions/"+code+"/publish", object{})
	operator.must(operator.post("/console/p/"+code+"/files/1/publish"), 303)
	citizen.must(citizen.get("/tep/1"), 200)
	h.call(200, "POST", "/api/v1/petitions/"+code+"/reopen", object{"reason": "rác lại đầy, chưa dọn hết"})
	citizen.must(citizen.get("/tep/1"), 404)
	h.call(200, "POST", "/api/v1/petitions/"+code+"/result", object{"text": "Đã thu gom rác lần nữa"})
	h.call(200, "POST", "/api/v1/petitions/"+code+"/publish", object{})
	citizen.must(citizen.get("/tep/1"), 404) // what was published with another answer is decided anew
}

func TestACitizenIsToldWhichPhotosWereNotTaken(t *testing.T) {
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite)
	citizen := h.visitor()
	sent := citizen.must(citizen.upload("/gui-phan-anh", "photos", map[string][]byte{
		"rac.png": picture, "IMG_0001.HEIC": []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "hong.jpg": placed(t)[:200], "ke.pdf": []byte("%PDF-1.4"),
	}, "content", "Rác không ai thu gom", "name", "Phạm Thử", "phone", "0570000007"), 303)
	page := citizen.must(citizen.get(sent.to), 200, "Đã gửi phản ánh", "Ảnh không nhận được", "IMG_0001.HEIC: ảnh HEIC", "hong.jpg: ảnh bị hỏng", "ke.pdf: chỉ nhận ảnh")
	if strings.Contains(page.body, "rac.png") || petitionCode.FindString(page.body) == "" {
		t.Errorf("the page says of a photo that was taken that it was not: %s", page.body)
	}
	if again := citizen.must(citizen.get(sent.to), 200); strings.Contains(again.body, "HEIC") {
		t.Error("it is said twice")
	}
}
