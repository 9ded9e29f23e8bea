package templates

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The thirty petitions of the sample data set; none holds a personal trace.
var petitions = []string{
	"Đèn đường ngõ 72 Lạch Tray tắt 4 tối nay, rất nguy hiểm.",
	"Ổ gà lớn giữa đường Trường Chinh, đã có người ngã xe.",
	"Nắp hố ga vỡ trước cổng trường tiểu học.",
	"Cây phượng nghiêng sắp đổ vào nhà dân sau bão.",
	"Nước máy đục, có mùi tanh ba hôm nay.",
	"Mất nước từ 5h sáng, không thấy báo trước.",
	"Điện chập chờn buổi tối, cháy cả tủ lạnh.",
	"Dây cáp viễn thông võng sát đầu người đi đường.",
	"Đốt rác phía sau khu công nghiệp lúc nửa đêm, khói khét.",
	"Xe tải chở đất rơi vãi, bụi mù đường vào cảng.",
	"Quán karaoke hát loa kẹo kéo đến 23h.",
	"Vỉa hè bị chiếm làm bãi trông xe thu tiền.",
	"Chợ tạm họp lấn hết lòng đường mỗi sáng.",
	"Rác bãi tắm không ai thu gom cuối tuần.",
	"Phà Cát Hải bán vé chậm, xếp hàng 3 tiếng.",
	"Trường thu tiền quỹ không có biên lai.",
	"Bác sĩ hẹn khám lại nhiều lần, không giải thích.",
	"Quán cơm gần cổng trường nghi mất vệ sinh.",
	"Cửa hàng xăng báo hết hàng nhưng vẫn bán can.",
	"Cán bộ một cửa hẹn 3 lần chưa trả hồ sơ đất.",
	"Thẻ BHYT sai ngày sinh, sửa ở đâu?",
	"Đèn tín hiệu ngã tư chỉ còn màu vàng.",
	"Ngập nửa mét sau mưa ở phố Lê Lợi.",
	"Hàng xóm xây nhà lấn ngõ chung.",
	"Đề nghị trồng thêm cây xanh dọc đường Lê Hồng Phong.",
	"Lãnh đạo TP đã chỉ đạo sửa cầu từ năm ngoái mà chưa làm.",
	"Tôi khiếu nại quyết định thu hồi đất số…",
	"Có người bán ma túy ở…",
	"Street light broken near my hotel",
	"alo hỏng rồi",
}

func TestThePetitionsOfTheSampleSetKeepTheirWords(t *testing.T) {
	for _, content := range petitions {
		want := strings.ReplaceAll(content, "…", "...")
		if got := Summary(content, "Nguyễn Văn Thử", "0570000101", "12/34 ngõ 5 Đà Nẵng, phường Gia Viên"); got != want {
			t.Errorf("Summary(%q) = %q", content, got)
		}
	}
}

func TestSummaryRemovesPersonalTraces(t *testing.T) {
	own := []string{"Nguyễn Văn Thử", "+84570000101", "45/6B ngõ 72 Lạch Tray, phường Gia Viên", "thu.nguyen@example.com", "An"}
	for _, tc := range []struct{ content, want string }{
		// long runs of digits
		{"Gọi tôi 0570000102 nhé", "Gọi tôi nhé"},
		{"Gọi 0570.000.102 hoặc 0570-000-103", "Gọi hoặc"},
		{"Gọi 0570 000 102, trước 5h", "Gọi, trước 5h"},
		{"sđt (+84) 570 000 102 gặp nhau", "sđt gặp nhau"},
		{"sđt 057OOOO1O2.", "sđt."},
		{"sđt 0570\u200b000\u200b102", "sđt"},
		{"sđt ０５７００００１０２", "sđt"},
		{"sđt ٠٥٧٠٠٠٠١٠٢", "sđt"},
		{"sđt 0570📞000📞102", "sđt"},
		{"sđt 0570/000/102", "sđt"},
		{"sđt 0570 – 000 – 102", "sđt"},
		{"sđt không năm bảy không không không không một không hai", "sđt"},
		{"CCCD 031099001234", "CCCD"},
		{"Hỏng từ 26/11/2026", "Hỏng từ 26/11/2026"},
		{"Mất 1234567 đồng", "Mất 1234567 đồng"},
		{"Nộp 500.000 đồng", "Nộp 500.000 đồng"},
		{"năm 2025, 2026 đều ngập", "năm 2025, 2026 đều ngập"},
		{"0570 a@b.vn 000102", ""},        // removing the address joins the digits
		{"123456 ( 0570000102 ) 789", ""}, // and so do empty parentheses
		// addresses
		{"Gửi về thu@example.com nhé", "Gửi về nhé"},
		{"Xem https://fb.com/thu.nguyen?x=1.", "Xem."},
		{"Xem zalo.me/0570", "Xem"},
		{"Ảnh ở www.example.vn/a/b, mới chụp", "Ảnh ở, mới chụp"},
		// the citizen's own strings
		{"Tôi, NGUYEN VAN THU, phản ánh rác", "Tôi, phản ánh rác"},
		{"nguyễn  văn\nthử báo mất nước", "báo mất nước"},
		{"nguyenvanthu báo mất nước", "báo mất nước"},
		{"Văn Thử báo mất nước", "báo mất nước"},
		{"văn thư của phường", "văn thư của phường"},
		{"An ở an toàn", "ở an toàn"},
		{"Rác tại 45/6b ngõ 72 lạch tray, hôi", "Rác tại, hôi"},
		{"máy 000101 gọi không ai nghe", "máy gọi không ai nghe"},
		// house numbers
		{"Trước số nhà 45/6B Trần Phú", "Trước Trần Phú"},
		{"Trước nhà số 12 Trần Phú", "Trước Trần Phú"},
		{"Số 12 ngõ 72 Cát Bi bị ngập", "ngõ 72 Cát Bi bị ngập"},
		{"Nhà 12 Cát Bi bị ngập", "Cát Bi bị ngập"},
		{"12/34 Cát Bi bị ngập", "Cát Bi bị ngập"},
		{"Ngập tại 12 Trần Phú", "Ngập tại Trần Phú"},
		{"Ngập ở 12B đường Cát Bi", "Ngập ở đường Cát Bi"},
		{"so nha 12 Tran Phu", "Tran Phu"},
		{"45 Lê Lợi mất nước", "Lê Lợi mất nước"},
		{"hát to, số 15 Lê Thánh Tông", "hát to, Lê Thánh Tông"},
		{"Ngập từ số 10 đến số 50 phố Cát Dài", "Ngập từ số 10 đến số 50 phố Cát Dài"},
		{"Cột đèn số 12 phố Lê Lợi", "Cột đèn số 12 phố Lê Lợi"},
		{"ngách 12/34 Cát Bi", "ngách 12/34 Cát Bi"},
		{"Tổ 5 Gia Viên, quốc lộ 10 Quán Toan", "Tổ 5 Gia Viên, quốc lộ 10 Quán Toan"},
		{"Nhà 3 tầng đổ, từ 26/11 Công ty bỏ đi", "Nhà 3 tầng đổ, từ 26/11 Công ty bỏ đi"},
		{"Xe buýt số 12, lúc 5h", "Xe buýt số 12, lúc 5h"},
		// titles with names
		{"ông Nguyễn Văn Giả lấn chiếm vỉa hè", "lấn chiếm vỉa hè"},
		{"Bà Lan đốt rác, anh Tuấn xả nước", "đốt rác, xả nước"},
		{"Ông/bà Lan đốt rác", "đốt rác"},
		{"đồng chí Phạm Văn Duyệt hứa rồi", "hứa rồi"},
		{"ông nguyễn văn giả đốt rác", "đốt rác"},
		{"ong Nguyen Van Gia dot rac", "dot rac"},
		{"ÔNG NGUYỄN VĂN GIẢ ĐỐT RÁC", "ĐỐT RÁC"},
		{"cháu Minh (chị Hoa) ngã", "ngã"},
		{"Mr. Smith broke it", "broke it"},
		{"Tôi là Lan, ở đây mất nước", "ở đây mất nước"},
		{"Tôi tên là Trần Thị Mẫu. Mất nước", ". Mất nước"},
		{"Cô giáo Trần Thị Mẫu thu tiền", "Cô giáo thu tiền"},
		{"Bác sĩ Duyệt hẹn nhiều lần", "Bác sĩ hẹn nhiều lần"},
		{"tổ trưởng Lê Văn Duyệt hứa", "tổ trưởng hứa"},
		{"nhân viên Điện lực, công viên Nguyễn Du", "nhân viên Điện lực, công viên Nguyễn Du"},
		{"Bà con phường Gia Viên mong sớm sửa", "Bà con phường Gia Viên mong sớm sửa"},
		{"anh em Công an đã đến", "anh em Công an đã đến"},
		{"đường Bà Triệu và phố Hai Bà Trưng ngập", "đường Bà Triệu và phố Hai Bà Trưng ngập"},
		{"Trường Nguyễn Văn Tố", "Trường Nguyễn Văn Tố"},
		{"bác sĩ kê đơn, cô giáo, chú ý", "bác sĩ kê đơn, cô giáo, chú ý"},
		{"Ông Ích Khiêm ngập nước", "Ông Ích Khiêm ngập nước"},
		{"Ngập ở ông Ích Khiêm", "Ngập ở"}, // in small letters the title is one
		// posts and what is in front of them
		{"cột điện số 8 Lê Lợi nghiêng", "cột điện số 8 Lê Lợi nghiêng"},
		{"cột điện cao thế số 8 Lê Lợi", "cột điện cao thế số 8 Lê Lợi"},
		{"Trạm biến áp số 3 Cát Bi nổ", "Trạm biến áp số 3 Cát Bi nổ"},
		{"cột điện 12 Lê Lợi gãy", "cột điện 12 Lê Lợi gãy"},
		{"cột điện trước số 8 Lê Lợi", "cột điện trước Lê Lợi"},
		{"cột điện, số 8 Lê Lợi", "cột điện, Lê Lợi"},
		{"mất điện số 8 Lê Lợi", "mất điện Lê Lợi"},
		{"tôi trú tại số 8 Lê Lợi", "tôi trú tại Lê Lợi"},
		// form
		{"", ""},
		{"  a\r\n\tb  ", "a b"},
		{"rác\x00\x1b[31m thối", "rác [31m thối"},
		{"\xff\xfe rác", "rác"},
	} {
		if got := Summary(tc.content, own...); got != tc.want {
			t.Errorf("Summary(%q)\n got %q\nwant %q", tc.content, got, tc.want)
		}
	}
}

func TestTheCitizensGivenNameGoesWithItsTitle(t *testing.T) {
	for _, tc := range []struct{ name, content, want string }{
		{"Đinh Thị Cư Dân", "Nhà chị Dân mất điện", "Nhà mất điện"},
		{"Đinh Thị Cư Dân", "nhà chị dân mất điện, NHÀ CHỊ DÂN", "nhà mất điện, NHÀ"},
		{"Đinh Thị Cư Dân", "Nha chi Dan mat dien", "Nha mat dien"},
		{"Đinh Thị Cư Dân", "Tôi là Dân, ở đây mất điện", "ở đây mất điện"},
		{"Đinh Thị Cư Dân", "ông/bà Dân báo", "báo"},
		{"Đinh Thị Cư Dân", "Người dân và chị em dân phố, 10 ba dan mat dien", "Người dân và chị em dân phố, 10 ba dan mat dien"},
		{"Vũ Thị Phố", "phố Lê Lợi ngập, cô Phố báo", "phố Lê Lợi ngập, báo"},
		{"Lê Thị Triệu", "đường Bà Triệu ngập", "đường Bà Triệu ngập"},
		{"Nguyễn Thị Lan", "chị Dân mất điện", "chị Dân mất điện"},
		{"Công ty 12 Dân", "chị Dân mất điện", "chị Dân mất điện"}, // no person's name
	} {
		if got := Summary(tc.content, tc.name, "0570000101"); got != tc.want {
			t.Errorf("Summary(%q) of %s\n got %q\nwant %q", tc.content, tc.name, got, tc.want)
		}
	}
}

var eightDigits = regexp.MustCompile(`\d(?:[ .-]?\d){7}`)

func TestNoSummaryHoldsEightDigitsInARow(t *testing.T) {
	piece := rapid.SampledFrom([]string{
		"0570", "000", "102", "1", "7", " ", ".", "-", "–", "(", ")", "@", "/", ",", "số ", "nhà ", "ông ", "Lan", "tôi là ", "a@b.vn", "\u200b", "📞", "o", "l", "０", "www.", "không ", "một ",
	})
	rapid.Check(t, func(t *rapid.T) {
		content := strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "pieces"), "")
		got := Summary(content, "Trần Thị Mẫu", "0570000102")
		if m := eightDigits.FindString(got); m != "" {
			t.Fatalf("Summary(%q) = %q holds %q", content, got, m)
		}
		if again := Summary(got); eightDigits.MatchString(again) {
			t.Fatalf("twice: %q", again)
		}
	})
}

func TestSummaryReadsAtMost64KiBInLittleTime(t *testing.T) {
	for name, unit := range map[string]string{
		"digits": "0", "spaced digits": "1 ", "at": "a@", "dots": "a.", "letters": "a", "titles": "ông ", "names": "Lan ", "numbers": "12/34 ", "labels": "số 1 ", "invalid": "\xff", "ligatures": "\ufdfa", "brackets": "( ", "commas": ", ; ", "own": "nguyen van nguyen van ",
	} {
		content := strings.Repeat(unit, 1<<20/len(unit))
		begin := time.Now()
		got := Summary(content, "nguyen van nguyen van thu", "0570000101", strings.Repeat("a ", 10_000))
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if len(got) > contentMax {
			t.Errorf("%s: %d octets", name, len(got))
		}
	}
}

func FuzzSummary(f *testing.F) {
	for _, content := range petitions {
		f.Add(content, "Nguyễn Văn Thử")
	}
	f.Fuzz(func(t *testing.T, content, own string) {
		if got := Summary(content, own); eightDigits.MatchString(got) {
			t.Errorf("Summary(%q, %q) = %q", content, own, got)
		}
	})
}

func BenchmarkSummary(b *testing.B) {
	content := strings.Join(petitions, " ") + " Gọi 0570.000.102 gặp ông Nguyễn Văn Giả, số nhà 12 Trần Phú."
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		Summary(content, "Trần Thị Mẫu", "0570000103", "12 ngõ 5 Cát Bi, phường Hải An")
	}
}
