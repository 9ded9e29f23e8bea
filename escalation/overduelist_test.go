package escalation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestTheOfficeIsMailedTheListOfWhatIsOverdueByUnit(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00", mailChannel) // Monday
	withMail(w, map[int64]string{901: "vp1@example.vn", 911: "vp2@example.vn"})
	lampXD := w.forwarded("XD")
	waterMT := w.forwarded("MT")
	in := lamp()
	in.Confidential, in.Field, in.Area = true, "bí mật", "Nơi kín"
	secret := w.accept(in)
	w.do(operator, &Forward{Units: []UnitRef{{Code: "XD"}}})
	w.jump("2026-03-09 09:00")
	laterXD := w.forwarded("XD")
	w.until(instantAt("2026-03-18 08:00")) // Wednesday: 48 working hours ended on Monday
	mark := w.mark()
	w.overdueDigest("2026-03-18 08:00")
	mails := w.lettersOf(mark, "VQ")
	if len(mails) != 2 || mails[0].Email != "vp1@example.vn" || mails[1].Email != "vp2@example.vn" {
		t.Fatalf("%d mails", len(mails))
	}
	l := mails[0]
	if want := "1022 Hải Phòng kính gửi VP UBND TP danh sách 4 PAKN quá hạn (đang chờ xử lý) đến 8h00 18/3:\n" +
		"Sở Xây dựng: 2\nBảo mật: 1\nSở Nông nghiệp và Môi trường: 1\nTheo dõi: 1022.haiphong.gov.vn"; l.text != want {
		t.Errorf("it says\n%s\nwant\n%s", l.text, want)
	}
	e := l.Notice.Enclosure
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	field := lamp().Field
	wide := strings.Repeat(" ", max(0, len([]rune("Lĩnh vực"))-len([]rune(field))))
	row := func(no int, p Petition, unit, due string, days int) string {
		return fmt.Sprintf("%-3d  %s            %-28s  %s%s  %s  %d\n", no, p.Code, unit, field, wide, due, days)
	}
	want := row(1, waterMT, "Sở Nông nghiệp và Môi trường", "17/03/2026 08:00", 1) + row(2, lampXD, "Sở Xây dựng", "17/03/2026 08:00", 1) +
		row(3, laterXD, "Sở Xây dựng", "17/03/2026 09:00", 0) + "4    " + secret.Code + " (bảo mật)\n"
	if _, rows, _ := strings.Cut(e.Text, "\n"); rows != want {
		t.Errorf("the table is\n%s\nwant\n%s", rows, want)
	}
	if !strings.Contains(e.HTML, "<td>"+lampXD.Code+"</td><td>Sở Xây dựng</td><td>"+field+"</td><td>17/03/2026 08:00</td><td>1</td>") {
		t.Errorf("the HTML is\n%s", e.HTML)
	}
	if f := e.Files[0]; f.Name != "qua-han-2026-03-18.csv" || !strings.HasPrefix(string(f.Content), "\ufeffSTT,Mã PAKN,Đơn vị,") ||
		!strings.Contains(string(f.Content), "\r\n4,"+secret.Code+" (bảo mật),,,,\r\n") {
		t.Errorf("the file %s is\n%s", f.Name, f.Content)
	}
	everything := e.Text + e.HTML + string(e.Files[0].Content) + l.text
	for _, private := range []string{"bí mật", "Nơi kín", lamp().Citizen.Name, lamp().Content, lampXD.Summary, lampXD.Token, lampXD.ViewToken} {
		if strings.Contains(everything, private) {
			t.Errorf("%q is in the list", private)
		}
	}
	mark = w.mark()
	w.overdueDigest("2026-03-18 08:00")
	w.want(mark)
}

func TestADenunciationIsInNoListAndAnExcludedPersonSeesOnlyTheRest(t *testing.T) {
	at := instantAt("2026-03-18 08:00")
	w := newTown(t, "2026-03-18 08:00", mailChannel)
	withMail(w, map[int64]string{901: "vp1@example.vn", 911: "vp2@example.vn"})
	var env Env
	if err := w.Tx(w.ctx, func(tx Tx) (err error) { env, err = w.desk.env(w.ctx, tx, at); return err }); err != nil {
		t.Fatal(err)
	}
	list := []Petition{
		{Code: "HP260309-0001", Status: Overdue, Exclude: []int64{901}},
		{Code: "HP260309-0002", Status: Overdue, Denunciation: true},
		{Code: "HP260309-0003", Status: Overdue, Hold: &Hold{}},
		{Code: "HP260309-0004", Status: Escalated},
	}
	mailed := func() []Notice {
		r := overdueRound{digestRound: digestRound{env: env, name: "digest_overdue", period: at}, mails: overdueLists(env)}
		for _, p := range list {
			r.add(p)
		}
		r.decide()
		return slices.DeleteFunc(r.notices, func(n Notice) bool { return n.Template != "VQ" })
	}
	mails := mailed()
	if len(mails) != 1 || mails[0].To.Contact != 911 || strings.Contains(mails[0].Enclosure.Text, "0002") || !strings.Contains(mails[0].Enclosure.Text, "HP260309-0001") {
		t.Errorf("%d mails: %+v", len(mails), mails)
	}
	if env.Mail = false; len(mailed()) != 0 {
		t.Error("mails without an email channel")
	}
}

func TestAListBeyondMeasureIsCutAndSaysSo(t *testing.T) {
	lines := make([]overdueLine, listMost+7)
	for i := range lines {
		long := strings.Repeat("ữ", listCell+1)
		lines[i] = overdueLine{code: fmt.Sprintf("HP260309-%05d", i), unit: clip(long), field: clip(long), due: instantAt("2026-03-16 17:00"), days: 1}
	}
	e := overdueEnclosure(lines[:listMost], len(lines), instantAt("2026-03-18 08:00"))
	if err := e.Check(); err != nil {
		t.Error(err)
	}
	for _, part := range []string{e.Text, e.HTML} {
		if !strings.Contains(part, "Còn 7 PAKN nữa") {
			t.Errorf("it ends in %q", part[len(part)-80:])
		}
	}
}

func TestACellIsNoFormulaAndNoMarkup(t *testing.T) {
	rows := [][]string{{"A"}, {"=1+1"}, {"<b>&"}, {`a,"b`}, {"-x"}, {""}}
	if got, want := string(sheet(rows)), "\ufeffA\r\n'=1+1\r\n<b>&\r\n\"a,\"\"b\"\r\n'-x\r\n\r\n"; got != want {
		t.Errorf("sheet %q, want %q", got, want)
	}
	if got := HTMLTable(rows[0], rows[1:]); !strings.Contains(got, "<th>A</th>") || !strings.Contains(got, "<td>&lt;b&gt;&amp;</td>") {
		t.Errorf("table %s", got)
	}
}

func TestTheTotalsNameTheUnitsWithTheMostFirst(t *testing.T) {
	count := map[string]int{}
	for i := range listSums + 2 {
		count[fmt.Sprintf("Đơn vị %03d", i)] = i + 1
	}
	got := strings.Split(overdueSums(count), "\n")
	if got[0] != fmt.Sprintf("Đơn vị %03d: %d", listSums+1, listSums+2) || got[listSums] != "và 2 đơn vị khác" {
		t.Errorf("%q … %q", got[0], got[listSums])
	}
}

func TestAListOfAnyNumberKeepsNoMoreThanItNeeds(t *testing.T) {
	lines := make([]overdueLine, 5*listMost+3)
	for i := range lines {
		lines[i] = overdueLine{code: fmt.Sprintf("HP260309-%05d", i), unit: fmt.Sprint("Đơn vị ", i%7), due: instantAt("2026-03-16 17:00"), secret: i%11 == 0}
	}
	want := slices.SortedFunc(slices.Values(lines), byUnit)[:listMost]
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(lines), func(i, k int) { lines[i], lines[k] = lines[k], lines[i] })
	o := overdueList{units: map[string]int{}}
	for _, l := range lines {
		if o.add(l, NewDirectory(nil, nil)); len(o.lines) >= 2*listMost {
			t.Fatalf("%d lines are kept", len(o.lines))
		}
	}
	if o.count != len(lines) || !slices.EqualFunc(o.first(), want, func(a, b overdueLine) bool { return byUnit(a, b) == 0 }) {
		t.Errorf("of %d lines others are the first", o.count)
	}
}
