package report

import (
	"fmt"
	"time"

	"notify1022/escalation"
)

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
	unit       string // whose an officer is, in a report of the city
	Tally
	medianAcknowledged, medianAnswered time.Duration
	hasAcknowledged, hasAnswered       bool
	commended                          int // people of it proposed for reward (Đ17.7)
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

// answerFigures are of the answers given. Whoever answers has a median of its own: units
// and their officers; a field does not answer.
func answerFigures(answering bool) []figure {
	const (
		answers  = "kết quả của đơn vị trong kỳ"
		judged   = "kết quả có thời hạn theo Điều 9"
		promises = "giờ hẹn đến hạn hoặc đã có kết quả trong kỳ"
	)
	list := []figure{{"answers", "Kết quả của đơn vị", "Kết quả", "", func(g *group) Cell { return count(g.Answers) }}}
	if answering {
		list = append(list, figure{"median_answered", "Thời gian trả lời, trung vị (giờ làm việc)", "TV trả lời", "", func(g *group) Cell { return median(g.medianAnswered, g.hasAnswered) }})
	}
	return append(list, []figure{
		{"within_8h", "Trong 8 giờ làm việc (Đ9.3)", "Trong 8 giờ", judged, func(g *group) Cell { return share(g.WithinFocal, g.Judged) }},
		{"within_48h", "Trong 48 giờ làm việc (Đ9.4)", "Trong 48 giờ", judged, func(g *group) Cell { return share(g.WithinHead, g.Judged) }},
		{"by_focal", "Khi cán bộ đầu mối đang giữ", "Cấp đầu mối", answers, func(g *group) Cell { return share(g.ByFocal, g.Answers) }},
		{"by_head", "Khi Thủ trưởng đơn vị đang giữ", "Cấp thủ trưởng", answers, func(g *group) Cell { return share(g.ByHead, g.Answers) }},
		{"went_late", "Thành quá hạn trong kỳ", "Quá hạn", "", func(g *group) Cell { return count(g.WentLate) }},
		{"promises_kept", "Giờ hẹn được giữ (Đ9.3)", "Giữ hẹn", promises, func(g *group) Cell { return share(g.Kept, g.Kept+g.Missed) }},
		{"own_site", "Đăng trên trang của đơn vị (Đ11.3)", "Trang đơn vị", answers, func(g *group) Cell { return share(g.OwnSite, g.Answers) }},
		{"off_site", "Chưa đăng trên trang của đơn vị (Đ11.3)", "Chưa đăng", answers, func(g *group) Cell { return share(g.Answers-g.OwnSite, g.Answers) }},
	}...)
}

// openFigures are of what is still owed at the end.
func openFigures() []figure {
	return []figure{
		{"open", "Đang xử lý cuối kỳ", "Đang xử lý", "", func(g *group) Cell { return count(g.Open) }},
		{"open_late", "Trong đó quá hạn", "Đang quá hạn", ofOpen, func(g *group) Cell { return share(g.OpenLate, g.Open) }},
	}
}

const ofOpen = "phản ánh đang xử lý cuối kỳ"

// ageFigures part what is open by working time since the receipt.
func ageFigures() (list []figure) {
	for i, name := range [ages][2]string{
		{"đến 8 giờ làm việc", "Đến 8 giờ"}, {"trên 8 đến 48 giờ làm việc", "8–48 giờ"},
		{"trên 48 đến 120 giờ làm việc", "48–120 giờ"}, {"trên 120 giờ làm việc", "Trên 120 giờ"},
	} {
		list = append(list, figure{fmt.Sprint("age_", i), name[0], name[1], ofOpen, func(g *group) Cell { return share(g.OpenByAge[i], g.Open) }})
	}
	return list
}

// voteFigures are how many citizens voted, what they gave on average, and how many gave
// each score: on the answers, or on 1022 itself.
func voteFigures(key, short, rated, score string, of func(*group) escalation.Votes) []figure {
	list := []figure{
		{key + "rated", rated, short + "Đánh giá", "câu trả lời người dân đã nhận", func(g *group) Cell { return share(of(g).Given(), of(g).All()) }},
		{key + "score", score, short + "Điểm TB", "", func(g *group) Cell { return mean(MeanOf(of(g))) }},
	}
	for given := 5; given >= 1; given-- {
		list = append(list, figure{fmt.Sprint(key, "score_", given), fmt.Sprint(given, " điểm"), fmt.Sprint(short, given, " điểm"), "lượt đánh giá",
			func(g *group) Cell { return share(of(g)[given], of(g).Given()) }})
	}
	return list
}

// scoreFigures are the satisfaction with the answers.
func scoreFigures() []figure {
	return voteFigures("", "", "Người dân đánh giá (Đ11.2)", "Điểm hài lòng trung bình (1–5)", func(g *group) escalation.Votes { return g.Votes })
}

// serviceFigures are the satisfaction with 1022 itself.
func serviceFigures() []figure {
	return voteFigures("service_", "1022: ", "Người dân chấm điểm Tổng đài 1022", "Điểm trung bình cho Tổng đài 1022 (1–5)", func(g *group) escalation.Votes { return g.On1022 })
}

// unitFigures say whose officer it is.
func unitFigures() []figure {
	return []figure{{"unit", "Đơn vị", "Đơn vị", "", func(g *group) Cell { return words(g.unit) }}}
}

// commendedFigures count the people of a unit, or the officer, proposed for reward.
func commendedFigures() []figure {
	return []figure{{"commended", "Đề xuất khen thưởng (Đ17.7, Đ20)", "Khen thưởng", "", func(g *group) Cell { return count(g.commended) }}}
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
		{"asked_in_time", "Hỏi bổ sung trong 01 giờ làm việc (Đ8.3)", "", "lượt phản ánh 1022 đã hỏi bổ sung",
			func(g *group) Cell { return share(g.AskedInTime, g.Asked) }},
		{"forwarded_at_once", "Chuyển đơn vị ngay, trong 15 phút làm việc (Đ9.2)", "", "phản ánh đã chuyển mà trước đó không phải hỏi thêm",
			func(g *group) Cell { return share(g.ForwardedAtOnce, g.ForwardedUnasked) }},
		{"written_in_time", "Gửi hồ sơ đề nghị văn bản trong 02 ngày làm việc (Đ9.6)", "", "phản ánh khẩn hoặc cần văn bản nhắc nhở",
			func(g *group) Cell { return share(g.WrittenInTime, g.Written) }},
	}
}

// heldFigures are how long each level has had a petition, on average (Đ10.1).
func heldFigures() []figure {
	return []figure{
		{"held_1022", "Tổng đài 1022", "1022 giữ", "", func(g *group) Cell { return meanSpan(g.HeldBy1022, g.Ended) }},
		{"held_focal", "Cán bộ đầu mối", "Đầu mối giữ", "", func(g *group) Cell { return meanSpan(g.HeldByFocal, g.Ended) }},
		{"held_head", "Thủ trưởng đơn vị", "Thủ trưởng giữ", "", func(g *group) Cell { return meanSpan(g.HeldByHead, g.Ended) }},
		{"held_office", "Văn phòng UBND thành phố", "VP giữ", "", func(g *group) Cell { return meanSpan(g.HeldByOffice, g.Ended) }},
	}
}
