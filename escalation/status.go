package escalation

// Status is where a petition stands. The regulation names one status word for
// word, "quá hạn (đang chờ xử lý)" (Đ9.4); the others name its steps.
type Status string

// The statuses of a petition; doc.go draws how they follow each other.
const (
	Received             Status = "received"
	AwaitingInfo         Status = "awaiting_info"
	Rejected             Status = "rejected"
	AnsweredDirectly     Status = "answered_directly"
	EmergencyTransferred Status = "emergency_transferred"
	Forwarded            Status = "forwarded"
	InProgress           Status = "in_progress"
	Verifying            Status = "verifying"
	ReturnRequested      Status = "return_requested"
	Escalated            Status = "escalated"
	Overdue              Status = "overdue"
	WithOffice           Status = "with_office"
	Resolved             Status = "resolved"
	Published            Status = "published"
	Disputed             Status = "disputed"
	Withdrawn            Status = "withdrawn"
	Merged               Status = "merged"
	Closed               Status = "closed"
)

// Statuses lists every status in the order of a petition's life.
func Statuses() []Status {
	return []Status{Received, AwaitingInfo, Rejected, AnsweredDirectly, EmergencyTransferred,
		Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue, WithOffice,
		Resolved, Published, Disputed, Withdrawn, Merged, Closed}
}

// Label is the status in the words an officer, operator or citizen reads.
func (s Status) Label() string {
	switch s {
	case Received:
		return "mới tiếp nhận"
	case AwaitingInfo:
		return "chờ bổ sung thông tin"
	case Rejected:
		return "không tiếp nhận"
	case AnsweredDirectly:
		return "đã trả lời trực tiếp"
	case EmergencyTransferred:
		return "đã chuyển cuộc gọi khẩn cấp"
	case Forwarded:
		return "đã chuyển đơn vị xử lý"
	case InProgress:
		return "đang xử lý"
	case Verifying:
		return "đang xác minh, kiểm tra"
	case ReturnRequested:
		return "đề nghị chuyển đơn vị khác"
	case Escalated:
		return "đã chuyển Thủ trưởng đơn vị"
	case Overdue:
		return "quá hạn (đang chờ xử lý)"
	case WithOffice:
		return "Văn phòng UBND TP chủ trì"
	case Resolved:
		return "đã có kết quả"
	case Published:
		return "đã trả lời, công khai kết quả"
	case Disputed:
		return "chưa thống nhất"
	case Withdrawn:
		return "đã rút"
	case Merged:
		return "đã gộp"
	case Closed:
		return "kết thúc"
	}
	return string(s)
}

// Ended reports whether the petition is at rest: nothing is owed on it any more.
// Published is not at rest, the rating window still runs.
func (s Status) Ended() bool {
	switch s {
	case Rejected, AnsweredDirectly, Withdrawn, Merged, Closed:
		return true
	}
	return false
}

// WithUnit reports whether a processing unit owes a result in this status.
func (s Status) WithUnit() bool {
	switch s {
	case Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue, EmergencyTransferred:
		return true
	}
	return false
}

// Sticky statuses are never lowered by an acknowledgement or a promised time:
// only a result, a new round or the end of the petition leaves them.
func (s Status) Sticky() bool { return s == Escalated || s == Overdue }
