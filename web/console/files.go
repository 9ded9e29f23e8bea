package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"notify1022/escalation"
	"notify1022/web"
)

// maxUpload is the largest form with files.
const maxUpload = 60 << 20

// filesOf lists the petition's files as far as the visitor may see them: a unit sees
// none of a confidential petition that may show who made it.
func (c *console) filesOf(v *visit, p escalation.Petition) ([]web.Attachment, error) {
	list, err := c.Files.Of(v.Context(), p.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(f web.Attachment) bool { return !v.maySee(p, f) }), nil
}

func (v *visit) maySee(p escalation.Petition, f web.Attachment) bool {
	switch {
	case f.Petition != p.ID, v.closed(p):
		return false
	case v.who().Staff():
		return true
	}
	return f.Stage != web.StageRecording && !(p.Confidential && f.Stage == web.StageIntake)
}

func (c *console) addFile(v *visit) error {
	r, err := v.record()
	if err != nil {
		return err
	}
	if v.closed(r.Petition) {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "tin tố giác chỉ trưởng ca được xử lý"}
	}
	v.Body = http.MaxBytesReader(v.ResponseWriter, v.Body, maxUpload)
	if err := v.ParseMultipartForm(1 << 20); err != nil {
		return wrong("file", "tệp gửi lên quá lớn: mỗi tệp tối đa 10 MB")
	}
	defer v.MultipartForm.RemoveAll()
	stage := web.Stage(v.PostFormValue("stage"))
	if !slices.Contains([]web.Stage{web.StageIntake, web.StageBefore, web.StageAfter, web.StageRecording}, stage) {
		return wrong("stage", "chưa chọn loại tệp")
	}
	files := v.MultipartForm.File["file"]
	if len(files) == 0 || len(files) > 5 {
		return wrong("file", "chọn từ 1 đến 5 tệp")
	}
	for _, f := range files {
		if err := web.AttachFile(v.Context(), c.Files, r.Petition.ID, f, stage, v.actor(), nil); err != nil {
			return err
		}
	}
	return v.done("/p/"+r.Petition.Code, "Đã lưu tệp.")
}

func (v *visit) fileID() (int64, error) {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return 0, &escalation.Problem{Kind: escalation.NotFound, Detail: "không có tệp này"}
	}
	return id, nil
}

// file shows a file; hearing a recording is logged (Đ10.1).
func (c *console) file(v *visit) error {
	r, err := v.record()
	if err != nil {
		return err
	}
	id, err := v.fileID()
	if err != nil {
		return err
	}
	f, body, err := c.Files.Open(v.Context(), id)
	if err != nil {
		return err
	}
	defer body.Close()
	if !v.maySee(r.Petition, f) {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có tệp này"}
	}
	if f.Stage == web.StageRecording {
		if err := c.Log.Note(v.Context(), v.actor(), "play", "attachment", v.PathValue("id"), r.Petition.Code); err != nil {
			return err
		}
	}
	web.ServeAttachment(v.ResponseWriter, v.Request, f, body)
	return nil
}

// publishFile makes a picture public, or not public any more. A recording never is.
func (c *console) publishFile(v *visit) error {
	r, err := v.record()
	if err != nil {
		return err
	}
	id, err := v.fileID()
	if err != nil {
		return err
	}
	f, body, err := c.Files.Open(v.Context(), id)
	if err != nil {
		return err
	}
	body.Close()
	public := v.PathValue("act") == "publish"
	switch {
	case !v.maySee(r.Petition, f) || !public && v.PathValue("act") != "unpublish":
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có tệp này"}
	case public && (f.Stage == web.StageRecording || !strings.HasPrefix(f.Type, "image/")):
		return wrong("id", "tệp này không được công khai")
	case public && !r.Petition.Public():
		return wrong("id", "chỉ công khai ảnh của kết quả đã công khai, khi người dân đồng ý")
	}
	if err := c.Files.Publish(v.Context(), id, public, v.actor()); err != nil {
		return err
	}
	return v.done("/p/"+r.Petition.Code, "Đã lưu.")
}
