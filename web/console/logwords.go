package console

import (
	"strings"

	"notify1022/escalation"
)

// The words of the change log as its page has them.

// logSubject is what an entry is about.
type logSubject struct{ What, Label string }

// logSubjects are in the order in which the page offers them.
var logSubjects = []logSubject{
	{"account", "tài khoản"}, {"contact", "người trong danh bạ"}, {"unit", "đơn vị"}, {"petition", "phản ánh"}, {"message", "tin nhắn"}, {"inbound", "tin nhắn đến"}, {"citizen", "người dân"},
	{"sending", "lần gửi"}, {"calendar", "lịch làm việc"}, {"gateway", "cổng tin"}, {"template", "mẫu tin"}, {"webhook", "webhook"}, {"key", "khóa API"},
	{"attachment", "tệp"}, {"recording", "ghi âm"}, {"personal", "dữ liệu cá nhân"}, {"report", "báo cáo"}, {"group", "nhóm nhận tin"},
	{"registration", "đăng ký mẫu tin"}, {"written_file", "hồ sơ Đ9.6"}, {"clock", "đồng hồ"},
}

func logSubjectLabel(what string) string {
	for _, s := range logSubjects {
		if s.What == what {
			return s.Label
		}
	}
	return what
}

var logActions = map[string]string{
	"add": "thêm", "save": "lưu", "end": "kết thúc", "rename": "đổi tên", "disable": "khóa, tắt", "enable": "mở lại", "revoke": "thu hồi", "replay": "gửi lại sự kiện",
	"send": "gửi", "settle": "nhận là đã gửi", "test": "gửi thử", "pause": "tạm dừng", "paused": "tạm dừng", "resume": "tiếp tục", "running": "tiếp tục", "cancelled": "hủy",
	"draft": "lập bản chờ duyệt", "approved": "duyệt", "refused": "từ chối", "withdrawn": "rút lại", "confirm": "xác nhận",
	"publish": "công khai", "unpublish": "thôi công khai", "subscribe": "chọn cách nhận", "unsubscribe": "thôi nhận",
	"ask": "đề nghị nghe", "grant": "cho nghe", "refuse": "từ chối", "play": "nghe", "look": "xem", "document": "lập văn bản",
	"export": "xuất", "import": "nhập", "move": "dời thời hạn", "erase": "xóa dữ liệu", "by_hand": "đã xử lý bằng tay", "retry": "cho thử lại", "accept": "chấp nhận",
	"sign-in": "đăng nhập", "sign-in refused": "đăng nhập bị từ chối", "sign-out": "đăng xuất mọi nơi", "password": "đặt mật khẩu", "totp": "mã xác thực",
}

func logActionLabel(action string) string { return labelOr(logActions, action) }

// logDetails are the details that are words of the code.
var logDetails = map[string]string{"on": "bật", "off": "tắt", "failures": "danh sách không nhận được", "clock_step": "bước nhảy",
	"sent before the restore": "đã gửi trước khi khôi phục dữ liệu", "none": "không gửi"}

// Words is the detail as people read it: what somebody typed stays.
func (l Logged) Words() string {
	if version, ok := strings.CutPrefix(l.Detail, "version "); ok {
		return "bản " + version
	}
	if label, ok := logDetails[l.Detail]; ok {
		return label
	}
	switch role, rest, _ := strings.Cut(l.Detail, " "); l.What {
	case "account", "contact", "key": // theirs begins with a role
		return strings.TrimSpace(escalation.Role(role).Label() + " " + rest)
	case "report":
		return choiceWords(l.Detail)
	}
	return l.Detail
}

// choiceWords is a leader's choice of reports, which begins with the channel and how often;
// anything else stays.
func choiceWords(detail string) string {
	parts := strings.SplitN(detail, ", ", 3)
	if len(parts) < 3 {
		return detail
	}
	return strings.Join([]string{escalation.ReportChannel(parts[0]).Label(), escalation.ReportEach(parts[1]).Label(), parts[2]}, ", ")
}
