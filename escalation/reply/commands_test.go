package reply_test

import (
	"testing"

	"notify1022/escalation/reply"
)

func TestAnAcknowledgementIsReadInEverySpelling(t *testing.T) {
	var table []want
	for _, text := range []string{
		"NHAN 457", "nhan 457", "Nhan 457", "nhận 457", "NHẬN 457", "nha\u0323\u0302n 457", "nha\u0302\u0323n 457",
		"NHAN457", "nhan457", "nhận457", "nhan.457", "nhan:457", "nhan-457", "nhan_457", "nhan,457", "nhan#457", "NHAN  457", "NHAN\t457", "NHAN\n457",
		"NHAN 457.", "NHAN 457!", " NHAN 457 ", "NHAN 457;", "\"NHAN 457\"", "“NHAN 457”", "'NHAN 457'", "(NHAN 457)", "[NHAN 457]", "<NHAN 457>", "NHAN <457>", "NHAN (457)",
		"nhan so 457", "nhận số 457", "nhan ma 457", "nhan mã 457", "nhan phieu 457", "nhan phieu so 457", "nhan ma so 457", "nhan pakn 457", "nhan phiếu chuyển 457", "nhanso457", "nhanma457", "nhanphieu457", "nhan so: 457", "nhan ma: 457",
		"tiep nhan 457", "tiếp nhận 457", "tiepnhan457", "TIEP NHAN 457", "da nhan 457", "đã nhận 457", "Đã nhận 457", "danhan457", "da nhan phieu 457", "da tiep nhan 457", "đã nhận được 457", "nhan duoc 457", "nhan roi 457", "da nhan duoc phieu 457",
		"tn 457", "TN457", "n 457", "N457", "n.457", "ok 457", "OK 457", "Ok457", "oke 457", "okie 457", "da 457", "dạ 457", "vang 457", "vâng 457", "ro 457", "rõ 457", "da ro 457", "đã rõ 457", "da biet 457", "đã biết 457", "nhat tri 457", "nhất trí 457", "dong y 457",
		"nhaanj 457", "nhaajn 457", "nhanj 457", "nhajn 457", "nhajan 457", "nhanaj 457", "nhana 457", "nhaan 457", "NHAANJ 457", "nhaanj457", "tieeps nhaanj 457", "tieesp nhaajn 457", "ddax nhaanj 457", "ddaxnhaanj457", "vaang 457", "daj 457", "ddax rox 457",
		"nha65n 457", "nha6n5 457", "nha56n 457", "nha5n6 457", "nha6n 457", "nhan65 457", "tie61p nha65n 457", "d9a4 nha65n 457", "NHA65N 457", "nha65n457", "va6ng 457",
		"Fwd: NHAN 457", "FW: nhan 457", "Re: nhan 457", "RE: Re: nhan 457", "> NHAN 457", ">> nhan 457", "> Fwd: nhan 457", "Tr: nhan 457", "- NHAN 457", "* nhan 457",
		"\u200bNHAN\u200b 457", "NH\u200bAN 4\u200b57", "\ufeffNHAN 457", "NHAN\u00a0457", "ＮＨＡＮ ４５７", "NHAN ４５７", "nhan　457", "NHAN 457\u200b", "N\u00adHAN 457",
		"da nhan 457", "dạ nhận 457", "dạ em nhận 457", "da em nhan 457", "vang nhan 457", "vâng, nhận 457", "thua anh nhan 457", "thưa anh, em nhận 457", "vang a, em nhan 457", "em nhan 457", "toi nhan 457", "Bao cao anh, em da nhan 457", "Kính thưa tổng đài, tôi đã nhận 457", "soan NHAN 457", "em xin nhan 457", "ok em nhan 457",
		"457 nhan", "457 NHAN", "457 đã nhận", "457 ok", "457: nhan", "457 em nhan", "phieu 457 da nhan", "457nhan", "ma 457 nhan", "so 457 ok",
		"NHNA 457", "nhna457", "NHAMN 457", "NHAB 457", "nahn 457", "hnan 457", "nhann 457", "nnhan 457", "mhan 457", "NHAJN 457", "nhsn 457", "tiep nhna 457", "tipe nhan 457", "da nhna 457",
		"N H A N 457", "n.h.a.n 457", "N-H-A-N 457", "NH AN 457", "N HAN 457", "da nhan tin 457", "nhan tin nhan 457",
	} {
		table = append(table, want{text, reply.Ack, "457", "", ""})
	}
	check(t, table)
}

func TestAnAcknowledgementKeepsWhatElseWasSaid(t *testing.T) {
	check(t, []want{
		{"NHAN", reply.Ack, "", "", ""},
		{"nhận", reply.Ack, "", "", ""},
		{"ok", reply.Ack, "", "", ""},
		{"OK.", reply.Ack, "", "", ""},
		{"Dạ", reply.Ack, "", "", ""},
		{"da", reply.Ack, "", "", ""},
		{"vang", reply.Ack, "", "", ""},
		{"Vâng ạ", reply.Ack, "", "", ""},
		{"ro", reply.Ack, "", "", ""},
		{"da ro", reply.Ack, "", "", ""},
		{"da biet", reply.Ack, "", "", ""},
		{"nhat tri", reply.Ack, "", "", ""},
		{"NHAN 457 458", reply.Ack, "457 458", "", ""},
		{"NHAN 457, 458", reply.Ack, "457 458", "", ""},
		{"NHAN 457;458", reply.Ack, "457 458", "", ""},
		{"NHAN 457.458", reply.Ack, "457 458", "", ""},
		{"NHAN 457 & 458", reply.Ack, "457 458", "", ""},
		{"nhan457va458", reply.Ack, "457 458", "", ""},
		{"nhan hp261123/0457", reply.Ack, "HP261123-0457", "", ""},
		{"NHAN 457 va 458", reply.Ack, "457 458", "", ""},
		{"NHAN 457 và 458", reply.Ack, "457 458", "", ""},
		{"NHAN 457, 458 va 459", reply.Ack, "457 458 459", "", ""},
		{"NHAN 457,458,459.", reply.Ack, "457 458 459", "", ""},
		{"nhan 45705 45812", reply.Ack, "45705 45812", "", ""},
		{"NHAN 457 457", reply.Ack, "457", "", ""},
		{"NHAN 7", reply.Ack, "7", "", ""},
		{"NHAN 57", reply.Ack, "57", "", ""},
		{"NHAN 0457", reply.Ack, "0457", "", ""},
		{"NHAN0457", reply.Ack, "0457", "", ""},
		{"NHAN O457", reply.Ack, "0457", "", ""},
		{"NHANO457", reply.Ack, "0457", "", ""},
		{"NHAN 45O7", reply.Ack, "4507", "", ""},
		{"NHAN o4o7", reply.Ack, "0407", "", ""},
		{"NHAN l23", reply.Ack, "123", "", ""},
		{"NHAN I23", reply.Ack, "123", "", ""},
		{"NHAN 4l5I", reply.Ack, "4151", "", ""},
		{"NHAN 457O5", reply.Ack, "45705", "", ""},
		{"NHAN HP261123-0457", reply.Ack, "HP261123-0457", "", ""},
		{"nhan hp261123-0457", reply.Ack, "HP261123-0457", "", ""},
		{"nhan hp2611230457", reply.Ack, "HP261123-0457", "", ""},
		{"nhanhp2611230457", reply.Ack, "HP261123-0457", "", ""},
		{"NHAN HP 261123 0457", reply.Ack, "HP261123-0457", "", ""},
		{"NHAN HP-261123-0457", reply.Ack, "HP261123-0457", "", ""},
		{"NHAN HP261123 0457", reply.Ack, "HP261123-0457", "", ""},
		{"NHAN HP261123–0457", reply.Ack, "HP261123-0457", "", ""},
		{"NHAN HP261123 - 0457", reply.Ack, "HP261123-0457", "", ""},
		{"NHAN HP261123.0457", reply.Ack, "HP261123-0457", "", ""},
		{"NHAN HP26ll23-O457", reply.Ack, "HP261123-0457", "", ""},
		{"NHAN HP261123-457", reply.Ack, "HP261123-0457", "", ""},
		{"NHAN HP261123-10457", reply.Ack, "HP261123-10457", "", ""},
		{"NHAN phieu HP261123-0457", reply.Ack, "HP261123-0457", "", ""},
		{"NHAN 261123-0457", reply.Ack, "HP261123-0457", "", ""},
		{"NHAN HP261123-0457 HP261123-0458", reply.Ack, "HP261123-0457 HP261123-0458", "", ""},
		{"NHAN HP261123-0457, 45812", reply.Ack, "HP261123-0457 45812", "", ""},
		{"HP261123-0457 da nhan", reply.Ack, "HP261123-0457", "", ""},
		{"NHAN HP457", reply.Ack, "457", "", ""},
		{"NHAN 45705 em cam on", reply.Ack, "45705", "em cam on", ""},
		{"Dạ em nhận 45705 ạ", reply.Ack, "45705", "ạ", ""},
		{"NHAN 45705 se di ngay", reply.Ack, "45705", "se di ngay", ""},
		{"NHAN 45705, Đã giao đội 2.", reply.Ack, "45705", "Đã giao đội 2.", ""},
		{"NHAN 45705 12 ho dan", reply.Ack, "45705", "12 ho dan", ""},
		{"dang xu ly", reply.Ack, "", "dang xu ly", ""},
		{"dang xu ly 45705", reply.Ack, "45705", "dang xu ly", ""},
		{"45705 đang xử lý", reply.Ack, "45705", "đang xử lý", ""},
		{"dang kiem tra 45705", reply.Ack, "45705", "dang kiem tra", ""},
		{"Đang kiểm tra 45705 tại hiện trường", reply.Ack, "45705", "Đang kiểm tra tại hiện trường", ""},
		{"em dang kiem tra", reply.Ack, "", "dang kiem tra", ""},
		{"vang em se kiem tra ngay", reply.Ack, "", "em se kiem tra ngay", ""},
		{"nhan 45705\n> 1022 HP: phieu HP261123-0457", reply.Ack, "45705", "1022 HP: phieu HP261123-0457", ""},
		{"> 1022 HP chuyen PAKN HP261123-0457\nNHAN 45705", reply.Ack, "45705", "", ""},
	})
}

func TestAResultNeedsItsText(t *testing.T) {
	check(t, []want{
		{"XONG 45705 da thay bong", reply.Done, "45705", "da thay bong", ""},
		{"xong 45705 đã thay bóng đèn", reply.Done, "45705", "đã thay bóng đèn", ""},
		{"xong45705 da thay bong", reply.Done, "45705", "da thay bong", ""},
		{"XONG45705da thay bong", reply.Done, "45705", "da thay bong", ""},
		{"XONG 45705: Đã thay 3 bóng.", reply.Done, "45705", "Đã thay 3 bóng.", ""},
		{"XONG 45705 - da sua", reply.Done, "45705", "da sua", ""},
		{"XONG 45705 3 bong den", reply.Done, "45705", "3 bong den", ""},
		{"XONG 45705 12 bong den", reply.Done, "45705", "12 bong den", ""},
		{"XONG 45705 120m2 duong", reply.Done, "45705", "120m2 duong", ""},
		{"XONG 45705 100% da sua", reply.Done, "45705", "100% da sua", ""},
		{"XONG 45705 0570000003 da goi", reply.Done, "45705", "0570000003 da goi", ""},
		{"XONG 45705 45812 da sua ca hai", reply.Done, "45705 45812", "da sua ca hai", ""},
		{"XONG da thay bong", reply.Done, "", "da thay bong", ""},
		{"da xong 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"đã xong 45705 thay bóng", reply.Done, "45705", "thay bóng", ""},
		{"x 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"XO NG 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"x45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"hoan thanh 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"hoàn thành 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"hoanthanh45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"da hoan thanh 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"ht 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"da xu ly 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"đã xử lý 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"da xu ly xong 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"kq 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"ket qua 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"kết quả: 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"tra loi 45705 da thay bong", reply.Done, "45705", "da thay bong", ""},
		{"trả lời 45705 da thay bong", reply.Done, "45705", "da thay bong", ""},
		{"da tra loi dan 45705", reply.Done, "45705", "", reply.ProblemMissingText},
		{"da tra loi dan 45705 ngay 23/11", reply.Done, "45705", "ngay 23/11", ""},
		{"da tra loi dan", reply.Done, "", "", reply.ProblemMissingText},
		{"tra loi 45705", reply.Done, "45705", "", reply.ProblemMissingText},
		{"ddax xong 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"ddaxxong45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"d9a4 xong 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"hoafn thafnh 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"hoa2n tha2nh 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"ddax xuwr lys 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"keets quar 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"XOGN 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"xnog 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"xongg 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"xomg 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"da xogn 45705 thay bong", reply.Done, "45705", "thay bong", ""},
		{"45705 xong da sua", reply.Done, "45705", "da sua", ""},
		{"45705 đã xong: sửa cống", reply.Done, "45705", "sửa cống", ""},
		{"45705 xong 3 bong den", reply.Done, "45705", "3 bong den", ""},
		{"ok xong 45705 da sua", reply.Done, "45705", "da sua", ""},
		{"vang, em xong 45705 roi a", reply.Done, "45705", "", reply.ProblemMissingText},
		{"Dạ thưa anh, 45705 đã xong ạ", reply.Done, "45705", "", reply.ProblemMissingText},
		{"XONG 45705", reply.Done, "45705", "", reply.ProblemMissingText},
		{"XONG", reply.Done, "", "", reply.ProblemMissingText},
		{"xong.", reply.Done, "", "", reply.ProblemMissingText},
		{"XONG 45705 👍", reply.Done, "45705", "", reply.ProblemMissingText},
		{"XONG 45705 khong phat hien vi pham", reply.Done, "45705", "khong phat hien vi pham", ""},
		{"XONG HP261123-0457 da sua", reply.Done, "HP261123-0457", "da sua", ""},
		{"sang nay da xong 45705 thay bong", reply.Done, "45705", "thay bong", ""},
	})
}

func TestWhatIsNearlyOrPartlyDoneIsNeverDone(t *testing.T) {
	for _, text := range []string{
		"sap xong", "sắp xong 45705", "gan xong 45705", "gần xong 45705", "se xong 45705", "sẽ xong", "45705 sap xong", "em sap xong 45705",
		"xong 1 phan", "xong một phần", "xong 1 phan 45705", "xong 45705 1 phan", "xong 45705 mot phan", "45705 xong 1 phan", "hoan thanh 80%", "hoan thanh 45705 80%", "xong 50% 45705", "gan nhu xong 45705", "se tra loi 45705", "sap hoan thanh 45705", "xong mot nua", "saps xong 45705", "ga62n xong 45705",
	} {
		if p := parse(text); p.Command != reply.Note || p.Text == "" || p.Problem != "" {
			t.Errorf("%q: got %+v, want a note with its words", text, p)
		}
	}
	for text, at := range map[string]string{
		"mai xong": "2026-11-24T17:00:00+07:00", "mai xong 45705": "2026-11-24T17:00:00+07:00", "chieu nay xong": "2026-11-23T17:00:00+07:00",
		"45705 chieu nay xong": "2026-11-23T17:00:00+07:00", "chiều nay xong 45705": "2026-11-23T17:00:00+07:00", "ngay mai xong": "2026-11-24T17:00:00+07:00",
		"mai se xong 45705": "2026-11-24T17:00:00+07:00", "15h xong 45705": "2026-11-23T15:00:00+07:00", "em 15h chieu nay xong 45705": "2026-11-23T15:00:00+07:00",
		"thu 5 xong 45705": "2026-11-26T17:00:00+07:00", "sang mai hoan thanh 45705": "2026-11-24T11:30:00+07:00", "hoan thanh truoc 15h 45705": "2026-11-23T15:00:00+07:00",
		"mai tra loi 45705": "2026-11-24T17:00:00+07:00", "se xong chieu nay": "2026-11-23T17:00:00+07:00",
	} {
		if p := parse(text); p.Command != reply.ETA || p.At != at || p.Problem != "" {
			t.Errorf("%q: got %+v, want a promise for %s", text, p, at)
		}
	}
}

func TestADeniedOrDoubtedAnswerIsNeverTaken(t *testing.T) {
	for _, text := range []string{
		"chua xong", "chua xong 457", "chưa xong 457", "Chua nhan 457", "chua nhan duoc", "khong nhan duoc", "khong nhan duoc 457", "không nhận được phiếu 457", "ko nhan 457", "k nhan 457", "K xong 457", "ko xong", "chang nhan", "chẳng xong", "khong xong 457",
		"457 chua xong", "45705 chưa xong", "457 chua nhan duoc", "em chua xong 457", "dạ em chưa xong 457", "da chua xong", "ok chua xong 457", "van chua xong 457",
		"chua xu ly xong 457", "chua lam xong", "chua co ket qua 457", "chua hoan thanh 457", "khong the hoan thanh 457", "chua tra loi 457", "khong tra loi duoc", "chua duoc nhan 457",
		"xong chua", "xong chua 457", "xong 457 chua", "xong 457 chua?", "xong?", "XONG 457?", "xong 457 ?", "nhan chua", "nhan chua?", "nhan 457 chua", "nhan?", "NHAN 457?", "da nhan chua", "da xong chua?", "xong khong", "xong khong?", "xong ko", "nhan 457 khong", "nhan ko?", "da nhan duoc chua 457", "ok chua", "ok 457?", "da nhan 457 chua vay anh", "xong roi chua",
		"chuwa xong 457", "chuaw xong 457", "chu7a xong 457", "khoong nhaanj 457", "kho6ng nha65n 457", "chua xogn 457", "khong nhna 457", "chuaxong457", "khongxong", "kxong 457", "koxong 457", "knhan457",
		"chua chuyen 457", "khong hen 457", "khong tra lai 457", "khong ok", "chua ro 457", "chưa nhất trí",
	} {
		p := parse(text)
		if p.Command != reply.Unknown || p.Problem != reply.ProblemNegated {
			t.Errorf("%q: got %s %q %q, want unknown, negated", text, p.Command, p.Text, p.Problem)
		}
	}
}

func TestAMistypedNegatorNeverTurnsIntoAResult(t *testing.T) {
	for _, negator := range []string{"chua", "khong", "chang"} {
		for _, slip := range slips(negator) {
			for _, verb := range []string{" xong 457", " nhan 457", "xong 457", " xong 457 da sua", " hoan thanh 457"} {
				if p := parse(slip + verb); p.Command == reply.Done || p.Command == reply.Ack {
					t.Errorf("%q is taken for %s", slip+verb, p.Command)
				}
			}
		}
	}
}

// slips lists every word one letter or one swap away from w.
func slips(w string) []string {
	var out []string
	for i := range w {
		out = append(out, w[:i]+w[i+1:])
		if i > 0 {
			out = append(out, w[:i-1]+w[i:i+1]+w[i-1:i]+w[i+1:])
		}
		for c := 'a'; c <= 'z'; c++ {
			out = append(out, w[:i]+string(c)+w[i+1:], w[:i]+string(c)+w[i:])
		}
	}
	return out
}

func TestAReturnNeedsAReasonAndAnInnerTransferIsNone(t *testing.T) {
	check(t, []want{
		{"SAI 45705 duong do Trung uong quan ly", reply.Return, "45705", "duong do Trung uong quan ly", ""},
		{"sai45705 khong phai dia ban", reply.Return, "45705", "khong phai dia ban", ""},
		{"CHUYEN 45705 So Xay dung", reply.Return, "45705", "So Xay dung", ""},
		{"chuyển 45705 Sở Xây dựng", reply.Return, "45705", "Sở Xây dựng", ""},
		{"chuyeenr 45705 So XD", reply.Return, "45705", "So XD", ""},
		{"chuyeern 45705 So XD", reply.Return, "45705", "So XD", ""},
		{"chuye63n 45705 So XD", reply.Return, "45705", "So XD", ""},
		{"chuye6n3 45705 So XD", reply.Return, "45705", "So XD", ""},
		{"CHUYEM 45705 So XD", reply.Return, "45705", "So XD", ""},
		{"chuyn 45705 So XD", reply.Return, "45705", "So XD", ""},
		{"chyuen 45705 So XD", reply.Return, "45705", "So XD", ""},
		{"ch 45705 So XD", reply.Return, "45705", "So XD", ""},
		{"tra lai 45705 sai dia chi", reply.Return, "45705", "sai dia chi", ""},
		{"trả lại 45705 sai địa chỉ", reply.Return, "45705", "sai địa chỉ", ""},
		{"trar laij 45705 vi sai", reply.Return, "45705", "vi sai", ""},
		{"khong thuoc 45705 phuong", reply.Return, "45705", "phuong", ""},
		{"KHONG THUOC 45705", reply.Return, "45705", "", reply.ProblemMissingReason},
		{"ko thuoc 45705 phuong", reply.Return, "45705", "phuong", ""},
		{"k thuoc 45705 phuong", reply.Return, "45705", "phuong", ""},
		{"khong thuoc tham quyen 45705", reply.Return, "45705", "khong thuoc tham quyen", ""},
		{"45705 không thuộc thẩm quyền", reply.Return, "45705", "không thuộc thẩm quyền", ""},
		{"khong thuoc tham quyen 45705 cua So XD", reply.Return, "45705", "cua So XD", ""},
		{"sai don vi 45705 cua So XD", reply.Return, "45705", "cua So XD", ""},
		{"sai đơn vị 45705", reply.Return, "45705", "", reply.ProblemMissingReason},
		{"tu choi 45705 khong dung dia ban", reply.Return, "45705", "khong dung dia ban", ""},
		{"TỪ CHỐI 45705", reply.Return, "45705", "", reply.ProblemMissingReason},
		{"tuwf choois 45705 ly do", reply.Return, "45705", "ly do", ""},
		{"tu72 cho61i 45705 ly do", reply.Return, "45705", "ly do", ""},
		{"de nghi chuyen 45705 So XD", reply.Return, "45705", "So XD", ""},
		{"de nghi tra lai 45705 vi sai dia ban", reply.Return, "45705", "vi sai dia ban", ""},
		{"SAI 45705", reply.Return, "45705", "", reply.ProblemMissingReason},
		{"SAI", reply.Return, "", "", reply.ProblemMissingReason},
		{"chuyen 45705.", reply.Return, "45705", "", reply.ProblemMissingReason},
		{"da chuyen phong ky thuat", reply.Note, "", "da chuyen phong ky thuat", ""},
		{"đã chuyển đội 2", reply.Note, "", "đã chuyển đội 2", ""},
		{"da chuyen 45705 cho So XD", reply.Note, "45705", "da chuyen cho So XD", ""},
		{"45705 da chuyen doi quy tac", reply.Note, "45705", "da chuyen doi quy tac", ""},
		{"chuyen phong ky thuat 45705", reply.Note, "45705", "chuyen phong ky thuat", ""},
		{"chuyen phong ky thuat 45708", reply.Note, "", "chuyen phong ky thuat 45708", ""}, // a wrong check digit may be any number
		{"chuyen phong quan ly do thi 45705", reply.Note, "45705", "chuyen phong quan ly do thi", ""},
		{"chuyển chị Hoa 45705", reply.Note, "45705", "chuyển chị Hoa", ""},
		{"da chuyen So Xay dung 45705", reply.Note, "45705", "da chuyen So Xay dung", ""},
		{"da chuyen So Xay dung phieu so 45705 nhé", reply.Note, "45705", "da chuyen So Xay dung", ""},
		{"da gui van ban HP261123-0457, 45705.", reply.Note, "HP261123-0457 45705", "da gui van ban", ""},
		{"da gui van ban 45705 cho So XD hom qua", reply.Note, "", "da gui van ban 45705 cho So XD hom qua", ""},
		{"chuyen So Xay dung 45705", reply.Return, "45705", "So Xay dung", ""},
		{"chuyen ban quan ly", reply.Note, "", "chuyen ban quan ly", ""},
		{"chuyen doi 2", reply.Note, "", "chuyen doi 2", ""},
		{"chuyen to 3", reply.Note, "", "chuyen to 3", ""},
		{"chuyển trung tâm", reply.Note, "", "chuyển trung tâm", ""},
		{"chuyen anh Nam", reply.Note, "", "chuyen anh Nam", ""},
		{"chuyen chi Hoa", reply.Note, "", "chuyen chi Hoa", ""},
		{"chuyen dong chi Nam", reply.Note, "", "chuyen dong chi Nam", ""},
		{"chuyen d/c Nam", reply.Note, "", "chuyen d/c Nam", ""},
		{"chuyen cho phong TNMT", reply.Note, "", "chuyen cho phong TNMT", ""},
		{"chuyen 45705 phong ky thuat", reply.Note, "45705", "chuyen phong ky thuat", ""},
		{"ddax chuyeenr 45705 phong", reply.Note, "45705", "ddax chuyeenr phong", ""},
		{"chuyen 45705 phuong Le Chan", reply.Return, "45705", "phuong Le Chan", ""},
	})
}

func TestTheOtherCommandsAreRead(t *testing.T) {
	check(t, []want{
		{"HOI 45705 dia chi chinh xac o dau", reply.Ask, "45705", "dia chi chinh xac o dau", ""},
		{"hỏi 45705 số nhà?", reply.Ask, "45705", "số nhà?", ""},
		{"hoir 45705 so nha", reply.Ask, "45705", "so nha", ""},
		{"ho3i 45705 so nha", reply.Ask, "45705", "so nha", ""},
		{"hoi3 45705 so nha", reply.Ask, "45705", "so nha", ""},
		{"bo sung 45705 anh", reply.Ask, "45705", "anh", ""},
		{"bổ sung 45705 ảnh", reply.Ask, "45705", "ảnh", ""},
		{"bs 45705 anh", reply.Ask, "45705", "anh", ""},
		{"HOI 45705", reply.Ask, "45705", "", reply.ProblemMissingText},
		{"HOI", reply.Ask, "", "", reply.ProblemMissingText},
		{"de nghi bo sung 45705 anh", reply.Ask, "45705", "anh", ""},
		{"NOIMAY 45705", reply.Connect, "45705", "", ""},
		{"noi may 45705", reply.Connect, "45705", "", ""},
		{"nối máy 45705", reply.Connect, "45705", "", ""},
		{"noois masy 45705", reply.Connect, "45705", "", ""},
		{"no61i ma1y 45705", reply.Connect, "45705", "", ""},
		{"NOIMAY", reply.Connect, "", "", ""},
		{"noimay45705", reply.Connect, "45705", "", ""},
		{"noimya 45705", reply.Connect, "45705", "", ""},
		{"DS", reply.List, "", "", ""},
		{"ds.", reply.List, "", "", ""},
		{"danh sach", reply.List, "", "", ""},
		{"Danh sách", reply.List, "", "", ""},
		{"danhsach", reply.List, "", "", ""},
		{"danh sasch", reply.List, "", "", ""},
		{"xem danh sach", reply.List, "", "", ""},
		{"TT 45705", reply.Status, "45705", "", ""},
		{"tt45705", reply.Status, "45705", "", ""},
		{"tinh trang 45705", reply.Status, "45705", "", ""},
		{"tình trạng 45705", reply.Status, "45705", "", ""},
		{"xem 45705", reply.Status, "45705", "", ""},
		{"TT", reply.Status, "", "", ""},
		{"TT HP261123-0457", reply.Status, "HP261123-0457", "", ""},
		{"GIUP", reply.Help, "", "", ""},
		{"giúp", reply.Help, "", "", ""},
		{"giups", reply.Help, "", "", ""},
		{"tro giup", reply.Help, "", "", ""},
		{"trợ giúp", reply.Help, "", "", ""},
		{"huong dan", reply.Help, "", "", ""},
		{"hướng dẫn", reply.Help, "", "", ""},
		{"huowngs daaxn", reply.Help, "", "", ""},
		{"hd", reply.Help, "", "", ""},
		{"HELP", reply.Help, "", "", ""},
		{"?", reply.Help, "", "", ""},
		{"??", reply.Help, "", "", ""},
		{"NGUNG", reply.Stop, "", "", ""},
		{"ngừng", reply.Stop, "", "", ""},
		{"TC", reply.Stop, "", "", ""},
		{"STOP", reply.Stop, "", "", ""},
		{"stop ", reply.Stop, "", "", ""},
		{"Stop.", reply.Stop, "", "", ""},
		{"NGUNG 1022", reply.Stop, "", "1022", ""},
		{"NGUNG nhan tin", reply.Stop, "", "", ""},
		{"START", reply.Start, "", "", ""},
		{"BATDAU", reply.Start, "", "", ""},
		{"bắt đầu", reply.Start, "", "", ""},
		{"dang ky lai", reply.Start, "", "", ""},
		{"đăng ký lại", reply.Start, "", "", ""},
		{"tiep tuc nhan tin", reply.Start, "", "", ""},
	})
}

func TestWhatIsNoCommandStaysUnknown(t *testing.T) {
	check(t, []want{
		{"", reply.Unknown, "", "", reply.ProblemEmpty},
		{"   \n\t", reply.Unknown, "", "", reply.ProblemEmpty},
		{"\u200b\u00a0", reply.Unknown, "", "", reply.ProblemEmpty},
		{"...", reply.Unknown, "", "...", reply.ProblemUnknown},
		{"abc 457", reply.Unknown, "", "abc 457", reply.ProblemUnknown},
		{"Đường Lạch Tray ngập nước", reply.Unknown, "", "Đường Lạch Tray ngập nước", reply.ProblemUnknown},
		{"457", reply.Unknown, "", "457", reply.ProblemUnknown},
		{"HAN 457", reply.Unknown, "457", "HAN 457", reply.ProblemAmbiguous},
		{"han457", reply.Unknown, "457", "han457", reply.ProblemAmbiguous},
		{"hạn 457 15h", reply.Unknown, "457", "hạn 457 15h", reply.ProblemAmbiguous},
		{"nhan vien di vang", reply.Unknown, "", "nhan vien di vang", reply.ProblemUnknown},
		{"Hội đồng nhân dân", reply.Unknown, "", "Hội đồng nhân dân", reply.ProblemUnknown},
		{"Nghị định 28", reply.Unknown, "", "Nghị định 28", reply.ProblemUnknown},
		{"Tình trạng ngập nước tại ngõ 5", reply.Unknown, "", "Tình trạng ngập nước tại ngõ 5", reply.ProblemUnknown},
		{"Công tác vệ sinh kém", reply.Unknown, "", "Công tác vệ sinh kém", reply.ProblemUnknown},
		{"Da nhieu ngay nay duong bi ngap", reply.Unknown, "", "Da nhieu ngay nay duong bi ngap", reply.ProblemUnknown},
		{"giup toi voi nha toi bi chay o ngo 5", reply.Unknown, "", "giup toi voi nha toi bi chay o ngo 5", reply.ProblemUnknown},
		{"1022 HP chuyen PAKN HP261123-0457: cong vo", reply.Unknown, "", "1022 HP chuyen PAKN HP261123-0457: cong vo", reply.ProblemUnknown},
	})
}

func TestAnOrdinaryWordIsNeverTakenForATypo(t *testing.T) {
	for _, word := range []string{
		"phan", "khan", "nham", "nhac", "nhat", "nhanh", "than", "hong", "dong", "cong", "tong", "song", "vong", "long", "mong", "xung", "xang", "ngan", "chan", "nhau", "nhai", "nhap", "nhin", "nhang", "nhon",
		"huyen", "tuyen", "quyen", "nguyen", "khuyen", "nghe", "nghia", "giua", "gium", "giun", "nhung", "ngang", "trung", "nhuan", "shop", "step", "smart", "hello", "chuyet", "thanh phan", "thuan", "khong", "phong", "loan",
	} {
		p := parse(word + " 457 abc")
		if p.Command != reply.Unknown || p.Problem != reply.ProblemUnknown {
			t.Errorf("%q was taken for %s %q", word, p.Command, p.Problem)
		}
	}
}
