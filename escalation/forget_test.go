package escalation

import (
	"reflect"
	"testing"
	"time"
)

// What is counted is the same whether the words are there or not.

// ways are what petitions come to; each begins with a slip to XD and rests at its end.
var ways = map[string]func(w *town){
	"published and rated": func(w *town) {
		w.do(focalXD, answer())
		w.do(operator, &Publish{})
		w.do(citizen, &Rate{Score: 4, Comment: "cảm ơn"})
	},
	"sent back, then answered by another unit": func(w *town) {
		w.do(focalXD, answer())
		w.do(operator, &SendBack{Reason: "0912 345 678"}) // nothing is left of it without personal data
		w.to("2026-03-09 10:00")
		w.do(operator, &Reassign{Unit: "MT"})
		w.to("2026-03-09 11:00")
		w.do(focalMT, answer())
		w.do(operator, &Publish{})
	},
	"sent back, then withdrawn": func(w *town) {
		w.do(focalXD, answer())
		w.do(operator, &SendBack{Reason: "chưa rõ"})
		w.do(operator, &Withdraw{})
	},
	"returned, clarified, rejected": func(w *town) {
		w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
		w.do(operator, &AcceptReturn{})
		w.do(operator, &AskCitizen{Missing: "địa điểm"})
		w.do(citizen, &Supplement{Text: "trước cổng trường"})
		w.do(operator, &Reject{Reason: "khiếu nại", Guidance: "Ban Tiếp công dân"})
	},
	"promised, disputed, answered by the Office": func(w *town) {
		w.do(focalXD, &PromiseTime{At: instantAt("2026-03-09 15:00"), Reason: "chờ vật tư"})
		w.to("2026-03-10 09:00")
		w.do(focalXD, &OpenDispute{Reason: "không thống nhất"})
		w.do(office, answer())
		w.do(operator, &Publish{})
	},
	"published, reopened, published again": func(w *town) {
		w.do(focalXD, answer())
		w.do(operator, &Publish{})
		w.to("2026-03-10 09:00")
		w.do(operator, &Reopen{Reason: "chưa xong"})
		w.to("2026-03-10 10:00")
		w.do(focalXD, answer())
		w.do(operator, &Publish{})
	},
	"overdue, held, explained": func(w *town) {
		w.do(office, &HoldClock{Reason: "chờ kết luận", Until: instantAt("2026-03-09 15:00")})
		w.do(operator, &MarkUrgent{Reason: "nguy hiểm"})
		w.do(operator, &SendWrittenFile{})
		w.do(office, &AskExplanation{Days: 3, Text: "vì sao chậm"})
		w.to("2026-03-20 10:00")
		w.do(headXD, &GiveExplanation{Text: "Đơn vị thiếu vật tư, đã rút kinh nghiệm."})
		w.do(headXD, answer())
		w.do(operator, &Publish{})
	},
}

func TestWhatIsCountedOutlivesTheWords(t *testing.T) {
	for name, way := range ways {
		for _, how := range []Forgetting{ForgetCitizen, ForgetDocument} {
			t.Run(name+"/"+string(how), func(t *testing.T) {
				w := newTown(t, "2026-03-09 08:00") // Monday
				w.forwarded("XD")
				w.to("2026-03-09 09:00")
				way(w)
				w.to("2026-04-20 10:00")
				before := Facts(*w.petition(), w.calendars())
				for range 2 { // forgetting twice changes nothing more
					if err := w.desk.Forget(w.ctx, w.petition().ID, how, "hết hạn", operator); err != nil {
						t.Fatal(err)
					}
					if after := Facts(*w.petition(), w.calendars()); !reflect.DeepEqual(before, after) {
						t.Errorf("before\n%+v\nafter\n%+v", before, after)
					}
				}
			})
		}
	}
}

// A document of before the instants were noted, whether its words are there still, go now, or
// have gone before.
func TestWhatOldDocumentsTellOutlivesTheirWords(t *testing.T) {
	for _, tt := range []struct {
		way   string
		old   func(p *Petition)
		knows bool // without words, too
	}{
		{"published and rated", func(p *Petition) { p.PublishedAt = time.Time{} }, true},
		{"published and rated", func(*Petition) {}, true},
		{"promised, disputed, answered by the Office", func(p *Petition) { p.PublishedAt = time.Time{} }, false},
		{"sent back, then withdrawn", func(p *Petition) { p.Results[0].SentBackAt = time.Time{} }, false},
		{"sent back, then withdrawn", func(*Petition) {}, true},
	} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD")
		w.to("2026-03-09 09:00")
		ways[tt.way](w)
		w.to("2026-04-20 10:00")
		p := *w.petition()
		tt.old(&p)
		w.petitions[p.ID] = p
		before := factsText(p, w)
		if err := w.desk.Forget(w.ctx, p.ID, ForgetDocument, "hết hạn", operator); err != nil {
			t.Fatal(err)
		}
		if after := factsText(*w.petition(), w); after != before {
			t.Errorf("%s: before\n%s\nafter\n%s", tt.way, before, after)
		}
		gone := p.clone() // its words went before they were dated
		gone.eachWord(func(string) string { return "" })
		if after := factsText(gone, w); tt.knows && after != before {
			t.Errorf("%s: before\n%s\nof words that have gone\n%s", tt.way, before, after)
		}
	}
}
