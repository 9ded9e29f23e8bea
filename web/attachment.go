package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"notify1022/escalation"
	"notify1022/web/picture"
)

// Attachments are a petition's files. Their bytes lie outside the database.
type Attachments interface {
	// Add stores a file; the same bytes are kept once, and are one file of the petition where
	// they show the same. The petition has MaxAttachments
	// at most, however many are added at once: then it is an *escalation.Problem of
	// kind WrongTime.
	Add(ctx context.Context, petition int64, a Attachment, body []byte) (int64, error)
	// Of lists a petition's files in the order in which they came.
	Of(ctx context.Context, petition int64) ([]Attachment, error)
	// Open reads one; a missing one is a *Problem of kind NotFound.
	Open(ctx context.Context, id int64) (Attachment, io.ReadSeekCloser, error)
	// OpenPublic reads one that is published, as long as its petition's answer is
	// public; anything else is a *Problem of kind NotFound.
	OpenPublic(ctx context.Context, id int64) (Attachment, io.ReadSeekCloser, error)
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

// Medium is how a page shows the file.
func (a Attachment) Medium() Medium {
	switch kind, _, _ := strings.Cut(a.Type, "/"); {
	case a.Stage == StageRecording, kind == "audio", a.Type == "application/ogg":
		return AsSound // of a call that was recorded as a film, too, the voices are what counts
	case kind == "video":
		return AsFilm
	}
	return AsPicture
}

// Medium is a way of showing a file.
type Medium string

// The ways of showing files.
const (
	AsPicture Medium = "picture"
	AsFilm    Medium = "film"
	AsSound   Medium = "sound"
)

// Label is the medium's word, as a sentence begins with it.
func (m Medium) Label() string {
	switch m {
	case AsFilm:
		return "Video"
	case AsSound:
		return "Âm thanh"
	}
	return "Ảnh"
}

// Stage is what a file shows.
type Stage string

// Label says what a file of the stage shows, in the words of the pages.
func (s Stage) Label() string {
	switch s {
	case StageIntake:
		return "kèm phản ánh"
	case StageBefore:
		return "trước khi xử lý"
	case StageAfter:
		return "sau khi xử lý"
	case StageRecording:
		return "ghi âm"
	}
	return string(s)
}

// The stages of files.
const (
	StageIntake    Stage = "intake" // with the petition
	StageBefore    Stage = "before" // the unit's, before the work
	StageAfter     Stage = "after"  // and after
	StageRecording Stage = "recording"
)

const maxAttachment = 10 << 20

// MaxAttachments is how many files one petition has.
const MaxAttachments = 20

// Image, audio and video as phones make them; what the bytes are decides, not the name.
var (
	onlyImages = []string{"image/jpeg", "image/png", "image/webp", "image/gif"}
	anyMedia   = append(slices.Clone(onlyImages), "audio/mpeg", "audio/wave", "audio/mp4", "application/ogg", "video/mp4", "video/webm", "video/quicktime", "video/3gpp")
)

// A form of files names the types that it takes, and no more: where it says image/* an
// iPhone sends HEIC, which is refused; asked for JPEG it converts its photos by itself.

// acceptedPhotos are those of a form for photos.
var acceptedPhotos = strings.Join(onlyImages, ",")

// AcceptedFiles are those of a form for whatever phones make.
func AcceptedFiles() string { return acceptedPhotos + ",audio/*,video/*" }

// attach checks and stores a file of a form.
func (a *api) attach(r *http.Request, petition int64, file *multipart.FileHeader, stage Stage, by escalation.Actor, allowed []string) error {
	if a.Attachments == nil {
		return problem(http.StatusNotFound, "nơi này không nhận tệp")
	}
	return AttachFile(r.Context(), a.Attachments, petition, file, stage, by, allowed)
}

// AttachFile checks a file of a form by its size and its bytes, and stores it; allowed nil: image, audio and video. Of a picture
// the pixels alone are stored, not where and with what it was taken; one that cannot
// be read to its end is refused. A refusal is a *Problem that names the file.
func AttachFile(ctx context.Context, shelf Attachments, petition int64, file *multipart.FileHeader, stage Stage, by escalation.Actor, allowed []string) error {
	if allowed == nil {
		allowed = anyMedia
	}
	refused := func(status int, why string) error {
		return problem(status, shortName(file.Filename)+": "+why)
	}
	if file.Size > maxAttachment {
		return refused(http.StatusRequestEntityTooLarge, "mỗi tệp tối đa 10 MB")
	}
	body, err := readFile(file)
	if err != nil {
		return err
	}
	kind := mediaType(body)
	switch {
	case len(body) > maxAttachment:
		return refused(http.StatusRequestEntityTooLarge, "mỗi tệp tối đa 10 MB")
	case heif(body):
		return refused(http.StatusUnsupportedMediaType, "ảnh HEIC của iPhone chưa đọc được; hãy gửi ảnh JPEG (Cài đặt, Camera, Định dạng, Tương thích nhất) hoặc ảnh chụp màn hình")
	case !slices.Contains(allowed, kind):
		return refused(http.StatusUnsupportedMediaType, "chỉ nhận ảnh JPEG, PNG, WebP, GIF, và ở bàn làm việc cả âm thanh, video")
	}
	if picture.Cleans(kind) {
		if body, err = picture.Clean(kind, body); err != nil {
			return refused(http.StatusUnsupportedMediaType, "ảnh bị hỏng hoặc gửi chưa hết, hãy gửi lại")
		}
	}
	_, err = shelf.Add(ctx, petition, Attachment{Name: fileName(file.Filename), Type: kind, Size: int64(len(body)), Stage: stage, By: by.Name, Role: by.Role}, body)
	var full *escalation.Problem
	if errors.As(err, &full) && full.Kind == escalation.WrongTime {
		return refused(http.StatusConflict, full.Detail)
	}
	return err
}

// readFile reads a file of a form, one byte more than may be.
func readFile(file *multipart.FileHeader) ([]byte, error) {
	opened, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	return io.ReadAll(io.LimitReader(opened, maxAttachment+1))
}

// heif reports the pictures of iPhones, HEIC and AVIF (ISO 23008-12), which no
// browser of an office shows everywhere and whose metadata are not taken out here.
func heif(body []byte) bool {
	return len(body) >= 12 && string(body[4:8]) == "ftyp" && slices.Contains([]string{"heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1", "avif", "avis"}, string(body[8:12]))
}

// shortName is the name as a sentence names the file: its last 40 letters.
func shortName(given string) string {
	name := []rune(fileName(given))
	return string(name[max(0, len(name)-40):])
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
	h.Set("Content-Security-Policy", fileRules(f))
	how := "attachment"
	if slices.Contains(anyMedia, f.Type) {
		how = "inline"
	}
	h.Set("Content-Disposition", fmt.Sprintf("%s; filename*=UTF-8''%s", how, escaped(f.Name)))
	unhurried(w, f.Size)
	http.ServeContent(w, r, "", f.At, body)
}

// fileRules are what a file may do where it is opened by itself: nothing. A film or a sound
// needs its own bytes once more for the browser's player, which has no origin in a sandbox.
func fileRules(f Attachment) string {
	if slices.Contains(anyMedia, f.Type) && f.Medium() != AsPicture {
		return "default-src 'none'; media-src 'self'"
	}
	return "default-src 'none'; sandbox"
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

// publicFor is how long a cache shows a published picture without asking again: so long
// one may be seen that has been taken back.
const publicFor = 5 * time.Minute

// cleanFiles are the files that were found to be without metadata. The bytes of a file never
// change, so none is walked twice; nothing of it is kept.
type cleanFiles struct {
	mu  sync.Mutex
	ids map[int64]bool
}

// maxCleanFiles bounds the memory; then all are looked at anew.
const maxCleanFiles = 100_000

func (c *cleanFiles) has(id int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ids[id]
}

func (c *cleanFiles) add(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids == nil || len(c.ids) >= maxCleanFiles {
		c.ids = map[int64]bool{}
	}
	c.ids[id] = true
}

// publicFile serves what has been published, by a name that tells nothing and
// without metadata, whenever it was stored; anything else does not exist.
func (a *api) publicFile(w http.ResponseWriter, r *http.Request, _ string) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || a.Attachments == nil {
		return noSuch("tệp")
	}
	f, body, err := a.Attachments.OpenPublic(r.Context(), id)
	if err != nil {
		return err
	}
	defer body.Close()
	shown, err := a.withoutMetadata(f, body)
	if err != nil {
		return err
	}
	f.Name = fmt.Sprintf("anh-%d.%s", id, strings.TrimPrefix(f.Type, "image/"))
	w.Header().Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(publicFor.Seconds())))
	w.Header().Set("ETag", fmt.Sprintf(`"%d-%d"`, id, f.Size))
	ServeAttachment(w, r, f, shown)
	return nil
}

// withoutMetadata is a picture as everybody may have it. What was stored before pictures
// were cleaned on their way in is cleaned each time; of the others it is found out once.
func (a *api) withoutMetadata(f Attachment, body io.ReadSeeker) (io.ReadSeeker, error) {
	if a.shown.has(f.ID) {
		return body, nil
	}
	file, err := io.ReadAll(io.LimitReader(body, maxAttachment+1))
	if err != nil {
		return nil, err
	}
	clean, err := picture.Clean(f.Type, file)
	if err != nil {
		return nil, noSuch("tệp")
	}
	if bytes.Equal(clean, file) {
		a.shown.add(f.ID)
	}
	return bytes.NewReader(clean), nil
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
