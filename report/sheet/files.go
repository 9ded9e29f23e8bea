package sheet

import (
	"io"
	"time"

	"notify1022/escalation/worktime"
)

// Files are the files for written reminders and explanations (Đ9.6); they are written
// and never read.
const Files Kind = "written_files"

// File is one of them, as far as the reader may know it.
type File struct {
	Code, Unit, Summary       string
	State, Need, Reason       string // in Vietnamese
	From, Due                 time.Time
	SentAt                    time.Time
	SentBy                    string
	DocumentNo, DocumentDate  string
	Ask                       string
	ExplainDue, ExplainedAt   time.Time
	Explanation, ExplainedBy  string
	ExplanationNo, ExplainDay string // its document
}

var fileFields = []field[File]{
	written("code", "Mã phản ánh", func(f File) string { return f.Code }),
	written("unit", "Đơn vị", func(f File) string { return f.Unit }),
	written("summary", "Nội dung", func(f File) string { return f.Summary }),
	written("state", "Tình trạng hồ sơ", func(f File) string { return f.State }),
	written("need", "Đề nghị", func(f File) string { return f.Need }),
	written("reason", "Lý do", func(f File) string { return f.Reason }),
	written("from", "Tính từ", func(f File) string { return minute(f.From) }),
	written("due", "Hạn gửi Văn phòng", func(f File) string { return minute(f.Due) }),
	written("sent_at", "Gửi lúc", func(f File) string { return minute(f.SentAt) }),
	written("sent_by", "Người gửi", func(f File) string { return f.SentBy }),
	written("in_time", "Đúng hạn", func(f File) string { return kept(f.SentAt, f.Due) }),
	written("document_no", "Số văn bản của Văn phòng", func(f File) string { return f.DocumentNo }),
	written("document_date", "Ngày văn bản", func(f File) string { return f.DocumentDate }),
	written("ask", "Yêu cầu giải trình", func(f File) string { return f.Ask }),
	written("explain_due", "Hạn giải trình", func(f File) string { return minute(f.ExplainDue) }),
	written("explained_at", "Giải trình lúc", func(f File) string { return minute(f.ExplainedAt) }),
	written("explained_in_time", "Giải trình đúng hạn", func(f File) string { return kept(f.ExplainedAt, f.ExplainDue) }),
	written("explanation", "Nội dung giải trình", func(f File) string { return f.Explanation }),
	written("explained_by", "Người giải trình", func(f File) string { return f.ExplainedBy }),
	written("explanation_no", "Số văn bản giải trình", func(f File) string { return f.ExplanationNo }),
	written("explanation_date", "Ngày văn bản giải trình", func(f File) string { return f.ExplainDay }),
}

func written[T any](name, header string, write func(T) string) field[T] {
	return field[T]{name: name, headers: []string{header}, write: write}
}

// minute is an instant as people here write it.
func minute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(worktime.Zone()).Format("02/01/2006 15:04")
}

// kept says whether something was done by its time; empty while it is not done, or
// where there was none.
func kept(done, due time.Time) string {
	switch {
	case done.IsZero() || due.IsZero():
		return ""
	case done.After(due):
		return "không"
	}
	return "có"
}

// WriteFiles writes files in their order.
func WriteFiles(w io.Writer, f Format, files []File) error {
	return write(w, f, Files, fileFields, each(files))
}
