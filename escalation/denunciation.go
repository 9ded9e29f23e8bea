package escalation

import "strings"

// A denunciation of crime (tin tố giác) is locked to the shift leads: what
// anybody types about it stands in no text, no list and no timeline that others
// read. The timeline's line then carries fixed words, and the typed ones go into
// its private text.

// ReadsDenunciations reports whether the role may know what a denunciation says.
func (r Role) ReadsDenunciations() bool { return r == ShiftLead || r == Administrator }

// Closed reports whether what the petition says is closed to the role.
func (p *Petition) Closed(r Role) bool { return p.Denunciation && !r.ReadsDenunciations() }

// acts are the fixed words of a denunciation's timeline.
var acts = map[string]string{
	string(VerbAccept):         "tiếp nhận",
	string(VerbForward):        "chuyển đơn vị xử lý",
	string(VerbAcknowledge):    "đã nhận phiếu",
	string(VerbETA):            "hẹn thời gian trả lời",
	string(VerbProgress):       "ghi chú",
	string(VerbResult):         "cập nhật kết quả",
	string(VerbSendBack):       "trả lại kết quả",
	string(VerbReturn):         "đề nghị trả lại",
	string(VerbAcceptReturn):   "chấp thuận trả lại",
	string(VerbRefuseReturn):   "không chấp thuận trả lại",
	string(VerbClarify):        "đề nghị bổ sung thông tin",
	string(VerbSupplement):     "bổ sung thông tin",
	string(VerbReject):         "không tiếp nhận",
	string(VerbAnswer):         "đã trả lời trực tiếp",
	string(VerbEmergency):      "đã chuyển cuộc gọi khẩn cấp",
	string(VerbReassign):       "chuyển lại đơn vị khác",
	string(VerbAssign):         "giao người xử lý",
	string(VerbDispute):        "chuyển Văn phòng UBND thành phố",
	string(VerbUrge):           "đôn đốc",
	string(VerbDirect):         "chỉ đạo",
	string(VerbSubmit):         "trình lãnh đạo UBND thành phố",
	string(VerbUrgent):         "đánh dấu khẩn",
	string(VerbHold):           "tạm dừng thời hạn",
	string(VerbResume):         "tiếp tục tính thời hạn",
	string(VerbPublish):        "trả lời riêng người dân",
	string(VerbMerge):          "gộp phản ánh",
	string(VerbWithdraw):       "người dân đề nghị dừng",
	string(VerbReopen):         "mở lại",
	string(VerbRating):         "đánh giá",
	string(VerbTouch):          "đã mở xem",
	string(VerbWrittenFile):    "gửi Văn phòng UBND thành phố đề nghị có văn bản",
	string(VerbAskExplanation): "yêu cầu đơn vị giải trình",
	string(VerbExplanation):    "đơn vị giải trình",
	string(VerbCommend):        "đề xuất khen thưởng",
	string(VerbAskCall):        "đơn vị đề nghị tổng đài gọi lại",
	string(VerbNote):           "người dân gửi lời nhắn",
	string(VerbSayAnswered):    "người dân cho biết đơn vị đã trả lời",
	string(VerbRevokeLink):     "thu hồi liên kết phiếu",
	"call":                     "đã gọi đơn vị",
	actionTask:                 "đã xong một việc",
	actionPreference:           "người dân chọn loại tin nhận",
	actionCorrect:              "chỉnh sửa thông tin người dân",
	actionForget:               "đã xóa dữ liệu cá nhân",
}

// guard splits a line about a denunciation into what all may read and what is
// private. The ladder's own lines (rung:…, failed:…) hold nobody's words.
func guard(action, text, private string) (string, string) {
	words, known := acts[action]
	switch {
	case strings.Contains(action, ":"), action == "unreachable", action == "contact":
		return text, private
	case !known:
		words = "đã ghi nhận"
	}
	switch {
	case text == words:
	case private == "":
		private = text
	default:
		private = text + "\n" + private
	}
	return words, private
}
