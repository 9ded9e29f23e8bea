package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
)

// Attachments are a petition's files. Their bytes lie outside the database.
type Attachments interface {
	// Add stores a file; the same bytes are kept once.
	Add(ctx context.Context, petition int64, a Attachment, body []byte) (int64, error)
	// Of lists a petition's files in the order in which they came.
	Of(ctx context.Context, petition int64) ([]Attachment, error)
	// Open reads one; a missing one is a *Problem of kind NotFound.
	Open(ctx context.Context, id int64) (Attachment, io.ReadSeekCloser, error)
	// Publish makes a file public, or not public any more.
	Publish(ctx context.Context, id int64, public bool, by escalation.Actor) error
}

// Attachment is one file.
type Attachment struct {
	ID       int64
	Petition int64
	Name     string // as its owner called it, without a path
	Type     string // media type, as its bytes say
	Size     int64
	Stage    Stage
	By       string
	Role     escalation.Role
	At       time.Time
	Public   bool
}

// Stage is what a file shows.
type Stage string

// The stages of files.
const (
	StageIntake    Stage = "intake" // with the petition
	StageBefore    Stage = "before" // the unit's, before the work
	StageAfter     Stage = "after"  // and after
	StageRecording Stage = "recording"
)

const (
	maxAttachment  = 10 << 20
	maxAttachments = 20 // of one petition
)

// Image, audio and video as phones make them; what the bytes are decides, not the name.
var (
	onlyImages = []string{"image/jpeg", "image/png", "image/webp", "image/gif"}
	anyMedia   = append(slices.Clone(onlyImages), "audio/mpeg", "audio/wave", "application/ogg", "video/mp4", "video/webm")
)

// attach checks and stores a file of a form.
func (a *api) attach(r *http.Request, petition int64, file *multipart.FileHeader, stage Stage, by escalation.Actor, allowed []string) error {
	if a.Attachments == nil {
		return problem(http.StatusNotFound, "nơi này không nhận tệp")
	}
	return AttachFile(r.Context(), a.Attachments, petition, file, stage, by, allowed)
}

// AttachFile checks a file of a form by its size, its bytes and the number of those
// that are there, and stores it; allowed nil: image, audio and video.
func AttachFile(ctx context.Context, shelf Attachments, petition int64, file *multipart.FileHeader, stage Stage, by escalation.Actor, allowed []string) error {
	if allowed == nil {
		allowed = anyMedia
	}
	if file.Size > maxAttachment {
		return problem(http.StatusRequestEntityTooLarge, "mỗi tệp tối đa 10 MB")
	}
	there, err := shelf.Of(ctx, petition)
	if err != nil {
		return err
	}
	if len(there) >= maxAttachments {
		return problem(http.StatusConflict, fmt.Sprintf("không quá %d tệp", maxAttachments))
	}
	opened, err := file.Open()
	if err != nil {
		return err
	}
	defer opened.Close()
	body, err := io.ReadAll(io.LimitReader(opened, maxAttachment+1))
	if err != nil {
		return err
	}
	kind, _, _ := strings.Cut(http.DetectContentType(body), ";")
	if !slices.Contains(allowed, kind) || len(body) > maxAttachment {
		return problem(http.StatusUnsupportedMediaType, "chỉ nhận ảnh JPEG, PNG, WebP, GIF, và ở bàn làm việc cả âm thanh, video")
	}
	_, err = shelf.Add(ctx, petition, Attachment{Name: fileName(file.Filename), Type: kind, Size: int64(len(body)), Stage: stage, By: by.Name, Role: by.Role}, body)
	return err
}

// fileName is the name without path and control characters.
func fileName(given string) string {
	name := filepath.Base(strings.ReplaceAll(given, `\`, "/"))
	name = strings.Map(func(c rune) rune {
		if c < ' ' || c == '"' || c == 0x7f {
			return -1
		}
		return c
	}, strings.ToValidUTF8(name, ""))
	if runes := []rune(name); len(runes) > 100 {
		name = string(runes[len(runes)-100:])
	}
	if name == "" || name == "." || name == "/" {
		return "tep"
	}
	return name
}

// ServeAttachment writes a file as a picture or to be saved; nothing in it can run.
func ServeAttachment(w http.ResponseWriter, r *http.Request, f Attachment, body io.ReadSeeker) {
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	how := "attachment"
	if slices.Contains(anyMedia, f.Type) {
		how = "inline"
	}
	h.Set("Content-Disposition", fmt.Sprintf("%s; filename*=UTF-8''%s", how, escaped(f.Name)))
	http.ServeContent(w, r, "", f.At, body)
}

func escaped(name string) string {
	var b bytes.Buffer
	for _, c := range []byte(name) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// publicFile serves what has been published; anything else does not exist.
func (a *api) publicFile(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || a.Attachments == nil {
		return noSuch("tệp")
	}
	return a.file(w, r, id, func(f Attachment) bool { return f.Public })
}

func (a *api) file(w http.ResponseWriter, r *http.Request, id int64, may func(Attachment) bool) error {
	f, body, err := a.Attachments.Open(r.Context(), id)
	if err != nil {
		return err
	}
	defer body.Close()
	if !may(f) {
		return noSuch("tệp")
	}
	ServeAttachment(w, r, f, body)
	return nil
}
