package console

import (
	"errors"
	"regexp"
	"strings"
	"unicode"

	"notify1022/escalation"
	"notify1022/templates"
)

// What a text is refused for, and why one did not arrive, in the words of who reads it.

// textFaults are what a wording or a text may be refused for.
var textFaults = []struct {
	err  error
	said string
}{
	{templates.ErrUnregistered, "không khớp mẫu đã đăng ký với nhà mạng"}, {templates.ErrUnknownVariable, "có biến không dùng được trong mẫu này"},
	{templates.ErrBraces, "ngoặc nhọn không khớp"}, {templates.ErrNoRoom, "không vừa một tin nhắn"}, {templates.ErrMissingVariable, "thiếu biến bắt buộc, hoặc thiếu giá trị của biến"},
	{templates.ErrBadValue, "giá trị của biến không gửi được"}, {templates.ErrVersion, "phiên bản không tăng"}, {templates.ErrUnknownKey, "không có mẫu tin này"},
	{templates.ErrForbidden, "nội dung trống, hoặc có ký tự không gửi được trong tin nhắn"}, {templates.ErrTooLong, "dài quá một tin nhắn khi các biến dài nhất có thể"},
}

// unsaid stands for a refusal that has no words of its own.
const unsaid = "nội dung này không gửi được"

// textProblem says why a wording or a text cannot be sent, every fault of it once.
func textProblem(err error) string {
	var said []string
	for _, fault := range faultsOf(err) {
		said = append(said, textFault(fault))
	}
	return strings.Join(said, "; ")
}

// faultsOf are the faults that an error joins, each with its context.
func faultsOf(err error) []error {
	for e := err; e != nil; e = errors.Unwrap(e) {
		joined, ok := e.(interface{ Unwrap() []error })
		if !ok {
			continue
		}
		var list []error
		for _, one := range joined.Unwrap() {
			list = append(list, faultsOf(one)...)
		}
		return list
	}
	return []error{err}
}

// textFault says one fault, with the variables that it is about.
func textFault(fault error) string {
	for _, known := range textFaults {
		if errors.Is(fault, known.err) {
			return known.said + namedIn(fault.Error(), known.err.Error())
		}
	}
	return unsaid
}

var (
	variableName = regexp.MustCompile(`{[a-z0-9_]+}`)
	senderOf     = regexp.MustCompile(`text (\S+) from (\S+): `)
	lackingIn    = regexp.MustCompile(`lacks "(.*)"`)
)

// namedIn is what a fault's text names, behind a colon: a text with its sender and what it
// lacks, or the variables before it says what is wrong; empty: nothing.
func namedIn(text, wrong string) string {
	before, after, _ := strings.Cut(text, wrong)
	if of := senderOf.FindStringSubmatch(before); of != nil {
		said := ": mẫu " + of[1] + " gửi từ " + of[2]
		if lacking := lackingIn.FindStringSubmatch(after); lacking != nil {
			said += ", thiếu “" + lacking[1] + "”"
		}
		return said
	}
	names := variableName.FindAllString(before, -1)
	if len(names) == 0 {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}

// sendingFaults are the notes that a text which did not arrive carries, by words of them.
var sendingFaults = []struct{ note, said string }{
	{"the number asked for no texts", "người nhận đã yêu cầu không nhận tin"}, {"its use was over", "tin không còn cần thiết"}, {"pointless", "tin không còn cần thiết"},
	{"lease ran out", "máy gửi ngừng giữa chừng, chưa rõ tin đã đi chưa"}, {"the SMSC never answered", "nhà mạng không trả lời"}, {"no answer", "nhà mạng không trả lời"},
	{"the mail server never said that it has it", "máy chủ thư không xác nhận đã nhận"},
	{"the citizen was erased", "dữ liệu của người dân đã được xóa"}, {escalation.Readdressed, "địa chỉ nhận tin đã được sửa"}, {escalation.NotTheirs, "người nhận đã thôi vai trò hoặc đổi số máy"}, {"over the budget of its number", "số này đã nhận nhiều tin, tin đang chờ"},
	{"no mail server is configured", "hệ thống chưa có máy chủ thư"}, {"too many mails wait", "nhiều thư đang chờ, sẽ gửi lại"}, {"the row has neither a number nor a mail address", "không có số điện thoại, không có địa chỉ thư"},
	{"not begun in time", "chưa kịp gửi, sẽ gửi lại"}, {"the account is busy", "kết nối với nhà mạng đang bận, sẽ gửi lại"}, {"no bound account carries the lane", "chưa có kết nối gửi được loại tin này, sẽ gửi lại"},
	{"split the text into segments", "nội dung không chia được thành tin"}, {"no segment", "nội dung không chia được thành tin"}, {"of max_segments", "nội dung dài quá số tin cho phép"},
	{"only the test prefixes are texted", "hệ thống chỉ nhắn các số thử nghiệm"},
	{"smpp: not sent", "chưa gửi đi"}, {"smpp: closed", "kết nối với nhà mạng đã đóng"}, {"smpp: no response in time", "nhà mạng không trả lời kịp"},
	{"smpp: link lost", "mất kết nối với nhà mạng"}, {"smpp: unbound by the peer", "nhà mạng ngắt kết nối"}, {"smpp: inactive", "kết nối với nhà mạng không hoạt động"},
	{"smpp: response of the wrong type", "nhà mạng trả lời sai giao thức"}, {"smpp: field too long", "số hoặc nội dung dài quá giao thức cho phép"},
}

// mailSteps are the steps of a mail's way at which it may fail.
var mailSteps = map[string]string{
	"enclosure": "không đọc được tệp đính kèm", "dial": "không kết nối được với máy chủ thư", "tls": "không mã hóa được kết nối với máy chủ thư", "starttls": "không mã hóa được kết nối với máy chủ thư",
	"hello": "máy chủ thư không tiếp kết nối", "auth": "máy chủ thư không cho đăng nhập", "from": "máy chủ thư không nhận địa chỉ gửi", "to": "máy chủ thư không nhận địa chỉ người nhận",
	"data": "máy chủ thư không nhận nội dung", "end": "máy chủ thư không xác nhận đã nhận", "size": "thư lớn quá mức máy chủ thư nhận",
	"not an address": "địa chỉ thư không đúng", "larger than the server takes": "thư lớn quá mức máy chủ thư nhận",
}

// What a text failed for is said by none of its own words where it is not known: they may
// name a machine of the installation.
const (
	unfitMail    = "thư này không gửi được"
	unknownFault = "lỗi của hệ thống, hãy báo người quản trị"
)

var (
	mailFault    = regexp.MustCompile(`^mail(?: to \S+)?: (.*?)(?: answered (\d{3}(?: [245]\.\d{1,3}\.\d{1,3})?))?(?:: .*)?$`)
	refusedCode  = regexp.MustCompile(`^(?:ESME_\w+|status 0x[0-9A-F]+)$`)
	reportedCode = regexp.MustCompile(`^(?:network \d+ error \d+|[0-9A-Za-z]{1,10})$`) // of a receipt: its err, or its stat
)

// faultLabel says why a text did not arrive, or was not needed any more: that the desk says
// in Vietnamese, which nobody else does. A code of the telecom's, and of the mail
// server's, stays as it is: it is what they are asked about.
func faultLabel(fault string) string {
	if of := mailFault.FindStringSubmatch(fault); of != nil {
		return mailFaultLabel(of[1], of[2])
	}
	for _, known := range textFaults {
		if strings.Contains(fault, known.err.Error()) {
			return known.said + namedIn(fault, known.err.Error())
		}
	}
	for _, known := range sendingFaults {
		if strings.Contains(fault, known.note) {
			return known.said
		}
	}
	switch {
	case fault == "", strings.ContainsFunc(fault, func(r rune) bool { return r > unicode.MaxASCII }):
		return fault
	case refusedCode.MatchString(fault):
		return "nhà mạng từ chối (" + fault + ")"
	case reportedCode.MatchString(fault):
		return "nhà mạng báo lỗi (" + strings.NewReplacer("network", "mạng", "error", "lỗi").Replace(fault) + ")"
	}
	return unknownFault
}

// mailFaultLabel says at which step a mail failed, with the server's answer (RFC 5321 §4.2).
func mailFaultLabel(step, answer string) string {
	said, known := mailSteps[step]
	switch {
	case !known:
		return unfitMail
	case answer == "":
		return said
	case step == "end": // it did say, and no
		said = "máy chủ thư không nhận thư"
	}
	return said + " (" + answer + ")"
}
