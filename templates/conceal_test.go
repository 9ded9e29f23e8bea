package templates

import (
	"strings"
	"testing"
	"time"
)

const (
	thu   = "Nguyễn Văn Thử"
	house = "12/34 Lạch Tray, P Lạch Tray"
)

// Đ9.1, Đ11.1: the citizen reads the answer as it was given.
func TestAnAnswerKeepsAllThatIsNotTheCitizens(t *testing.T) {
	for _, name := range []string{thu, "An", "Hải", "Nam", "Lê Lợi", "Hải An", "Hòa Bình"} {
		for _, text := range []string{
			"Mời Ông/Bà gọi BHXH số 0225.3842.345, đường dây nóng 0936 123 456 hoặc 1900 9068; mức đóng 1.263.600.000 đồng; 07-12-2026 08h00",
			"Công an phường Hải An đã bảo đảm an toàn cho người dân; UBND thành phố Hải Phòng, Điện lực Việt Nam, đường Lê Lợi",
			"Mã khách hàng PH 0300 0123 456, thiệt hại 84.912.345.678 đồng, văn bản 0912/2026/UBND-XD ngày 08-12-2026 08h30",
			"Tòa án xử hòa bình; sông hải an; số 12 phố Lê Lợi.\n\nTrân trọng,\n  UBND phường",
		} {
			if got := Conceal(text, name, "+84570000501", "thu@example.vn", house); got != text {
				t.Errorf("%s reads %q", name, got)
			}
		}
	}
}

func TestACitizensOwnDataGoInEveryWriting(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"gọi 0570000501", "gọi […]"},
		{"gọi 0570 000 501, +84 570.000.501, (+84) 570-000-501; 0084570000501 và 84570000501!", "gọi […], […], […]; […] và […]!"},
		{"057OOOO5O1 ０５７００００５０１ 0 5 7 0 0 0 0 5 0 1", "[…] […] […]"},
		{"0570\u00a0000\u00a0501 – 0225 3842 345", "[…] – 0225 3842 345"},
		{"0225 3842 345 - 0570 000 501 - 0912 345 678", "0225 3842 345 - […] - 0912 345 678"},
		{"viết Thu@Example.vn, abc@example.vn", "viết […], abc@example.vn"},
		{"Đã kiểm tra tại 12/34 Lạch Tray; sự cố gọi 0225 3842 345", "Đã kiểm tra tại […]; sự cố gọi 0225 3842 345"},
		{"số nhà 12/34 đường lạch tray", "số nhà […]"},
		{"số 12, ngõ 34 Lạch Tray, P Lạch Tray", "số 12, ngõ 34 Lạch Tray, P Lạch Tray"},
		{"Kính gửi ông NGUYEN  VAN\nTHU", "Kính gửi ông […]"},
		{"Nguye\u0302\u0303n Va\u0306n Thư\u0309; nguyenvanthu", "[…]; […]"},
		{"Kính gửi ông Thử, anh Văn Thử; làm thử", "Kính gửi ông […], anh […]; làm thử"},
		{"trường Nguyễn Văn Thử", "trường Nguyễn Văn Thử"},
		{"", ""},
	} {
		if got := Conceal(tc.text, thu, "+84570000501", "thu@example.vn", house); got != tc.want {
			t.Errorf("Conceal(%q)\n got %q\nwant %q", tc.text, got, tc.want)
		}
	}
	for _, tc := range []struct{ name, text, want string }{
		{"An", "Kính gửi bà An: Công an phường Hải An", "Kính gửi bà […]: Công an phường Hải An"},
		{"Hải", "Ông Hải và chị hải ở Hải Phòng", "Ông […] và chị […] ở Hải Phòng"},
		{"Lê Lợi", "Ông Lê Lợi, LÊ LỢI, lê lợi, số 5 đường Lê Lợi", "Ông […], […], […], số 5 đường Lê Lợi"},
		{"Hòa Bình", "bà Hòa Bình mong hòa bình", "bà […] mong hòa bình"},
		{"Dân", "10 ba dan, ba Dan", "10 ba dan, ba […]"},
	} {
		if got := Conceal(tc.text, tc.name, "", "", ""); got != tc.want {
			t.Errorf("Conceal(%q) of %s\n got %q\nwant %q", tc.text, tc.name, got, tc.want)
		}
	}
	if got := Conceal("báo 3842 345 hoặc 0225.3842345; 0225 3842 346", "", "+842253842345", "", ""); got != "báo […] hoặc […]; 0225 3842 346" {
		t.Errorf("a fixed line: %q", got)
	}
}

func TestAnAddressGoesWhereItNamesAHouse(t *testing.T) {
	for _, tc := range []struct{ address, text, want string }{
		{"Hải Phòng", "UBND thành phố Hải Phòng", "UBND thành phố Hải Phòng"},
		{"P Lạch Tray", "UBND P Lạch Tray", "UBND P Lạch Tray"},
		{"thôn 3, xã An Lư", "đường thôn 3; thôn 3, xã An Lư", "đường thôn 3; […]"},
		{"Số 12, ngõ 34 Lạch Tray, phường Gia Viên", "tại số 12 ngõ 34 Lạch Tray; số 12 Lê Lợi", "tại số […]; số 12 Lê Lợi"},
		{"45 Lê Lợi phường Gia Viên", "trước 45 Lê Lợi và 145 Lê Lợi", "trước […] và 145 Lê Lợi"},
		{"12/34", "tại 12/34", "tại 12/34"},
	} {
		if got := Conceal(tc.text, "", "", "", tc.address); got != tc.want {
			t.Errorf("Conceal(%q) at %s\n got %q\nwant %q", tc.text, tc.address, got, tc.want)
		}
	}
}

func TestOfACitizensWordsOthersNumbersGo(t *testing.T) {
	s := Secrets{Others: func(typed string) bool {
		digits := onlyDigits(typed)
		return len(digits) == 10 && digits[:2] == "09" || strings.HasPrefix(digits, "849") && len(digits) == 11
	}}
	for _, tc := range []struct{ text, want string }{
		{"hàng xóm 0912.345.678/0987 654 321, sđt0912345678; alo0912345678", "hàng xóm […]/[…], sđt[…]; alo[…]"},
		{"1. 0912345678 0987654321 2026", "1. […] […] 2026"},
		{"(+84) 912 345 678 gặp bà", "[…] gặp bà"},
		{"84912345678 và 84.912.345.678 đồng", "[…] và 84.912.345.678 đồng"},
		{"mã khách hàng PH 0912345678, PH0912345678, mã số: 0912345678", "mã khách hàng PH 0912345678, PH0912345678, mã số: 0912345678"},
		{"thiệt hại 1.263.600.000 đồng ngày 09-12-2026 08h00, văn bản 0912345678/UBND", "thiệt hại 1.263.600.000 đồng ngày 09-12-2026 08h00, văn bản 0912345678/UBND"},
		{"từ 09-12-2026 08 giờ", "từ 09-12-2026 08 giờ"},
		{"CCCD 031099001234, CMND số: 031234567; 031099001234", "CCCD […], CMND số: […]; […]"},
		{"mã KH: 031099001234", "mã KH: 031099001234"},
		{"mà 0912345678 không nghe", "mà […] không nghe"},
	} {
		if got := s.Conceal(tc.text); got != tc.want {
			t.Errorf("Conceal(%q)\n got %q\nwant %q", tc.text, got, tc.want)
		}
	}
}

func TestWhatIsConfidentialLosesAllThatMayTell(t *testing.T) {
	s := Secrets{Name: "An", Phone: "+84570000501", Strict: true}
	const text = "Công an gọi 0225.3842.345, 1.263.600.000 đồng, 12345678"
	if got := s.Conceal(text); got != "Công […] gọi […], […] đồng, 12345678" {
		t.Error(got)
	}
}

func TestConcealTakesLittleTime(t *testing.T) {
	s := Secrets{Name: "nguyen van nguyen", Phone: "0570000101", Email: "a@b.vn", Address: "1 a, b", Others: func(string) bool { return false }}
	for _, unit := range []string{"0", "1 ", "12 345 ", "a@", "a.", "ông ", "Lan ", "1 a ", "mã ", "nguyen van ", "\xff", "( ", "09-12-2026 "} {
		begin := time.Now()
		s.Conceal(strings.Repeat(unit, 64<<10/len(unit)))
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%q: took %v", unit, took)
		}
	}
}

func FuzzConceal(f *testing.F) {
	f.Add("Ông Thử, 0570 000 501, tại 12/34 Lạch Tray", thu, house)
	f.Fuzz(func(t *testing.T, text, name, address string) {
		got := Secrets{Name: name, Phone: "+84570000501", Address: address, Others: func(string) bool { return true }}.Conceal(text)
		if strings.Contains(got, "0570000501") || strings.Contains(got, "0570 000 501") {
			t.Errorf("Conceal(%q) = %q", text, got)
		}
	})
}
