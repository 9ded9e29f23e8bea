package reply_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"notify1022/escalation/reply"
)

func TestAllKeysAreAlwaysOnTheWireInTheirOrder(t *testing.T) {
	for text, want := range map[string]string{
		"":                  `{"command":"unknown","codes":[],"at":"","until":"","score":0,"text":"","problem":"empty"}`,
		"NHAN":              `{"command":"ack","codes":[],"at":"","until":"","score":0,"text":"","problem":""}`,
		"DS":                `{"command":"list","codes":[],"at":"","until":"","score":0,"text":"","problem":""}`,
		"chua xong":         `{"command":"unknown","codes":[],"at":"","until":"","score":0,"text":"chua xong","problem":"negated"}`,
		"HEN 45705 15h mưa": `{"command":"eta","codes":["45705"],"at":"2026-11-23T15:00:00+07:00","until":"","score":0,"text":"mưa","problem":""}`,
		"DG 45705 4":        `{"command":"rate","codes":["45705"],"at":"","until":"","score":4,"text":"","problem":""}`,
	} {
		got, err := json.Marshal(parse(text))
		if err != nil || string(got) != want {
			t.Errorf("%q:\n got %s %v\nwant %s", text, got, err, want)
		}
	}
}

func TestTheInstantsOfAMessageReadBack(t *testing.T) {
	p := parse("NGHI 3/12-5/12")
	if want := time.Date(2026, 12, 3, 0, 0, 0, 0, zone); !p.AtTime().Equal(want) {
		t.Errorf("AtTime = %s, want %s", p.AtTime(), want)
	}
	if want := time.Date(2026, 12, 5, 23, 59, 59, 0, zone); !p.UntilTime().Equal(want) {
		t.Errorf("UntilTime = %s, want %s", p.UntilTime(), want)
	}
	if p := parse("NHAN"); !p.AtTime().IsZero() || !p.UntilTime().IsZero() {
		t.Errorf("no time must read back as the zero time, got %+v", p)
	}
}

func TestTheTextKeepsItsAccentsInEitherForm(t *testing.T) {
	for _, text := range []string{"Đã thay bóng đèn, 3 cột.", "Đa\u0303 thay bo\u0301ng đe\u0300n"} {
		if p := parse("XONG 45705 " + text); p.Text != text {
			t.Errorf("got %q, want %q", p.Text, text)
		}
	}
}

func TestASpanWithoutACalendarIsABadTime(t *testing.T) {
	if p := reply.Parse("HEN 45705 2 ngay", monday, nil); p.Problem != reply.ProblemBadTime {
		t.Errorf("got %+v", p)
	}
	if p := reply.Parse("HEN 45705 15h", monday, nil); p.Problem != "" {
		t.Errorf("a clock needs no calendar: %+v", p)
	}
}

func TestALongMessageIsCutAndReadInBoundedTime(t *testing.T) {
	for _, text := range []string{
		"XONG 45705 " + strings.Repeat("đường ", 20000), strings.Repeat("457 ", 20000), "NHAN " + strings.Repeat("457 458 ", 5000), strings.Repeat("n ", 5000),
		"NHAN " + strings.Repeat("9", 60000), strings.Repeat("> ", 30000), strings.Repeat(">\n", 30000) + "NHAN 457", "HEN 45705 " + strings.Repeat("toi 15 ", 9000), strings.Repeat("khong ", 9000), strings.Repeat("\u0301", 60000), strings.Repeat("\ufdfa", 9000),
		"NGHI " + strings.Repeat("3-", 9000), "NHAN 45705 " + strings.Repeat("hen, ", 9000), strings.Repeat("nhan, ", 9000), "da chuyen " + strings.Repeat("so 45708 ", 9000), strings.Repeat("Fwd: ", 9000) + "NHAN 457",
	} {
		start := time.Now()
		p := parse(text)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%.12q took %s", text, took)
		}
		if n := utf8.RuneCountInString(p.Text); n > 2000 || len(p.Codes) > 30 {
			t.Errorf("%.12q: %d runes and %d codes come back", text, n, len(p.Codes))
		}
	}
}

var commands = []reply.Command{reply.Ack, reply.ETA, reply.Done, reply.Return, reply.Ask, reply.Note, reply.Connect, reply.List, reply.Status, reply.Leave, reply.Help, reply.Rate, reply.Stop, reply.Start, reply.Unknown}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "NHAN 457", "hẹn 45705 15h30 26/11 vì mưa", "XONG HP261123-0457 da sua", "d9a4 xong", "NGHI 3-5/12 CHO 0570000003", "DG 45705 5/5", "chua xong?", "H E N 7 t8", "\xff\xfe", "> a\nNHAN 4", "hen 2-3 ngay", "nhan 45705, hen 15h mai", "nhan 45705, da sua xong den\n> hen", "chuyen phong ky thuat 45705", "HEN 45705 100 ngay", "DG 45705 -1", "ngay 29 thang 2 nam 2028"} {
		f.Add(seed, int64(1795399200))
	}
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		now := time.Unix(unix%4e9, 0)
		p := reply.Parse(text, now, office{})
		if !slices.Contains(commands, p.Command) || p.Codes == nil || len(p.Codes) > 30 || p.Score < 0 || p.Score > 5 {
			t.Fatalf("%q: %+v", text, p)
		}
		if (p.Command == reply.Unknown) != slices.Contains([]string{reply.ProblemEmpty, reply.ProblemUnknown, reply.ProblemAmbiguous, reply.ProblemNegated}, p.Problem) {
			t.Fatalf("%q: command %s with problem %q", text, p.Command, p.Problem)
		}
		if p.Command == reply.ETA && (p.Problem == "") == (p.At == "") {
			t.Fatalf("%q: a promise with time %q and problem %q", text, p.At, p.Problem)
		}
		if p.Command == reply.ETA && p.At != "" && !p.AtTime().After(now) {
			t.Fatalf("%q: promised %s at %s", text, p.At, now)
		}
		if !utf8.ValidString(p.Text) || utf8.RuneCountInString(p.Text) > 2001 {
			t.Fatalf("%q: text %q", text, p.Text)
		}
		if codes := reply.Mentioned(text); len(codes) > 8 {
			t.Fatalf("%q mentions %d codes", text, len(codes))
		}
		if besides := reply.Besides(text, now, office{}); besides != reply.Unknown && p.Command == reply.ETA && p.Problem == "" && !strings.Contains(text, ">") {
			t.Fatalf("%q is a promise and holds %s besides", text, besides)
		}
		if again := reply.Parse(text, now, office{}); again.At != p.At || again.Text != p.Text || !slices.Equal(again.Codes, p.Codes) {
			t.Fatalf("%q is read in two ways", text)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for name, text := range map[string]string{"ack": "NHAN 45705", "eta": "hẹn 45705 15h30 26/11 chờ vật tư", "unknown": "Đường Lạch Tray ngập nước, đề nghị xử lý sớm"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				parse(text)
			}
		})
	}
}
