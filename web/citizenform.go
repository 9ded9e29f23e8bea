package web

import (
	"errors"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"notify1022/escalation"
)

// petitionForm is /gui-phan-anh.
type petitionForm struct {
	frame
	Form   map[string]string
	Fields []string
	Areas  []string
	Nonce  string // this form's, for one petition
	Photos bool   // some were chosen; a browser does not choose them again
	CodeTo string // the number, masked, whose code has to be shown first; empty: none has
}

func (a *api) showPetitionForm(w http.ResponseWriter, r *http.Request) error {
	a.render(w, r, http.StatusOK, a.pages.send, a.petitionForm(r, map[string]string{}))
	return nil
}

// petitionForm is the form with what was given. Fields and areas are suggestions: it can be
// filled in without a directory too.
func (a *api) petitionForm(r *http.Request, given map[string]string) petitionForm {
	page := petitionForm{frame: a.frame("Gửi phản ánh"), Form: given, Nonce: given[NonceField]}
	if page.Nonce == "" {
		page.Nonce = NewNonce()
	}
	directory, err := a.Directory.Directory(r.Context())
	if err != nil {
		a.Log.WarnContext(r.Context(), "the form suggests no fields and areas", "error", err)
		return page
	}
	for _, u := range directory.Units() {
		page.Fields, page.Areas = append(page.Fields, u.Fields...), append(page.Areas, u.Areas...)
	}
	slices.Sort(page.Fields)
	slices.Sort(page.Areas)
	page.Fields, page.Areas = slices.Compact(page.Fields), slices.Compact(page.Areas)
	return page
}

// Photos of one petition from the public form.
const (
	maxPhotos  = 5
	sendMemory = 1 << 20
	maxSend    = maxPhotos*maxAttachment + 1<<20
	sendCost   = 49 // of the address's budget; the number that is typed is counted too (citizenturn.go)
)

// openPhotos reads a form with photos, of which done removes what lies on the disk. A form
// without photos is left to form, which takes no more than a text needs.
func openPhotos(w http.ResponseWriter, r *http.Request) (done func(), err error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "multipart/form-data" {
		return func() {}, nil
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxSend)
	if err := r.ParseMultipartForm(sendMemory); err != nil {
		return nil, problem(http.StatusRequestEntityTooLarge, "ảnh gửi kèm quá lớn: mỗi ảnh tối đa 10 MB, không quá 5 ảnh")
	}
	return func() { r.MultipartForm.RemoveAll() }, nil
}

// takePetition records a citizen's petition. A field that people do not see catches programs.
func (a *api) takePetition(w http.ResponseWriter, r *http.Request, _ string) error {
	done, err := openPhotos(w, r)
	if err != nil {
		return err
	}
	defer done()
	fields, err := form(w, r)
	if fields == nil {
		return err
	}
	if err != nil {
		return a.refusePetition(w, r, fields, problemOf(err))
	}
	if fields["website"] != "" {
		return problem(http.StatusUnprocessableEntity, "chưa gửi được phản ánh")
	}
	photos := photosOf(r)
	if len(photos) > maxPhotos {
		return a.refusePetition(w, r, fields, &Problem{Status: 422, Detail: "không quá 5 ảnh"})
	}
	for _, photo := range photos {
		if photo.Size > maxAttachment {
			return a.refusePetition(w, r, fields, &Problem{Status: 422, Detail: "mỗi ảnh tối đa 10 MB"})
		}
	}
	a.tokens.charge(visitOf(r).client, sendCost, a.Clock())
	citizen := escalation.Actor{Name: "Người dân", Role: escalation.CitizenRole, Channel: escalation.ByWeb}
	desk := admittingDesk{a.Desk, func(in escalation.Intake) ([]turn, error) { return a.admit(w, r, in, fields["code"]) }, func(taken []turn) error { return a.giveBack(r.Context(), taken) }}
	p, again, err := AcceptOnce(r.Context(), a.Idempotency, desk, a.Petitions, FormKey(fields), escalation.Intake{
		Channel: escalation.ByWeb, Kind: 1, Content: fields["content"], Field: fields["field"], Area: fields["area"],
		Citizen:      escalation.CitizenIntake{Name: fields["name"], Phone: fields["phone"], Email: fields["email"], Address: fields["address"]},
		Confidential: fields["confidential"] != "", PublishConsent: fields["publish_consent"] != "",
	}, citizen)
	if refused := problemOf(err); refused != nil { // or the database is away
		if code := (*wantsCode)(nil); errors.As(err, &code) {
			return a.showPetitionAgain(w, r, fields, refused, code.to)
		}
		return a.refusePetition(w, r, fields, refused)
	}
	if err != nil {
		return err
	}
	a.Hint()
	if photos, err = a.missing(r, p, again, photos); err != nil {
		return err
	}
	a.leaveOut(w, "/t/"+p.Token, a.attachAll(r, p.ID, photos, StageIntake, citizen))
	http.Redirect(w, r, "/t/"+p.Token+"?xong=gui", http.StatusSeeOther)
	return nil
}

// missing are the photos that still have to be stored: of a form that is sent again all,
// when none of them was, and otherwise none.
func (a *api) missing(r *http.Request, p escalation.Petition, again bool, photos []*multipart.FileHeader) ([]*multipart.FileHeader, error) {
	if !again || len(photos) == 0 || a.Attachments == nil {
		return photos, nil
	}
	there, err := a.Attachments.Of(r.Context(), p.ID)
	if err != nil || len(there) > 0 {
		return nil, err
	}
	return photos, nil
}

// attachAll stores the photos that can be stored and says of the others why not: those
// that came are kept, with a new petition too.
func (a *api) attachAll(r *http.Request, petition int64, photos []*multipart.FileHeader, stage Stage, by escalation.Actor) (leftOut []string) {
	for _, photo := range photos {
		err := a.attach(r, petition, photo, stage, by, onlyImages)
		if err == nil {
			continue
		}
		why := shortName(photo.Filename) + ": chưa lưu được, hãy gửi lại sau"
		if refused := problemOf(err); refused != nil && refused.Status < http.StatusInternalServerError {
			why = refused.Detail
		} else {
			a.Log.ErrorContext(r.Context(), "a photo was not stored", "error", err)
		}
		leftOut = append(leftOut, why)
	}
	return leftOut
}

func (a *api) refusePetition(w http.ResponseWriter, r *http.Request, fields map[string]string, refused *Problem) error {
	return a.showPetitionAgain(w, r, fields, refused, "")
}

// showPetitionAgain shows the form with what was typed, and why it was refused; codeTo is the
// number whose code is asked for.
func (a *api) showPetitionAgain(w http.ResponseWriter, r *http.Request, fields map[string]string, refused *Problem, codeTo string) error {
	page := a.petitionForm(r, fields)
	page.Problem, page.Photos, page.CodeTo = upper(refused.Detail), len(photosOf(r)) > 0, codeTo
	refused.wait(w)
	a.render(w, r, refused.Status, a.pages.send, page)
	return nil
}

// petitionTooSoon shows the form with what was typed to an address that has used up its
// requests.
func (a *api) petitionTooSoon(w http.ResponseWriter, r *http.Request) {
	typed := AgainOf(w, r)
	if typed == nil {
		a.tooSoon(w, r)
		return
	}
	fields := map[string]string{}
	for _, f := range typed.Fields {
		fields[f.Name] = f.Value
	}
	page := a.petitionForm(r, fields)
	page.Problem, page.Photos = "Quá nhiều lượt truy cập từ mạng này, phản ánh chưa được gửi. Hãy gửi lại sau ít phút.", typed.Files
	a.render(w, r, http.StatusTooManyRequests, a.pages.send, page)
}

// photosOf are the files of a form that have something in them.
func photosOf(r *http.Request) []*multipart.FileHeader {
	if r.MultipartForm == nil {
		return nil
	}
	return slices.DeleteFunc(r.MultipartForm.File["photos"], func(f *multipart.FileHeader) bool { return f.Size == 0 || strings.TrimSpace(f.Filename) == "" })
}
