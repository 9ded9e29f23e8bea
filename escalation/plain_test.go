package escalation

import "testing"

func TestPlainTextIsLowerCaseWithoutMarks(t *testing.T) {
	for text, want := range map[string]string{
		"Đường Lạch Tray": "duong lach tray", "SỞ XÂY DỰNG": "so xay dung", "So\u031b\u0309 Xa\u0302y": "so xay", "HP261116-0001": "hp261116-0001", "đèn  tắt": "den  tat", "": "",
	} {
		if got := Plain(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestClippedTextSaysThatSomethingIsLeftOut(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{{"đường", 5, "đường"}, {"đường", 4, "đườ…"}, {"", 3, ""}} {
		if got := Clip(c.text, c.most); got != c.want {
			t.Errorf("%q within %d is %q, want %q", c.text, c.most, got, c.want)
		}
	}
}
