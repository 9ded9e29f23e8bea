package worktime

import (
	"math"
	"strings"
	"testing"
	"time"
)

// field failure 20
func TestAnExplanationListsEveryDayCountedOrSkipped(t *testing.T) {
	rows := []struct {
		from string
		span Span
		want string
	}{
		{"29/04/2025 14:00", Span{Time: 8 * time.Hour}, `
Tiếp nhận: Thứ Ba 29/04/2025 14:00, thời hạn 8h làm việc
  Thứ Ba 29/04/2025: 14:00–17:00 tính 3h, cộng dồn 3h
  Thứ Tư 30/04/2025: không tính, nghỉ Ngày Chiến thắng, theo BLLĐ 45/2019/QH14 Đ112.1
  Thứ Năm 01/05/2025: không tính, nghỉ Ngày Quốc tế lao động, theo BLLĐ 45/2019/QH14 Đ112.1
  Thứ Sáu 02/05/2025: không tính, nghỉ Hoán đổi với 26/04/2025, theo Thông báo nghỉ lễ, Tết năm 2025 (chưa ghi số văn bản)
  Thứ Bảy 03/05/2025: không tính, ngày nghỉ hằng tuần
  Chủ nhật 04/05/2025: không tính, ngày nghỉ hằng tuần
  Thứ Hai 05/05/2025: 07:30–11:30, 13:00–14:00 tính 5h, cộng dồn 8h
Hạn: Thứ Hai 05/05/2025 14:00
`},
		{"21/08/2026 17:30", Span{Days: 2}, `
Tiếp nhận: Thứ Sáu 21/08/2026 17:30, thời hạn 2 ngày làm việc
  Thứ Sáu 21/08/2026: không tính, ngày tiếp nhận
  Thứ Bảy 22/08/2026: ngày làm việc thứ 1 (làm bù, theo Thông báo nghỉ lễ, Tết năm 2026 (công bố 25/12/2025, chưa ghi số văn bản))
  Chủ nhật 23/08/2026: không tính, ngày nghỉ hằng tuần
  Thứ Hai 24/08/2026: ngày làm việc thứ 2
Hạn: Thứ Hai 24/08/2026 17:00
`},
		{"31/12/2026 17:30", Span{Time: 90 * time.Minute}, `
Tiếp nhận: Thứ Năm 31/12/2026 17:30, thời hạn 1h30m làm việc
  Thứ Năm 31/12/2026: không tính, tiếp nhận sau giờ làm việc
  Thứ Sáu 01/01/2027: không tính, nghỉ Tết Dương lịch, theo BLLĐ 45/2019/QH14 Đ112.1, tự tính theo ngày cố định
  Thứ Bảy 02/01/2027: không tính, ngày nghỉ hằng tuần
  Chủ nhật 03/01/2027: không tính, ngày nghỉ hằng tuần
  Thứ Hai 04/01/2027: 07:30–09:00 tính 1h30m, cộng dồn 1h30m
Hạn: Thứ Hai 04/01/2027 09:00 (tạm tính: lịch nghỉ sau ngày 31/12/2026 chưa công bố)
`},
	}
	for _, r := range rows {
		if got := HaiPhong().Explain(at(t, r.from), r.span).String(); got != r.want[1:] {
			t.Errorf("%s + %s:\n%s\nwant:%s", r.from, r.span, got, r.want)
		}
	}
}

func TestAnExplanationKeepsKindsAndDocumentsForPrograms(t *testing.T) {
	s := plain()
	s.Short = []ShortDay{{Date: "2026-03-17", Hours: []string{"08:00-10:00"}, Document: "QĐ 3"}} // Tuesday
	e := compile(t, s).Explain(at(t, "16/03/2026 16:00"), Span{Time: 2 * time.Hour})
	if len(e.Days) != 2 || e.Days[0].Kind != DayIsOrdinary || e.Days[1].Kind != DayIsShort ||
		e.Days[1].Document != "QĐ 3" || e.Days[1].Counted != time.Hour || e.Provisional {
		t.Errorf("%+v", e)
	}
}

func TestADeadlineAt24IsExplainedOnItsOwnDate(t *testing.T) {
	c := compile(t, Spec{Hours: everyDay("00:00-24:00")})
	e := c.Explain(at(t, "10/03/2026 12:00"), Span{Time: 12 * time.Hour}) // Tuesday
	if len(e.Days) != 1 || !strings.Contains(e.String(), "12:00–24:00 tính 12h") {
		t.Errorf("%s", e)
	}
}

func TestALongExplanationIsCutAndSaysSo(t *testing.T) {
	e := HaiPhong().Explain(at(t, "10/03/2026 12:00"), Span{Time: math.MaxInt64})
	if len(e.Days) != maxExplained || e.Left == 0 || !strings.Contains(e.String(), "ngày nữa") {
		t.Errorf("%d days, %d left", len(e.Days), e.Left)
	}
}
