package escalation

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// withMail gives a town an email channel and the Office's people addresses.
func withMail(w *town, addresses map[int64]string) {
	contacts := townContacts()
	for i := range contacts {
		if a, ok := addresses[contacts[i].ID]; ok {
			contacts[i].Email = a
		}
	}
	w.directory = NewDirectory(townUnits(), contacts)
}

func mailChannel(s *Setting) { s.Mail = true }

func (w *town) overdueDigest(period string) Digest {
	w.Helper()
	digest, err := w.desk.OverdueDigest(w.ctx, instantAt(period))
	if err != nil {
		w.Fatalf("overdue digest: %v", err)
	}
	return digest
}

func (w *town) forwardedDigest(from, to string) Digest {
	w.Helper()
	digest, err := w.desk.ForwardedDigest(w.ctx, instantAt(from), instantAt(to))
	if err != nil {
		w.Fatalf("forwarded digest: %v", err)
	}
	return digest
}

// lettersOf are the messages of a template since the mark.
func (w *town) lettersOf(mark int, template string) []*letter {
	return slices.DeleteFunc(slices.Clone(w.messages[mark:]), func(l *letter) bool { return l.Notice.Template != template })
}

func TestTheOverdueDigestTellsOfficeHeadAndOfficerOnce(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	first := w.forwarded("XD")
	second := w.forwarded("XD")
	third := w.forwarded("MT")
	w.until(instantAt("2026-03-18 08:00")) // Wednesday: 48 working hours ended on Monday
	mark := w.mark()
	if got := w.overdueDigest("2026-03-18 08:00"); got != (Digest{Petitions: 3, Notices: 5}) {
		t.Errorf("the digest came to %+v", got)
	}
	w.want(mark, "V2 office", "B1 head", "B1 focal", "B1 head", "B1 focal")
	v2 := w.lettersOf(mark, "V2")[0]
	if v2.Notice.Vars["so"] != "3" || v2.Notice.Vars["lp"] != "1022.haiphong.gov.vn" || v2.Phone != phone(901) {
		t.Errorf("the Office is told %q at %s", v2.text, v2.Phone)
	}
	for _, l := range w.lettersOf(mark, "B1") {
		codes := map[string]string{"XD": first.Code + ", " + second.Code, "MT": third.Code}[l.Notice.To.Unit]
		if l.Notice.Vars["danh_sach"] != codes || !strings.Contains(l.Notice.Vars["lp"], "/p/") {
			t.Errorf("%s of %s is told %q", l.Notice.To.Role, l.Notice.To.Unit, l.text)
		}
		if !l.Notice.Expires.Equal(instantAt("2026-03-19 08:00")) || l.Notice.Class != ClassReminder {
			t.Errorf("the list of %s expires %s", l.Notice.To.Unit, l.Notice.Expires)
		}
	}
	mark = w.mark()
	w.overdueDigest("2026-03-18 08:00")
	w.want(mark)
	w.jump("2026-03-19 08:00") // Thursday
	w.overdueDigest("2026-03-19 08:00")
	if got := len(w.messages) - mark; got != 5 {
		t.Errorf("the next day's digest is %d messages, want 5", got)
	}
}

func TestWhatIsHeldOrAnsweredIsInNoOverdueDigest(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	held := w.code
	w.forwarded("MT")
	answered := w.code
	w.until(instantAt("2026-03-17 08:00")) // Tuesday
	w.code = held
	w.do(office, &HoldClock{Reason: "chờ khảo sát", Until: instantAt("2026-03-25 08:00")})
	w.code = answered
	w.do(focalMT, answer())
	mark := w.mark()
	if got := w.overdueDigest("2026-03-18 08:00"); got != (Digest{}) {
		t.Errorf("the digest came to %+v", got)
	}
	w.want(mark)
}

func TestTheOfficeIsLinkedToThePageOfASingleOverduePetition(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.until(instantAt("2026-03-18 08:00"))
	w.overdueDigest("2026-03-18 08:00")
	if p := w.petition(); !strings.HasSuffix(w.letter("V2").Notice.Vars["lp"], "/p/"+p.ViewToken) {
		t.Errorf("V2 links to %s", w.letter("V2").Notice.Vars["lp"])
	}
}

func TestWhoMustNotSeeAPetitionIsNotToldThatItIsOverdue(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Exclude = []int64{101, 901}
	w.accept(in)
	w.do(operator, &Forward{Units: []UnitRef{{Code: "XD"}}})
	w.until(instantAt("2026-03-18 08:00"))
	mark := w.mark()
	w.overdueDigest("2026-03-18 08:00")
	for _, l := range w.messages[mark:] {
		if l.Notice.To.Contact == 101 || l.Notice.To.Contact == 901 {
			t.Errorf("%s goes to the excluded contact %d", l.Notice.Template, l.Notice.To.Contact)
		}
	}
	w.want(mark, "V2 office", "B1 head", "B1 focal")
}

func TestAnOverdueDigestWithoutAReaderBecomesOneTask(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("LL")                   // only a landline, no head
	w.forwarded("LL")
	w.until(instantAt("2026-03-18 08:00"))
	mark, before := w.mark(), w.openTasks(TaskUnreachable)
	w.overdueDigest("2026-03-18 08:00")
	w.overdueDigest("2026-03-19 08:00")
	w.want(mark, "V2 office", "V2 office")
	if got := w.openTasks(TaskUnreachable) - before; got != 2 { // head and officer
		t.Errorf("%d tasks, want 2", got)
	}
}

func TestOnePersonInBothRolesGetsOneList(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("NF")                   // no focal officer: the head stands in
	w.until(instantAt("2026-03-18 08:00"))
	mark := w.mark()
	w.overdueDigest("2026-03-18 08:00")
	w.want(mark, "V2 office", "B1 head")
}

func TestTheForwardedDigestListsEverySlipOfItsPeriod(t *testing.T) {
	w := newTown(t, "2026-03-09 11:00", mailChannel) // Monday
	withMail(w, map[int64]string{901: "vp1@example.vn", 911: "vp2@example.vn"})
	before := w.forwarded("XD") // at 11:00, the period before
	w.jump("2026-03-09 11:30")
	listed := w.forwarded("XD", "MT")
	w.jump("2026-03-09 14:00")
	in := lamp()
	in.Confidential = true
	secret := w.accept(in)
	w.do(operator, &Forward{Units: []UnitRef{{Code: "GV"}}})
	w.jump("2026-03-09 16:30")
	mark := w.mark()
	if got := w.forwardedDigest("2026-03-09 11:00", "2026-03-09 16:30"); got != (Digest{Petitions: 3, Notices: 2}) {
		t.Errorf("the digest came to %+v", got)
	}
	w.want(mark, "VT office", "VT office")
	for i, address := range []string{"vp1@example.vn", "vp2@example.vn"} {
		l := w.messages[mark+i]
		want := "1022 Hải Phòng kính gửi VP UBND TP 3 phiếu chuyển từ 11h00 9/3 đến 16h30 9/3:\n" +
			"1. " + listed.Code + ", Sở Xây dựng, hạn 11h30 10/3: " + listed.Summary + "\n" +
			"2. " + listed.Code + ", Sở NNMT (phối hợp), hạn 17h00 9/3: " + listed.Summary + "\n" +
			"3. " + secret.Code + " (bảo mật)\nTheo dõi: 1022.haiphong.gov.vn"
		if l.Email != address || l.text != want {
			t.Errorf("to %s:\n got %s\nwant %s", l.Email, l.text, want)
		}
		if strings.Contains(l.text, before.Code) {
			t.Errorf("a slip of the period before is listed")
		}
	}
	mark = w.mark()
	w.forwardedDigest("2026-03-09 11:00", "2026-03-09 16:30")
	w.want(mark)
}

func TestALongForwardedDigestIsSeveralMailsThatLoseNothing(t *testing.T) {
	w := newTown(t, "2026-03-09 14:00", mailChannel) // Monday
	withMail(w, map[int64]string{901: "vp1@example.vn"})
	var codes []string
	for range 45 {
		codes = append(codes, w.forwarded("XD").Code)
	}
	mark := w.mark()
	if got := w.forwardedDigest("2026-03-09 11:00", "2026-03-09 16:30"); got != (Digest{Petitions: 45, Notices: 3}) {
		t.Errorf("the digest came to %+v", got)
	}
	all := ""
	for _, l := range w.lettersOf(mark, "VT") {
		all += l.text
	}
	for i, code := range codes {
		if !strings.Contains(all, fmt.Sprintf("\n%d. %s, ", i+1, code)) {
			t.Errorf("%s is not listed as number %d", code, i+1)
		}
	}
}

func TestWithoutAChannelOrAnAddressTheForwardedDigestTellsNobody(t *testing.T) {
	for name, tweak := range map[string]func(*Setting){"no channel": func(*Setting) {}, "no address": mailChannel} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, "2026-03-09 14:00", tweak) // Monday
			if name == "no channel" {
				withMail(w, map[int64]string{901: "vp1@example.vn"})
			}
			w.forwarded("XD")
			mark := w.mark()
			if got := w.forwardedDigest("2026-03-09 11:00", "2026-03-09 16:30"); got != (Digest{Petitions: 1}) {
				t.Errorf("the digest came to %+v", got)
			}
			w.want(mark)
		})
	}
}

func TestWhoMustNotSeeAPetitionIsNotMailedAboutIt(t *testing.T) {
	w := newTown(t, "2026-03-09 14:00", mailChannel) // Monday
	withMail(w, map[int64]string{901: "vp1@example.vn", 911: "vp2@example.vn"})
	in := lamp()
	in.Exclude = []int64{901}
	w.accept(in)
	w.do(operator, &Forward{Units: []UnitRef{{Code: "XD"}}})
	mark := w.mark()
	w.forwardedDigest("2026-03-09 11:00", "2026-03-09 16:30")
	if got := w.lettersOf(mark, "VT"); len(got) != 1 || got[0].Notice.To.Contact != 911 {
		t.Errorf("%d mails, the first to %d", len(got), got[0].Notice.To.Contact)
	}
}

func TestADigestLateAtNightWaitsForTheMorning(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.until(instantAt("2026-03-18 22:00"))
	w.overdueDigest("2026-03-18 08:00")
	if got, want := w.letter("B1").Notice.NotBefore, instantAt("2026-03-19 06:45"); !got.Equal(want) {
		t.Errorf("held until %s, want %s", got.Format(time.DateTime), want.Format(time.DateTime))
	}
}

// digested is all that the digests of some days tell, read in such pages; nil: in pages as large
// as are asked for.
func digested(t teller, pages func(limit int) int) (told []string) {
	t.Helper()
	w := newTown(t, "2026-03-09 08:00", mailChannel) // Monday
	withMail(w, map[int64]string{901: "vp1@example.vn", 911: "vp2@example.vn"})
	w.pages = pages
	for i, unit := range []string{"XD", "MT", "XD", "GV", "NF", "LL", "XD", "MT", "XD"} {
		in := lamp()
		in.Confidential = i%4 == 3
		if i%3 == 1 {
			in.Exclude = []int64{101, 901}
		}
		w.accept(in)
		w.do(operator, &Forward{Units: []UnitRef{{Code: unit}, {Code: "LV"}}})
	}
	mark := w.mark()
	w.forwardedDigest("2026-03-09 07:00", "2026-03-09 11:00")
	w.until(instantAt("2026-03-10 07:15"))
	w.morningList("2026-03-10 07:15")
	w.until(instantAt("2026-03-18 08:00"))
	w.overdueDigest("2026-03-18 08:00")
	for _, l := range w.messages[mark:] {
		if n := l.Notice; n.Rung.Period().IsZero() {
			continue
		} else if told = append(told, n.Key()+": "+l.text+fmt.Sprint(n.Vars)); n.Enclosure != nil {
			told = append(told, n.Enclosure.Text, n.Enclosure.HTML, string(n.Enclosure.Files[0].Content))
		}
	}
	for _, task := range w.tasks {
		told = append(told, task.Key)
	}
	return told
}

func TestADigestIsTheSameWhateverThePagesItIsReadIn(t *testing.T) {
	want := digested(t, nil)
	for _, template := range []string{"/B1/", "/B2/", "/V2/", "/VQ/", "/VT/"} {
		if !slices.ContainsFunc(want, func(line string) bool { return strings.Contains(line, template) }) {
			t.Errorf("the story has no %s", template)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		got := digested(rt, func(limit int) int {
			if limit < 1 || limit > digestPage {
				rt.Fatalf("%d petitions are asked for at once", limit)
			}
			return rapid.IntRange(1, 10).Draw(rt, "page")
		})
		if !slices.Equal(got, want) {
			rt.Errorf("in pages it is told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

func TestPagesOfNeighboursLeaveNobodyOut(t *testing.T) {
	var want, got, asked []int64
	for id := range int64(8) {
		want = append(want, id+1)
	}
	_, err := paged(func(after int64) (page PetitionPage, err error) {
		asked = append(asked, after)
		for _, id := range want[after:min(after+3, int64(len(want)))] {
			page.Petitions, page.Last = append(page.Petitions, Petition{ID: id}), id
		}
		return page, nil
	}, func(p Petition) { got = append(got, p.ID) })
	if err != nil || !slices.Equal(got, want) || !slices.Equal(asked, []int64{0, 3, 6, 8}) {
		t.Errorf("after %v come %v, %v", asked, got, err)
	}
}
