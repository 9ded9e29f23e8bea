package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/web"
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
	t.Parallel()
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
	t.Parallel()
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

func TestErasedFilesLeaveTheDiskWhenItCanBeReached(t *testing.T) {
	db, desk := shelfDesk(t)
	p, err := desk.Accept(t.Context(), escalation.Intake{Channel: escalation.ByPhone, Kind: 1, Content: "Đèn đường hỏng ở ngã tư",
		Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0570000501"}}, escalation.Actor{Name: "op", Role: escalation.Operator})
	if err != nil {
		t.Fatal(err)
	}
	shelf := fileShelf{db, t.TempDir()}
	id, err := shelf.Add(t.Context(), p.ID, web.Attachment{Name: "nha.png", Type: "image/png", Stage: web.StageIntake}, picture)
	if err != nil {
		t.Fatal(err)
	}
	noted, err := db.Attachment(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.EraseCitizen(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := shelf.Open(t.Context(), id); err == nil {
		t.Error("an erased file can be opened")
	}
	blocked := fileShelf{db, shelf.path(noted.SHA256)} // a file stands where the directory should: nothing can be removed
	if err := blocked.Sweep(t.Context()); err == nil {
		t.Error("a disk that is away makes no error")
	}
	for range 2 {
		if err := shelf.Sweep(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(shelf.path(noted.SHA256)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the bytes are still there (%v)", err)
	}
}
