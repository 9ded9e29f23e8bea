package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
)

// Which photos were not taken is told on the page that comes after the form, the
// citizen's perhaps after a code: until then a cookie of that page keeps it. An
// address could be made up by somebody else, who would have our page say his words.

const (
	leftOutCookie = "anh"
	leftOutFor    = 15 * 60 // seconds
)

// leaveOut has the page, a path, say what was not taken.
func (a *api) leaveOut(w http.ResponseWriter, page string, leftOut []string) {
	if len(leftOut) == 0 {
		return
	}
	text, err := json.Marshal(leftOut)
	if err != nil {
		return // strings always can
	}
	a.setLeftOut(w, page, base64.RawURLEncoding.EncodeToString(text), leftOutFor)
}

func (a *api) setLeftOut(w http.ResponseWriter, page, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{Name: leftOutCookie, Value: value, Path: page, MaxAge: seconds, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: a.secure()})
}

// leftOut is what was not taken, to be said once.
func (a *api) leftOut(w http.ResponseWriter, r *http.Request, page string) (list []string) {
	kept, err := r.Cookie(leftOutCookie)
	if err != nil {
		return nil
	}
	a.setLeftOut(w, page, "", -1)
	text, err := base64.RawURLEncoding.DecodeString(kept.Value)
	if err != nil || json.Unmarshal(text, &list) != nil {
		return nil
	}
	return list[:min(len(list), maxPhotos)]
}
