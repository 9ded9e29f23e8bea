package console

import (
	"errors"
	"regexp"
	"strings"

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
	{"the number asked for no texts", "người nhận đã yêu cầu không nhận tin"}, {"its use was over", "tin không còn cần thiết"},
	{"lease ran out", "máy gửi ngừng giữa chừng, chưa rõ tin đã đi chưa"}, {"the SMSC never answered", "nhà mạng không trả lời"}, {"no answer", "nhà mạng không trả lời"},
	{"the mail server never said that it has it", "máy chủ thư không xác nhận đã nhận"},
	{"smpp: not sent", "chưa gửi đi"}, {"smpp: closed", "kết nối với nhà mạng đã đóng"}, {"smpp: no response in time", "nhà mạng không trả lời kịp"},
	{"smpp: link lost", "mất kết nối với nhà mạng"}, {"smpp: unbound by the peer", "nhà mạng ngắt kết nối"}, {"smpp: inactive", "kết nối với nhà mạng không hoạt động"},
	{"smpp: response of the wrong type", "nhà mạng trả lời sai giao thức"}, {"smpp: field too long", "số hoặc nội dung dài quá giao thức cho phép"},
}

// faultLabel says why a text did not arrive. A code of the telecom's stays as it is: it is
// what they are asked about.
func faultLabel(fault string) string {
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
	if strings.HasPrefix(fault, "ESME_") || strings.HasPrefix(fault, "status 0x") {
		return "nhà mạng từ chối (" + fault + ")"
	}
	return fault
}
