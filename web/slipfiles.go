package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"notify1022/escalation"
)

// slipOpens reports whether the visitor's device may see what the slip's page shows.
func (a *api) slipOpens(r *http.Request, record Record, slip escalation.Slip) (bool, error) {
	if nothingBehind(record.Petition, slip) {
		return true, nil
	}
	_, open, err := a.slipVisitor(r, record.Petition, slip)
	return open, err
}

// slipFurther adds colleagues, files, and who held the petition until now.
func (a *api) slipFurther(r *http.Request, record Record, slip escalation.Slip, d *escalation.Directory, page *slipPage) error {
	now, err := a.Now(r.Context())
	if err != nil {
		return err
	}
	// People are named only to a device that is known to be one of theirs.
	named := a.slipAsks(record.Petition)
	for _, role := range []escalation.Role{escalation.Focal, escalation.Deputy, escalation.Duty} {
		if !named {
			break
		}
		for _, k := range d.Serving(slip.Unit, role, now) {
			page.Colleagues = append(page.Colleagues, codePerson{strconv.FormatInt(k.ID, 10), k.Name})
		}
	}
	page.Held, page.Calls = heldBy(record, d, named), callsOf(record)
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

// FilesTitle names what the page's files are.
func (p slipPage) FilesTitle() string {
	if slices.ContainsFunc(p.Files, func(f Attachment) bool { return f.Medium() != AsPicture }) {
		return "Ảnh, video, âm thanh"
	}
	return "Ảnh"
}

// heldBy says which unit had the petition from when, when and by whom it was acknowledged,
// and to whom the unit gave it; named false: people are not named.
func heldBy(record Record, d *escalation.Directory, named bool) []heldLine {
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
			line := name + " nhận phiếu"
			if by := concealFor(record.Petition, s.AcknowledgedBy); named && by != "" && by != name {
				line += " (" + by + ")"
			}
			list = append(list, heldLine{s.AcknowledgedAt, line})
		}
		if !s.HeadAcknowledgedAt.IsZero() {
			list = append(list, heldLine{s.HeadAcknowledgedAt, name + ": Thủ trưởng đã nhận"})
		}
		if !s.EndedAt.IsZero() {
			list = append(list, heldLine{s.EndedAt, name + " không còn giữ phiếu"})
		}
	}
	for _, e := range record.Timeline {
		if named && e.Action == string(escalation.VerbAssign) {
			list = append(list, heldLine{e.At, upper(concealFor(record.Petition, e.Text))})
		}
	}
	slices.SortStableFunc(list, func(x, y heldLine) int { return x.At.Compare(y.At) })
	return list
}

// callsOf are the calls of the hotline and what became of them.
func callsOf(record Record) []heldLine {
	var list []heldLine
	for _, e := range record.Timeline {
		if e.OfCall() || e.Action == "call" {
			list = append(list, heldLine{e.At, upper(e.Text)})
		}
	}
	return list
}

// slipPhotos takes photos before and after the work, and tells which it could not store.
func (a *api) slipPhotos(w http.ResponseWriter, r *http.Request, record Record, slip escalation.Slip) error {
	done, err := openPhotos(w, r)
	if err != nil {
		return err
	}
	defer done()
	fields, err := form(w, r)
	if err != nil {
		return err
	}
	stage := StageAfter
	if fields["stage"] == string(StageBefore) {
		stage = StageBefore
	}
	photos := photosOf(r)
	switch {
	case !slipActs(record.Petition, slip) || record.Petition.Denunciation:
		return a.showSlipAgain(w, r, record, slip, typed{}, nil, problem(http.StatusConflict, endedText(slip)))
	case len(photos) == 0 || len(photos) > maxPhotos:
		return a.showSlipAgain(w, r, record, slip, typed{}, nil, problem(http.StatusUnprocessableEntity, "chọn từ 1 đến 5 ảnh"))
	}
	directory, err := a.Directory.Directory(r.Context())
	if err != nil {
		return err
	}
	actor, err := a.visitorActor(r, directory, record.Petition, slip)
	if err != nil {
		return err
	}
	var leftOut []string
	before, again, err := actOnce(r.Context(), a.Idempotency, ActKey(slip.Token, "photos", fields), func(context.Context) ([]byte, error) {
		if leftOut = a.attachAll(r, record.Petition.ID, photos, stage, actor); len(leftOut) == len(photos) {
			return nil, problem(http.StatusUnprocessableEntity, "chưa lưu được ảnh nào: "+strings.Join(leftOut, "; "))
		}
		return json.Marshal(leftOut)
	})
	if refused := refusedForm(err); refused != nil {
		return a.showSlipAgain(w, r, record, slip, typed{}, nil, refused)
	}
	if err == nil && again {
		err = json.Unmarshal(before.Body, &leftOut)
	}
	if err != nil {
		return err
	}
	a.leaveOut(w, "/p/"+slip.Token, leftOut)
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
	if may, err := a.mayHear(w, r, record.Petition, slip, id); err != nil || may {
		if err != nil {
			return err
		}
		return a.file(w, r, id, func(f Attachment) bool { return f.Petition == record.Petition.ID })
	}
	if slipOver(record.Petition, slip) {
		return noSuch("tệp")
	}
	return a.file(w, r, id, func(f Attachment) bool {
		return f.Petition == record.Petition.ID && f.Stage != StageRecording && !(record.Petition.Confidential && f.Stage == StageIntake)
	})
}
