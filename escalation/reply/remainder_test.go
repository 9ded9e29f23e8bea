package reply_test

import (
	"slices"
	"testing"

	"notify1022/escalation/reply"
)

func TestAPromiseBehindAnAcknowledgementIsThePromise(t *testing.T) {
	for _, w := range []struct{ text, codes, at, rest string }{
		{"nhan 45705, hen 15h mai", "45705", "24/11 15:00", ""}, // Tue
		{"nhan 45705 hen 15h mai", "45705", "24/11 15:00", ""},
		{"da nhan 45705 - hen 15h mai", "45705", "24/11 15:00", ""},
		{"NHAN 45705. Hen 26/11 vì chờ vật tư", "45705", "26/11 17:00", "vì chờ vật tư"},
		{"Nhận 45705 và hẹn chiều mai", "45705", "24/11 17:00", ""},
		{"nhan 45705, mai em tra loi", "45705", "24/11 17:00", ""},
		{"nhan, hen 45705 15h mai", "45705", "24/11 15:00", ""},
		{"nhan 45705 em cam on, hen 15h mai cho vat tu", "45705", "24/11 15:00", "em cam on, cho vat tu"},
		{"dang kiem tra 45705, hen 15h mai", "45705", "24/11 15:00", "dang kiem tra"},
		{"nhan 457, 458, hen 15h", "457 458", "23/11 15:00", ""},
		{"nhan, hen 15h", "", "23/11 15:00", ""},
	} {
		p := parse(w.text)
		if got := join(p.Codes); p.Command != reply.ETA || got != w.codes || p.At != iso(t, w.at) || p.Text != w.rest || p.Problem != "" {
			t.Errorf("%q: got %+v, want [%s] %s %q", w.text, p, w.codes, iso(t, w.at), w.rest)
		}
	}
}

func join(codes []string) string {
	out := ""
	for i, c := range codes {
		if i > 0 {
			out += " "
		}
		out += c
	}
	return out
}

func TestAnAcknowledgementTellsWhatElseItsWordsHold(t *testing.T) {
	for _, w := range []struct {
		text, rest string
		besides    reply.Command
	}{
		{"NHAN 45705", "", reply.Unknown},
		{"NHAN 45705 se di ngay", "se di ngay", reply.Unknown},
		{"NHAN 45705, Đã giao đội 2.", "Đã giao đội 2.", reply.Unknown},
		{"NHAN 45705 12 ho dan", "12 ho dan", reply.Unknown},
		{"nhan 45705, 15h mai hop", "15h mai hop", reply.Unknown},
		{"nhan 45705\n> 1022 HP nhac: hen 15h mai", "1022 HP nhac: hen 15h mai", reply.Unknown}, // quoted: not the sender's
		{"nhan 45705, hen som", "hen som", reply.ETA},
		{"nhan 45705, hen dan xuong kiem tra, 15h", "hen dan xuong kiem tra, 15h", reply.ETA},
		{"nhan 45705, hen 22/11", "hen 22/11", reply.ETA}, // Sun, past
		{"nhan 45705, hen 45812 15h", "hen 45812 15h", reply.ETA},
		{"nhan 45705 em cam on hen 15h mai", "em cam on hen 15h mai", reply.ETA},
		{"nhan 45705 da sua xong den", "da sua xong den", reply.Done},
		{"nhan 45705 xong roi a", "xong roi a", reply.Done},
		{"nhan 45705, de nghi tra lai vi sai dia ban", "de nghi tra lai vi sai dia ban", reply.Return},
		{"nhan 45705, hoi so nha", "hoi so nha", reply.Ask},
	} {
		p := parse(w.text)
		if p.Command != reply.Ack || join(p.Codes) != "45705" || p.Text != w.rest || p.Problem != "" {
			t.Errorf("%q: got %+v, want an acknowledgement with %q", w.text, p, w.rest)
		}
		if got := reply.Besides(w.text, monday, office{}); got != w.besides {
			t.Errorf("%q holds %s besides, want %s", w.text, got, w.besides)
		}
	}
}

func TestCodesAreFoundAnywhereInFreeText(t *testing.T) {
	for text, want := range map[string]string{
		"45705 chung toi dang cu nguoi xuong hien truong": "45705",
		"se xu ly 45705 trong ngay":                       "45705",
		"HP261123-0457 va phieu so 45705, 45812":          "HP261123-0457 45705",
		"goi 0570000003 hoac 457, nha so 45708":           "",
		"":                                                "",
		"45705 45705":                                     "45705",
	} {
		if got := reply.Mentioned(text); join(got) != want {
			t.Errorf("%q: got %v, want [%s]", text, got, want)
		}
	}
	if got := reply.Mentioned(longList(40)); len(got) > 8 || !slices.Contains(got, reply.MakeCode(1000)) {
		t.Errorf("of 40 codes: %v", got)
	}
}

func longList(n int) string {
	out := ""
	for i := range n {
		out += "so " + reply.MakeCode(1000+i) + " va "
	}
	return out
}

func TestACodeMayCloseTheMessage(t *testing.T) {
	check(t, []want{
		{"dang kiem tra hien truong 45705", reply.Ack, "45705", "dang kiem tra hien truong", ""},
		{"XONG da thay bong 45705", reply.Done, "45705", "da thay bong", ""},
		{"da sua xong 45705 45812", reply.Done, "45705 45812", "", reply.ProblemMissingText},
		{"XONG da thay bong 45708", reply.Done, "", "da thay bong 45708", ""},
		{"xong 1 phan duong 45705", reply.Note, "45705", "xong 1 phan duong 45705", ""},
		{"HOI so nha o dau 45705", reply.Ask, "45705", "so nha o dau", ""},
	})
}

func TestDaWithItsBarIsAnAssentBeforeACode(t *testing.T) {
	check(t, []want{
		{"đã 45705", reply.Ack, "45705", "", ""},
		{"da 45705", reply.Ack, "45705", "", ""},
		{"đã 457 nhé", reply.Ack, "457", "nhé", ""},
		{"đã 3 bóng", reply.Unknown, "", "đã 3 bóng", reply.ProblemUnknown},
		{"đã 45705 chưa", reply.Unknown, "45705", "đã 45705 chưa", reply.ProblemUnknown},
	})
}

func TestANumberOfDaysIsNoCode(t *testing.T) {
	for _, w := range []struct{ text, codes, at, problem string }{
		{"HEN 45705 100 ngay", "45705", "", reply.ProblemBadTime},
		{"HEN 100 ngay", "", "", reply.ProblemBadTime},
		{"HEN 45705 1000 ngay nua", "45705", "", reply.ProblemBadTime},
		{"HEN 45705 45812 10 ngay", "45705 45812", "7/12 17:00", ""}, // Mon
		{"HEN 457 458 ngay 26/11", "457 458", "26/11 17:00", ""},     // Thu
		{"HEN 0457 ngay mai", "0457", "24/11 17:00", ""},             // Tue
		{"HEN 45705 100 tieng", "45705", "9/12 14:30", ""},           // Wed
	} {
		p := parse(w.text)
		if p.Command != reply.ETA || join(p.Codes) != w.codes || p.At != iso(t, w.at) || p.Problem != w.problem {
			t.Errorf("%q: got %+v, want %+v", w.text, p, w)
		}
	}
}

func TestAMinusIsNoScore(t *testing.T) {
	for text, problem := range map[string]string{
		"DG 45705 -1": reply.ProblemBadScore, "DG -1": reply.ProblemBadScore, "-1": reply.ProblemBadScore,
		"DG 45705 1-5": reply.ProblemBadScore, "DG 45705 1 - 5": reply.ProblemBadScore, // copied from C8n
		"DG 45705-5": "", "DG 45705 - 5": "", "- 5": "", "DG 45705 5 - nhanh": "",
	} {
		score := 0
		if problem == "" {
			score = 5
		}
		if p := parse(text); p.Command != reply.Rate || p.Score != score || p.Problem != problem {
			t.Errorf("%q: got %+v, want score %d %s", text, p, score, problem)
		}
	}
	if p := parse("45705 -1"); p.Command == reply.Rate {
		t.Errorf("45705 -1 was taken for a rating: %+v", p)
	}
}
