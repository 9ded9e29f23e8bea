package report

import "notify1022/escalation"

// textClasses are the kinds of texts in the order of a report.
func textClasses() []struct {
	class escalation.Class
	name  string
} {
	return []struct {
		class escalation.Class
		name  string
	}{
		{escalation.ClassSlip, "Phiếu chuyển (Đ9.3)"},
		{escalation.ClassReminder, "Nhắc việc"},
		{escalation.ClassEscalation, "Báo Thủ trưởng đơn vị (Đ9.4)"},
		{escalation.ClassReport, "Báo cáo lãnh đạo, Văn phòng"},
		{escalation.ClassDecision, "Quyết định, trả lại, chỉ đạo"},
		{escalation.ClassRecorded, "Báo đã tiếp nhận"},
		{escalation.ClassProgress, "Báo tiến độ cho người dân"},
		{escalation.ClassResult, "Gửi kết quả cho người dân (Đ11.1)"},
		{escalation.ClassRating, "Mời đánh giá"},
		{escalation.ClassAnswer, "Trả lời tin nhắn, mã xác nhận"},
		{escalation.ClassAlarm, "Cảnh báo vận hành"},
	}
}

// texts sums the traffic of one class, or of all.
type texts struct{ all, delivered, failed, waiting, segments int }

func (s *texts) add(t escalation.Traffic) {
	s.all += t.Texts
	s.segments += t.Segments
	switch t.State {
	case escalation.Delivered:
		s.delivered += t.Texts
	case escalation.Failed, escalation.Expired:
		s.failed += t.Texts
	case escalation.Dropped:
		s.all -= t.Texts // it was made pointless before it went out
		s.segments -= t.Segments
	default:
		s.waiting += t.Texts
	}
}

// textsTable counts the texts by SMS, what became of them and what they cost.
func (b *builder) textsTable() Table {
	const (
		known = "tin đã biết kết quả cuối cùng"
		all   = "tin trong kỳ"
	)
	t := Table{Key: "sms", Title: "Tin nhắn SMS", Note: noteTexts, First: "Loại tin", Columns: []Column{
		{Key: "texts", Name: "Số tin", Short: "Số tin"},
		{Key: "delivered", Name: "Đã đến máy", Short: "Đã đến", Of: all},
		{Key: "failed", Name: "Không đến", Short: "Không đến", Of: known},
		{Key: "segments", Name: "Số đoạn tin (segment)", Short: "Đoạn tin"},
	}}
	if b.SegmentPrice > 0 {
		t.Columns = append(t.Columns, Column{Key: "cost", Name: "Chi phí", Short: "Chi phí"})
	}
	row := func(key, label string, s texts) {
		cells := []Cell{count(s.all), share(s.delivered, s.all), share(s.failed, s.delivered+s.failed), count(s.segments)}
		if b.SegmentPrice > 0 {
			cells = append(cells, Cell{Kind: Money, N: s.segments * b.SegmentPrice})
		}
		t.Rows = append(t.Rows, Row{Key: key, Label: label, Cells: cells})
	}
	var sum texts
	for _, class := range textClasses() {
		var of texts
		for _, traffic := range b.traffic {
			if traffic.Class == class.class {
				of.add(traffic)
				sum.add(traffic)
			}
		}
		if of.all > 0 {
			row(string(class.class), class.name, of)
		}
	}
	row("all", "Tất cả", sum)
	return t
}
