package web

import (
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// publicOperation is a page, a form or a file for people without a key, as the document
// shows it; what is served is in routePublic.
type publicOperation struct {
	method, path, id, summary string
	acts                      []string // values of {act}
	fields                    []string // of the form; a star: needed
	photos                    int      // files that the form takes; 0: none
	answers                   map[int]string
	kinds                     []string // media types of a success; nil: a page
	kept                      bool     // by caches, for some minutes
}

// Answers of the public pages.
var (
	pageAnswers = map[int]string{200: "trang", 404: "đường dẫn không đúng hoặc không còn hiệu lực", 429: "quá nhiều lượt truy cập"}
	formAnswers = map[int]string{200: "trang hỏi mã một lần", 303: "đã thực hiện; Location là trang tiếp theo", 404: "đường dẫn không đúng", 409: "trạng thái không cho phép; mẫu còn nguyên nội dung đã nhập",
		413: "nội dung hoặc ảnh quá lớn", 422: "chưa đúng; mẫu còn nguyên nội dung đã nhập", 429: "quá nhiều lượt truy cập", 503: "cơ sở dữ liệu đang gián đoạn; trang còn nguyên nội dung đã nhập"}
	// pictureAnswers are those of what caches may keep for some minutes.
	pictureAnswers = map[int]string{200: "ảnh", 206: "một phần của ảnh", 304: "ảnh đã có không đổi", 404: "không có ảnh này", 429: "quá nhiều lượt truy cập"}
	fileAnswers    = map[int]string{200: "tệp", 206: "một phần của tệp", 404: "không có tệp này", 429: "quá nhiều lượt truy cập"}
)

// publicOperations are the public routes as far as the configuration serves them.
func (a *api) publicOperations() []publicOperation {
	slipActs := []string{"acknowledge", "result", "explanation", "eta", "progress", "clarify", "return", "assign", "recording", "photos", "code", "open", "call"}
	list := []publicOperation{
		{method: "GET", path: "/", id: "front", summary: "Trang đầu: gửi phản ánh, tra cứu, kết quả đã công khai", answers: map[int]string{200: "trang"}},
		{method: "GET", path: "/gui-phan-anh", id: "petition-form", summary: "Mẫu gửi phản ánh", answers: pageAnswers},
		{method: "POST", path: "/gui-phan-anh", id: "send-petition", summary: "Người dân gửi phản ánh kèm ảnh, không cần khóa", photos: maxPhotos, answers: formAnswers,
			fields: []string{"content*", "name*", "phone", "email", "address", "field", "area", "publish_consent", "confidential", "code", NonceField}},
		{method: "GET", path: "/t/{token}", id: "citizen-page", summary: "Trang theo dõi của người dân", answers: pageAnswers},
		{method: "POST", path: "/t/{token}/{act}", id: "citizen-act", summary: "Thao tác của người dân", answers: formAnswers,
			acts: []string{"rating", "supplement", "note", "answered", "dispute", "withdraw", "texts", "code", "open"}, fields: []string{"score", "service", "comment", "text", "reason", "reopen", "code", NonceField}},
		{method: "GET", path: "/p/{token}", id: "slip-page", summary: "Trang phiếu của đơn vị", answers: pageAnswers},
		{method: "POST", path: "/p/{token}/{act}", id: "slip-act", summary: "Thao tác của đơn vị trên phiếu; photos nhận ảnh trước và sau khi xử lý", acts: slipActs, photos: maxPhotos, answers: formAnswers,
			fields: []string{"text", "document_no", "document_date", "unit_url", "at", "reason", "missing", "contact", "stage", "to", "code", "seq", NonceField}},
		{method: "GET", path: "/p/{token}/tep/{id}", id: "slip-file", summary: "Ảnh, âm thanh, video của phiếu, cho thiết bị đã xác nhận", answers: fileAnswers, kinds: anyMedia},
		{method: "GET", path: "/tep/{id}", id: "public-file", summary: "Ảnh đã công khai", answers: pictureAnswers, kinds: onlyImages, kept: true},
		{method: "GET", path: "/tra-cuu", id: "lookup-form", summary: "Mẫu tra cứu", answers: pageAnswers},
	}
	if a.Lookups != nil {
		list = append(list, publicOperation{method: "POST", path: "/tra-cuu", id: "lookup", summary: "Tra cứu theo mã và bốn số cuối", fields: []string{"code*", "phone*"},
			answers: map[int]string{303: "Location là trang theo dõi", 404: "không tìm thấy, hoặc mã đang tạm khóa tra cứu", 429: "quá nhiều lượt truy cập"}})
	}
	if a.Published != nil {
		list = append(list, publicOperation{method: "GET", path: "/cong-khai", id: "published", summary: "Kết quả đã công khai (q: từ tìm; thang: tháng đếm theo đơn vị, ví dụ 2026-10)",
			answers: map[int]string{200: "trang", 422: "từ tìm hoặc tháng không đúng", 429: "quá nhiều lượt truy cập"}})
	}
	if a.ReportLinks != nil {
		list = append(list, publicOperation{method: "GET", path: "/b/{token}", id: "report-page", summary: "Báo cáo gửi lãnh đạo (Đ13.6), cho thiết bị đã xác nhận", answers: pageAnswers},
			publicOperation{method: "POST", path: "/b/{token}/{act}", id: "report-act", summary: "Nhận mã một lần và mở báo cáo", acts: []string{"code", "open"}, answers: formAnswers, fields: []string{"to", "code"}})
	}
	return list
}

func (op publicOperation) describe() *huma.Operation {
	d := &huma.Operation{Method: op.method, Path: op.path, OperationID: op.id, Summary: op.summary, Tags: []string{"public"}, Security: []map[string][]string{},
		Parameters: pathParameters(op.path), Responses: map[string]*huma.Response{}}
	for _, p := range d.Parameters {
		if p.Name == "act" {
			for _, act := range op.acts {
				p.Schema.Enum = append(p.Schema.Enum, act)
			}
		}
	}
	if op.method == http.MethodPost {
		d.RequestBody = op.form()
	}
	for status, words := range op.answers {
		r := &huma.Response{Description: words, Content: map[string]*huma.MediaType{}}
		kinds := op.kinds
		if kinds == nil || status >= 300 {
			kinds = []string{"text/html"}
		}
		for _, kind := range kinds {
			r.Content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
		}
		if op.kept && status < 400 {
			r.Headers = map[string]*huma.Header{"ETag": {Description: "để hỏi lại bằng If-None-Match", Schema: &huma.Schema{Type: huma.TypeString}}}
		}
		switch status {
		case http.StatusNotModified:
			r.Content = nil
		case http.StatusSeeOther:
			r.Headers, r.Content = headers("Location"), nil
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			r.Headers = headers("Retry-After")
		}
		d.Responses[strconv.Itoa(status)] = r
	}
	return d
}

// form is the body of a form; with photos it is multipart.
func (op publicOperation) form() *huma.RequestBody {
	s := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}}
	for _, f := range op.fields {
		name := strings.TrimSuffix(f, "*")
		s.Properties[name] = &huma.Schema{Type: huma.TypeString}
		if name != f {
			s.Required = append(s.Required, name)
		}
	}
	content := map[string]*huma.MediaType{"application/x-www-form-urlencoded": {Schema: s}}
	if op.photos > 0 {
		withPhotos := *s
		withPhotos.Properties = maps.Clone(s.Properties)
		most := op.photos
		withPhotos.Properties["photos"] = &huma.Schema{Type: huma.TypeArray, MaxItems: &most, Description: "mỗi ảnh tối đa 10 MB: " + strings.Join(onlyImages, ", "),
			Items: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
		content["multipart/form-data"] = &huma.MediaType{Schema: &withPhotos}
	}
	return &huma.RequestBody{Required: true, Content: content}
}
