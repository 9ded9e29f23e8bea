package console

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
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
	stage, files := web.Stage(v.PostFormValue("stage")), v.MultipartForm.File["file"]
	switch may := v.stages(r.Petition); {
	case len(may) == 0:
		return wrong("stage", "phiếu của đơn vị đã kết thúc, không thêm tệp được nữa")
	case !slices.Contains(may, stage):
		return wrong("stage", "chưa chọn loại tệp")
	case len(files) == 0 || len(files) > 5:
		return wrong("file", "chọn từ 1 đến 5 tệp")
	}
	leftOut, err := c.attachAll(v, r.Petition.ID, files, stage)
	if stored := len(files) - len(leftOut); err == nil && len(leftOut) > 0 {
		return v.partly("/p/"+r.Petition.Code, fmt.Sprintf("Đã lưu %d tệp. Chưa lưu được: %s.", stored, strings.Join(leftOut, "; ")))
	}
	if err != nil {
		return err
	}
	return v.done("/p/"+r.Petition.Code, "Đã lưu tệp.")
}

// stages are what the visitor's files may show: a unit's people add to the slip that the
// unit holds, and what they did themselves.
func (v *visit) stages(p escalation.Petition) []web.Stage {
	switch slip := p.SlipOf(v.account.Unit); {
	case !v.may(web.Enter) || v.closed(p):
		return nil
	case !v.who().OfUnit():
		return []web.Stage{web.StageIntake, web.StageBefore, web.StageAfter, web.StageRecording}
	case slip == nil || !slip.Open() || p.Status.Ended():
		return nil
	}
	return []web.Stage{web.StageBefore, web.StageAfter}
}

// spoken is what a recording of a call may be.
var spoken = []string{"audio/mpeg", "audio/wave", "audio/mp4", "application/ogg", "video/mp4", "video/webm", "video/quicktime", "video/3gpp"}

// attachAll stores the files that can be stored and says of the others why not; where none
// could be, that is the error.
func (c *console) attachAll(v *visit, petition int64, files []*multipart.FileHeader, stage web.Stage) (leftOut []string, err error) {
	var allowed []string
	if stage == web.StageRecording {
		allowed = spoken
	}
	status := http.StatusUnprocessableEntity
	for _, f := range files {
		var refused *web.Problem
		err := web.AttachFile(v.Context(), c.Files, petition, f, stage, v.actor(), allowed)
		switch {
		case err == nil:
			continue
		case errors.As(err, &refused) && refused.Status < http.StatusInternalServerError:
			status, leftOut = refused.Status, append(leftOut, whyNot(f, stage, refused))
		case len(files) == 1:
			return nil, err
		default:
			c.Slog.ErrorContext(v.Context(), "a file was not stored", "petition", petition, "error", err)
			leftOut = append(leftOut, filepath.Base(f.Filename)+": chưa lưu được, hãy gửi lại sau")
		}
	}
	if len(leftOut) == len(files) {
		return leftOut, &web.Problem{Status: status, Detail: "chưa lưu được tệp nào: " + strings.Join(leftOut, "; ")}
	}
	return leftOut, nil
}

// whyNot is the refusal of a file; that of a recording says what one is.
func whyNot(f *multipart.FileHeader, stage web.Stage, refused *web.Problem) string {
	if stage == web.StageRecording && refused.Status == http.StatusUnsupportedMediaType {
		return filepath.Base(f.Filename) + ": ghi âm phải là tệp âm thanh hoặc video"
	}
	return refused.Said()
}

// noFile is said of a file that is not there, or not for whoever asks.
func noFile() error {
	return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có tệp này"}
}

// opened is the file of the path, with its petition; who asks may see it. The body is to be closed.
func (c *console) opened(v *visit) (r web.Record, f web.Attachment, body io.ReadSeekCloser, err error) {
	if r, err = v.record(); err != nil {
		return r, f, nil, err
	}
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return r, f, nil, noFile()
	}
	if f, body, err = c.Files.Open(v.Context(), id); err != nil {
		return r, f, nil, err
	}
	if !v.maySee(r.Petition, f) {
		body.Close()
		return r, f, nil, noFile()
	}
	return r, f, body, nil
}

// file shows a file; hearing a recording is logged (Đ10.1).
func (c *console) file(v *visit) error {
	r, f, body, err := c.opened(v)
	if err != nil {
		return err
	}
	defer body.Close()
	if f.Stage == web.StageRecording {
		if err := c.Recordings.Played(v.Context(), f.ID, r.Petition.Code, web.LaterPart(v.Request), v.actor()); err != nil {
			return err
		}
	}
	web.ServeAttachment(v.ResponseWriter, v.Request, f, body)
	return nil
}

// publishFile makes a picture public, or not public any more. A recording never is.
func (c *console) publishFile(v *visit) error {
	r, f, body, err := c.opened(v)
	if err != nil {
		return err
	}
	body.Close()
	public := v.PathValue("act") == "publish"
	switch {
	case !public && v.PathValue("act") != "unpublish":
		return noFile()
	case public && (f.Stage == web.StageRecording || !strings.HasPrefix(f.Type, "image/")):
		return wrong("id", "tệp này không được công khai")
	case public && !r.Petition.Public():
		return wrong("id", "chỉ công khai ảnh của kết quả đã công khai, khi người dân đồng ý")
	}
	if err := c.Files.Publish(v.Context(), f.ID, public, v.actor()); err != nil {
		return err
	}
	return v.done("/p/"+r.Petition.Code, "Đã lưu.")
}
