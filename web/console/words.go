package console

import (
	"strings"

	"notify1022/escalation"
)

// The words in which pages name what the code has names for.

func rungLabel(r escalation.RungName) string {
	if label, ok := rungLabels[r]; ok {
		return label
	}
	return string(r)
}

var rungLabels = map[escalation.RungName]string{
	escalation.RungIntake: "mở xem phản ánh mới", escalation.RungClarify: "quyết định tiếp nhận (Đ8.3)", escalation.RungSlip: "chuyển phiếu",
	escalation.RungNudge: "nhắc nhận phiếu", escalation.RungUnacknowledged: "chưa ai nhận phiếu", escalation.RungFocalReminder: "nhắc đầu mối",
	escalation.RungHead: "đầu mối trả lời, 8 giờ (Đ9.4)", escalation.RungHeadReminder: "nhắc Thủ trưởng", escalation.RungOverdue: "Thủ trưởng trả lời, 48 giờ (Đ9.4)",
	escalation.RungCooperate: "ý kiến phối hợp", escalation.RungReturnDecision: "quyết định trả lại phiếu", escalation.RungETA: "thời gian đã hẹn (Đ9.3)",
	escalation.RungSupplement: "nhắc người dân bổ sung", escalation.RungSupplementEnd: "hết hạn bổ sung", escalation.RungEmergency: "kết quả cuộc gọi khẩn (Đ9.1)",
	escalation.RungPublish: "kiểm tra, công khai kết quả (Đ11.1)", escalation.RungWrittenReminder: "nhắc lập hồ sơ văn bản", escalation.RungWrittenFile: "hồ sơ đề nghị văn bản (Đ9.6)",
	escalation.RungExplainReminder: "nhắc giải trình", escalation.RungExplain: "đơn vị giải trình (Đ9.6)",
	escalation.RungOffice: "Văn phòng xử lý (Đ9.5)", escalation.RungDirective: "hạn chỉ đạo, đôn đốc", escalation.RungResume: "hết tạm dừng",
	escalation.RungRatingAsk: "hỏi đánh giá", escalation.RungRating: "hết hạn đánh giá",
}

func stateLabel(s escalation.MessageState) string {
	if label, ok := stateLabels[s]; ok {
		return label
	}
	return string(s)
}

var stateLabels = map[escalation.MessageState]string{
	escalation.Queued: "chờ gửi", escalation.Sending: "đang gửi", escalation.Accepted: "nhà mạng đã nhận", escalation.Delivered: "đã đến máy",
	escalation.Failed: "không gửi được", escalation.Unknown: "chưa rõ", escalation.Expired: "hết hạn", escalation.Dropped: "không cần gửi nữa",
}

// faultLabel says in Vietnamese what a row's error is about, before the error itself.
func faultLabel(fault string) string {
	for _, known := range textFaults {
		if strings.Contains(fault, known.err.Error()) {
			return known.said + " (" + fault + ")"
		}
	}
	return fault
}

// kinds are the kinds of content (Đ5).
var kinds = []string{"", "sự cố hạ tầng kỹ thuật", "kinh tế, văn hóa, xã hội, trật tự", "hiến kế", "việc đã có chỉ đạo của lãnh đạo thành phố", "thủ tục hành chính"}

func kindLabel(k int) string {
	if k < 1 || k >= len(kinds) {
		return ""
	}
	return kinds[k]
}

var taskLabels = map[escalation.TaskKind]string{
	escalation.TaskCall: "gọi cán bộ", escalation.TaskContact: "liên hệ người dân", escalation.TaskUnreachable: "không ai nhận được tin",
	escalation.TaskPublish: "kiểm tra, công khai", escalation.TaskConfirm: "quyết định", escalation.TaskIntake: "phản ánh mới",
	escalation.TaskExplain: "giải trình (Đ9.6)", escalation.TaskPersonal: "dữ liệu cá nhân",
}

var stageLabels = map[string]string{"intake": "kèm phản ánh", "before": "trước khi xử lý", "after": "sau khi xử lý", "recording": "ghi âm"}
