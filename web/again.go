package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// What was typed is not lost where its form cannot be shown again: the database is away,
// or a character was in it that is not taken. The message shows it, and its form sends it
// once more as it was, under the same number: what was recorded after all is recorded once.

// Again is a form that has what another one was posted with.
type Again struct {
	Action string
	Fields []carriedValue
	Texts  []string // what people typed of it, to be read
	Files  bool     // files came with it, which cannot be sent again
}

// machines are the fields of forms that no person fills in, and codes, which are used up.
var machines = []string{NonceField, "seq", "version", "base", "seen", "step", "website", "to", "code", "stage", "batch", "replaces", carriedAct}

// AgainOf is the form that a request was posted with; nil: nobody typed anything into it, a
// field is a secret, or another site's page has sent it.
func AgainOf(w http.ResponseWriter, r *http.Request, secret ...string) *Again {
	if r.Method != http.MethodPost || http.NewCrossOriginProtection().Check(r) != nil {
		return nil
	}
	fields, files, err := posted(w, r)
	if err != nil {
		return nil
	}
	again := &Again{Action: r.URL.RequestURI(), Files: files}
	for name, values := range fields {
		if slices.Contains(secret, name) {
			return nil
		}
		for _, value := range values {
			value = Taken(value)
			again.Fields = append(again.Fields, carriedValue{name, value})
			if !slices.Contains(machines, name) && len(value) > 1 { // one is a tick
				again.Texts = append(again.Texts, value)
			}
		}
	}
	if len(again.Texts) == 0 {
		return nil
	}
	slices.SortStableFunc(again.Fields, func(a, b carriedValue) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(again.Texts)
	return again
}

// posted are the fields of a form that perhaps nobody has read yet. Files are passed over,
// so that their sender comes to hear of it: what is sent on while an answer comes that
// nobody waits for is a broken connection to a browser.
func posted(w http.ResponseWriter, r *http.Request) (fields url.Values, files bool, err error) {
	if r.PostForm != nil {
		return r.PostForm, r.MultipartForm != nil && len(r.MultipartForm.File) > 0, nil
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		err = r.ParseForm()
		return r.PostForm, false, err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxSend)
	parts, err := r.MultipartReader()
	fields = url.Values{}
	for room := maxForm; err == nil; {
		var part *multipart.Part
		if part, err = parts.NextPart(); err != nil {
			break
		}
		if part.FileName() != "" {
			files = true
			continue
		}
		text, failed := io.ReadAll(io.LimitReader(part, int64(room)+1))
		if room -= len(text); failed != nil || room < 0 {
			return nil, false, errors.Join(failed, http.ErrContentLength)
		}
		fields.Add(part.FormName(), string(text))
	}
	if err != io.EOF {
		return nil, false, err
	}
	return fields, files, nil
}

// Taken is a text without the characters that are not taken.
func Taken(s string) string {
	return strings.Map(func(c rune) rune {
		if forbidden(c) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, ""))
}
