package console

import (
	"strings"

	"notify1022/escalation"
	"notify1022/escalation/reply"
	"notify1022/templates"
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
	escalation.RungBundle: "tin gộp", escalation.RungRatingAsk: "hỏi đánh giá", escalation.RungRating: "hết hạn đánh giá",
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

// processLabels are the roles of a process.
var processLabels = map[string]string{"web": "trang và API", "worker": "mốc thời gian, việc nền", sends: "gửi tin"}

func processLabel(role string) string { return labelOr(processLabels, role) }

// audienceLabels are whom texts address.
var audienceLabels = map[templates.Audience]string{
	templates.Citizen: "người dân", templates.Officer: "cán bộ đầu mối", templates.Head: "Thủ trưởng đơn vị", templates.Office: "Văn phòng UBND TP",
	templates.Answer: "người vừa nhắn hoặc thao tác", templates.Admin: "tổng đài, quản trị",
}

func audienceLabel(a templates.Audience) string {
	if label, ok := audienceLabels[a]; ok {
		return label
	}
	return string(a)
}

// endedLabels are why a slip has ended.
var endedLabels = map[string]string{
	"returned": "đã trả lại", "reassigned": "chuyển đơn vị khác", "replaced": "chuyển thành chủ trì", "result": "có kết quả", "answered": "đã trả lời trực tiếp",
	"rejected": "không tiếp nhận", "withdrawn": "người dân rút", "merged": "gộp vào phản ánh khác", "closed": "phản ánh đã đóng",
	"with_office": "chuyển Văn phòng UBND thành phố", "reopened": "phản ánh được mở lại",
}

func endedLabel(why string) string { return labelOr(endedLabels, why) }

// heardLabels are what became of a text that came in.
var heardLabels = map[string]string{
	string(reply.Ack): "nhận phiếu", string(reply.ETA): "hẹn thời gian", string(reply.Done): "báo kết quả", string(reply.Return): "đề nghị trả phiếu",
	string(reply.Ask): "hỏi thêm người dân", string(reply.Note): "ghi tiến độ", string(reply.Connect): "xin nối máy với người dân", string(reply.List): "hỏi danh sách phiếu",
	string(reply.Status): "hỏi trạng thái", string(reply.Leave): "báo vắng mặt", string(reply.Help): "hỏi cách dùng", string(reply.Rate): "đánh giá",
	string(reply.Stop): "thôi nhận tin", string(reply.Start): "nhận tin trở lại", string(reply.Unknown): "không rõ ý",

	"ignored": "không xử lý số này", "redelivery": "tin lặp lại", "again": "đã làm trước đó", "text": "giữ làm ghi chú", "empty": "tin trống", "ambiguous": "không rõ lệnh",
	"former": "người đã thôi vai trò", "stranger": "số lạ", "no_code": "không có mã này", "two_hits": "mã chỉ nhiều phiếu",
	"merged": "phản ánh đã gộp", "moved": "phiếu đã chuyển nơi khác", "closed": "phiếu đã kết thúc", "number": "xác minh số", "probe": "tin tự kiểm tra", "by_hand": "đã xử lý bằng tay", "refused": "không thực hiện được",
}

// besides are what follows such a word behind a colon.
var besides = map[string]string{
	"refused": "không thực hiện được", "unclear": "chưa rõ", "stale": "không còn chờ trả lời", "agreed": "đồng ý", "verified": "đúng số",
	reply.ProblemEmpty: "tin trống", reply.ProblemUnknown: "không rõ ý", reply.ProblemAmbiguous: "không rõ lệnh", reply.ProblemNegated: "ý phủ định",
	reply.ProblemMissingTime: "thiếu thời gian", reply.ProblemBadTime: "thời gian không đúng", reply.ProblemPast: "thời gian đã qua", reply.ProblemMissingReason: "thiếu lý do",
	reply.ProblemMissingText: "thiếu nội dung", reply.ProblemMissingScore: "thiếu điểm", reply.ProblemBadScore: "điểm không đúng",
}

// heardLabel says what became of a text: a word for each slip that it was about, some with
// what was wrong behind a colon.
func heardLabel(outcome string) string {
	parts := strings.Split(outcome, ",")
	for i, part := range parts {
		word, beside, _ := strings.Cut(part, ":")
		parts[i] = heardWord(word)
		if beside != "" {
			parts[i] += " (" + labelOr(besides, beside) + ")"
		}
	}
	return strings.Join(parts, "; ")
}

// heardWord is a word of the replies', or of the desk's acts that they lead to.
func heardWord(word string) string {
	if label, ok := heardLabels[word]; ok {
		return label
	}
	return escalation.Verb(word).Label()
}

func labelOr(labels map[string]string, word string) string {
	if label, ok := labels[word]; ok {
		return label
	}
	return word
}

var laneLabels = map[escalation.Lane]string{
	escalation.LaneUrgent: "khẩn", escalation.LaneSlip: "phiếu", escalation.LaneCitizen: "người dân", escalation.LaneBulk: "gửi nhiều người",
}

func laneLabel(l escalation.Lane) string {
	if label, ok := laneLabels[l]; ok {
		return label
	}
	return string(l)
}
