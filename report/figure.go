package report

import "time"

// figure is one thing that reports say of a group of petitions.
type figure struct {
	key   string // in JSON and CSV
	name  string // whole
	short string // over a column of a text table
	of    string // what a share is a share of; empty: it is none
	cell  func(*group) Cell
}

// group is a value of a dimension with what is known of it.
type group struct {
	key, label string
	Tally
	medianAcknowledged, medianAnswered time.Duration
	hasAcknowledged, hasAnswered       bool
}

// medians takes those of a value.
func (g *group) medians(read breakdown, value string) {
	g.medianAcknowledged, g.hasAcknowledged = read.acknowledged[value]
	g.medianAnswered, g.hasAnswered = read.answered[value]
}

func median(d time.Duration, ok bool) Cell {
	if !ok {
		return Cell{Kind: Span, None: true}
	}
	return span(d)
}

// intakeFigures are of what came in: of the city, a field, an area, a channel.
func intakeFigures() []figure {
	const received = "phản ánh tiếp nhận trong kỳ"
	return []figure{
		{"received", "Phản ánh tiếp nhận", "Tiếp nhận", "", func(g *group) Cell { return count(g.Received) }},
		{"rejected", "Không tiếp nhận (Đ8.2)", "Không nhận", received, func(g *group) Cell { return share(g.Rejected, g.Received) }},
		{"answered_directly", "Trả lời trực tiếp (Đ9.1)", "Trả lời ngay", received, func(g *group) Cell { return share(g.Direct, g.Received) }},
		{"forwarded", "Đã chuyển đơn vị xử lý (Đ9.2)", "Đã chuyển", received, func(g *group) Cell { return share(g.Forwarded, g.Received) }},
		{"withdrawn", "Người dân rút", "Đã rút", received, func(g *group) Cell { return share(g.Withdrawn, g.Received) }},
		{"merged", "Gộp vào phản ánh khác", "Đã gộp", received, func(g *group) Cell { return share(g.Merged, g.Received) }},
		{"reopened", "Mở lại trong kỳ", "Mở lại", "", func(g *group) Cell { return count(g.Reopened) }},
	}
}

// slipFigures are of what units were given.
func slipFigures() []figure {
	const slips = "phiếu chuyển trong kỳ"
	return []figure{
		{"slips", "Phiếu chuyển cho đơn vị chủ trì", "Phiếu chuyển", "", func(g *group) Cell { return count(g.Slips) }},
		{"acknowledged", "Đã xác nhận phiếu", "Xác nhận", slips, func(g *group) Cell { return share(g.Acknowledged, g.Slips) }},
		{"median_acknowledged", "Thời gian xác nhận, trung vị (giờ làm việc)", "TV xác nhận", "", func(g *group) Cell { return median(g.medianAcknowledged, g.hasAcknowledged) }},
		{"returned", "Đơn vị trả lại", "Trả lại", slips, func(g *group) Cell { return share(g.Returned, g.Slips) }},
		{"disputed", "Đưa lên Văn phòng UBND thành phố (Đ9.5)", "Lên VP", slips, func(g *group) Cell { return share(g.Disputed, g.Slips) }},
	}
}

// answerFigures are of the answers given, and of what is still owed.
func answerFigures() []figure {
	const (
		answers   = "kết quả của đơn vị trong kỳ"
		judged    = "kết quả có thời hạn theo Điều 9"
		promises  = "giờ hẹn đã đến hạn hoặc đã có kết quả"
		published = "câu trả lời người dân đã nhận"
		open      = "phản ánh đang xử lý cuối kỳ"
	)
	return []figure{
		{"answers", "Kết quả của đơn vị", "Kết quả", "", func(g *group) Cell { return count(g.Answers) }},
		{"median_answered", "Thời gian trả lời, trung vị (giờ làm việc)", "TV trả lời", "", func(g *group) Cell { return median(g.medianAnswered, g.hasAnswered) }},
		{"within_8h", "Trong 8 giờ làm việc (Đ9.3)", "Trong 8 giờ", judged, func(g *group) Cell { return share(g.WithinFocal, g.Judged) }},
		{"within_48h", "Trong 48 giờ làm việc (Đ9.4)", "Trong 48 giờ", judged, func(g *group) Cell { return share(g.WithinHead, g.Judged) }},
		{"by_focal", "Khi cán bộ đầu mối đang giữ", "Cấp đầu mối", answers, func(g *group) Cell { return share(g.ByFocal, g.Answers) }},
		{"by_head", "Khi Thủ trưởng đơn vị đang giữ", "Cấp thủ trưởng", answers, func(g *group) Cell { return share(g.ByHead, g.Answers) }},
		{"went_late", "Thành quá hạn trong kỳ", "Quá hạn", "", func(g *group) Cell { return count(g.WentLate) }},
		{"promises_kept", "Giờ hẹn được giữ (Đ9.3)", "Giữ hẹn", promises, func(g *group) Cell { return share(g.Kept, g.Kept+g.Missed) }},
		{"own_site", "Đăng trên trang của đơn vị (Đ11.3)", "Trang đơn vị", answers, func(g *group) Cell { return share(g.OwnSite, g.Answers) }},
		{"rated", "Người dân đánh giá (Đ11.2)", "Đánh giá", published, func(g *group) Cell { return share(g.Rated, g.Ratable) }},
		{"score", "Điểm hài lòng trung bình (1–5)", "Điểm TB", "", func(g *group) Cell { return mean(g.MeanScore()) }},
		{"open", "Đang xử lý cuối kỳ", "Đang xử lý", "", func(g *group) Cell { return count(g.Open) }},
		{"open_late", "Trong đó quá hạn", "Đang quá hạn", open, func(g *group) Cell { return share(g.OpenLate, g.Open) }},
	}
}

// cityFigures are those that only a whole city has.
func cityFigures() []figure {
	const answered = "kết quả của đơn vị và Văn phòng trong kỳ"
	return []figure{
		{"office_answers", "Kết quả của Văn phòng UBND thành phố (Đ9.5)", "", "", func(g *group) Cell { return count(g.OfficeAnswers) }},
		{"direct_answers", "Tổng đài 1022 trả lời trong kỳ (Đ9.1)", "", "", func(g *group) Cell { return count(g.DirectAnswers) }},
		{"published", "Kết quả đã công bố tới người dân (Đ11.1)", "", answered, func(g *group) Cell { return share(g.Published, g.Answers+g.OfficeAnswers) }},
	}
}

// dutyFigures are what the hotline itself owes (Đ8, Đ9).
func dutyFigures() []figure {
	return []figure{
		{"rejected_at_once", "Thông báo không tiếp nhận ngay, trong 15 phút làm việc (Đ8.2)", "", "phản ánh không tiếp nhận mà không phải hỏi thêm",
			func(g *group) Cell { return share(g.RejectedAtOnce, g.RejectedUnasked) }},
		{"asked_in_time", "Hỏi bổ sung trong 01 giờ làm việc (Đ8.3)", "", "phản ánh 1022 đã hỏi bổ sung",
			func(g *group) Cell { return share(g.AskedInTime, g.Asked) }},
		{"forwarded_at_once", "Chuyển đơn vị ngay, trong 15 phút làm việc (Đ9.2)", "", "phản ánh đã chuyển mà không phải hỏi thêm",
			func(g *group) Cell { return share(g.ForwardedAtOnce, g.ForwardedUnasked) }},
		{"written_in_time", "Gửi hồ sơ đề nghị văn bản trong 02 ngày làm việc (Đ9.6)", "", "phản ánh khẩn hoặc cần văn bản nhắc nhở",
			func(g *group) Cell { return share(g.WrittenInTime, g.Written) }},
	}
}

// heldFigures are how long each level has had a petition, on average (Đ10.1).
func heldFigures() []figure {
	return []figure{
		{"held_1022", "Tổng đài 1022", "", "", func(g *group) Cell { return meanSpan(g.HeldBy1022, g.Ended) }},
		{"held_focal", "Cán bộ đầu mối", "", "", func(g *group) Cell { return meanSpan(g.HeldByFocal, g.Ended) }},
		{"held_head", "Thủ trưởng đơn vị", "", "", func(g *group) Cell { return meanSpan(g.HeldByHead, g.Ended) }},
		{"held_office", "Văn phòng UBND thành phố", "", "", func(g *group) Cell { return meanSpan(g.HeldByOffice, g.Ended) }},
	}
}
