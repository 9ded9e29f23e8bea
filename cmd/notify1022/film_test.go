package main

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"notify1022/escalation"
)

// film is the beginning of one as an Android phone makes it.
var film = append([]byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\x00\x00\x00\x68mdat"), make([]byte, 96)...)

// sound is the beginning of a voice note of an iPhone.
var sound = append([]byte("\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00M4A mp42\x00\x00\x00\x68free"), make([]byte, 96)...)

func TestFilmsAndSoundsArePlayedWherePicturesAreShown(t *testing.T) {
	t.Parallel()
	h := startHotline(t, "2026-11-23T10:00:00+07:00", plainSite+"\nslip_passcode: \"off\"")
	h.people()
	code := h.petition(false)
	operator := h.signedIn(escalation.Operator, "")
	for name, body := range map[string][]byte{"VID_2026.mp4": film, "GHI_AM.m4a": sound, "ho_ga.png": picture} {
		operator.must(operator.upload("/console/p/"+code+"/files", "file", map[string][]byte{name: body}, "stage", "intake"), 303)
	}
	operator.must(operator.upload("/console/p/"+code+"/files", "file", map[string][]byte{"goi.wav": spoken}, "stage", "recording"), 303)
	slip := regexp.MustCompile(`/p/[0-9A-Za-z]+`).FindString(h.text(focalPhone, code).Text)
	for at, page := range map[string]shownPage{slip + "/tep/": operator.must(operator.get(slip), 200), "/console/p/" + code + "/files/": operator.must(operator.get("/console/p/"+code), 200)} {
		for tag, name := range map[string]string{"video controls preload=\"metadata\"": "VID_2026.mp4", "audio controls preload=\"metadata\"": "GHI_AM.m4a"} {
			shown := regexp.MustCompile(`<` + tag + `[^>]* src="` + at + `(\d+)" aria-label="[^"]*` + name).FindStringSubmatch(page.body)
			if shown == nil {
				t.Errorf("%s is no %s below %s: %s", name, tag, at, page.body)
				continue
			}
			operator.parts(at + shown[1])
		}
		if !regexp.MustCompile(`<img [^>]*src="` + at + `\d+" alt="Ảnh kèm phản ánh: ho_ga.png"`).MatchString(page.body) {
			t.Errorf("below %s the photo is not shown: %s", at, page.body)
		}
		if strings.Contains(page.body, `alt="VID`) || strings.Contains(page.body, "<h2>Ảnh</h2>") {
			t.Error("a film is called a picture")
		}
	}
	// Hearing a call is logged (Đ10.1): a page that is only looked at asks for none.
	if page := operator.get("/console/p/" + code).body; !strings.Contains(page, `<audio controls preload="none" src="/console/p/`+code+`/files/`) {
		t.Errorf("the recording is no player: %s", page)
	}
}

// parts asks for a part of a file, as the players of phones do before they play.
func (v *visitor) parts(path string) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.ctx, "GET", "http://"+v.room.Addr+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Range", "bytes=0-1")
	res, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	if rules := res.Header.Get("Content-Security-Policy"); rules != "default-src 'none'; media-src 'self'" {
		v.t.Errorf("%s by itself is played under %q", path, rules)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusPartialContent || len(body) != 2 || !strings.HasPrefix(res.Header.Get("Content-Range"), "bytes 0-1/") {
		v.t.Errorf("two octets of %s: %s, %q, %q, %v", path, res.Status, res.Header.Get("Content-Range"), body, err)
	}
}
