package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"notify1022/escalation"
)

// slipOpens reports whether the visitor's device may see the slip.
func (a *api) slipOpens(r *http.Request, record Record, slip escalation.Slip) (bool, error) {
	subject, _ := slipSubject(record.Petition, slip)
	return a.knownDevice(r, subject)
}

// slipFurther adds colleagues, files, and who held the petition until now.
func (a *api) slipFurther(r *http.Request, record Record, slip escalation.Slip, d *escalation.Directory, page *slipPage) error {
	now, err := a.Now(r.Context())
	if err != nil {
		return err
	}
	// People are named only to a device that is known to be one of theirs.
	for _, role := range []escalation.Role{escalation.Focal, escalation.Deputy, escalation.Duty} {
		if a.Passcodes == nil {
			break
		}
		for _, k := range d.Serving(slip.Unit, role, now) {
			page.Colleagues = append(page.Colleagues, codePerson{strconv.FormatInt(k.ID, 10), k.Name})
		}
	}
	page.Held, page.Calls = heldBy(record, d), callsOf(record)
	if a.Attachments == nil || record.Petition.Denunciation {
		return nil
	}
	page.TakesFiles = slip.Open()
	if page.Recordings, err = a.recordingsOf(r, record.Petition, slip); err != nil {
		return err
	}
	files, err := a.Attachments.Of(r.Context(), record.Petition.ID)
	if record.Petition.Confidential { // what the citizen sent may show who it was
		files = slices.DeleteFunc(files, func(f Attachment) bool { return f.Stage == StageIntake || f.Stage == StageRecording })
	}
	page.Files = slices.DeleteFunc(files, func(f Attachment) bool { return f.Stage == StageRecording })
	return err
}

// heldBy says which unit had the petition from when, and when it was acknowledged.
func heldBy(record Record, d *escalation.Directory) []heldLine {
	var list []heldLine
	for _, s := range record.Petition.Slips {
		name := s.Unit
		if u, ok := d.Unit(s.Unit); ok {
			name = u.Name
		}
		part := "chủ trì"
		if !s.Lead {
			part = "phối hợp"
		}
		list = append(list, heldLine{s.ForwardedAt, name + " (" + part + ") được giao"})
		if !s.AcknowledgedAt.IsZero() {
			list = append(list, heldLine{s.AcknowledgedAt, name + " nhận phiếu"})
		}
		if !s.EndedAt.IsZero() {
			list = append(list, heldLine{s.EndedAt, name + " không còn giữ phiếu"})
		}
	}
	slices.SortStableFunc(list, func(x, y heldLine) int { return x.At.Compare(y.At) })
	return list
}

// callsOf are the calls of the hotline and what became of them.
func callsOf(record Record) []heldLine {
	var list []heldLine
	for _, e := range record.Timeline {
		if e.Action == "task" || strings.HasPrefix(e.Action, "call") {
			list = append(list, heldLine{e.At, e.Text})
		}
	}
	return list
}

// slipPhotos takes photos before and after the work.
func (a *api) slipPhotos(w http.ResponseWriter, r *http.Request, record Record, slip escalation.Slip) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSend)
	if err := r.ParseMultipartForm(sendMemory); err != nil {
		return problem(http.StatusRequestEntityTooLarge, "ảnh gửi lên quá lớn: mỗi ảnh tối đa 10 MB")
	}
	defer r.MultipartForm.RemoveAll()
	if !slip.Open() {
		return problem(http.StatusConflict, "phiếu đã kết thúc")
	}
	stage := StageAfter
	if r.PostFormValue("stage") == string(StageBefore) {
		stage = StageBefore
	}
	photos := photosOf(r)
	if len(photos) == 0 || len(photos) > maxPhotos {
		return problem(http.StatusUnprocessableEntity, "chọn từ 1 đến 5 ảnh")
	}
	by := escalation.Actor{Name: slip.Unit, Role: escalation.Officer, Channel: escalation.BySlipPage, Unit: slip.Unit}
	for _, photo := range photos {
		if err := a.attach(r, record.Petition.ID, photo, stage, by, onlyImages); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/p/"+slip.Token+"?xong=photos", http.StatusSeeOther)
	return nil
}

// slipFile shows a file of the petition to a device that may see the slip.
func (a *api) slipFile(w http.ResponseWriter, r *http.Request, token string) error {
	record, slip, err := a.slipOf(r, token)
	if err != nil {
		return err
	}
	open, err := a.slipOpens(r, record, slip)
	if err != nil {
		return err
	}
	id, errID := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if !open || errID != nil || a.Attachments == nil || record.Petition.Denunciation {
		return noSuch("tệp")
	}
	if may, err := a.mayHear(r, record.Petition, slip, id); err != nil || may {
		if err != nil {
			return err
		}
		return a.file(w, r, id, func(f Attachment) bool { return f.Petition == record.Petition.ID })
	}
	return a.file(w, r, id, func(f Attachment) bool {
		return f.Petition == record.Petition.ID && f.Stage != StageRecording && !(record.Petition.Confidential && f.Stage == StageIntake)
	})
}
