package console

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
)

// What is carried out is what was previewed: the preview's form carries a digest of what
// it showed, and a step without it, or with another one, shows the preview again.

// seenField is the form's field of that digest.
const seenField = "seen"

// digest of texts in their order; each stands with its length, so that no two lists have
// one text.
func digest(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// digestOf are the values of a form's fields, in the order of the names given.
func digestOf(form url.Values, names ...string) string {
	var parts []string
	for _, name := range names {
		parts = append(parts, name)
		parts = append(parts, slices.DeleteFunc(slices.Clone(form[name]), func(s string) bool { return s == "" })...)
	}
	return digest(parts...)
}

// carriesOut reports that the form asks to carry out what the digest stands for.
func carriesOut(form url.Values, seen string) bool {
	return form.Get("step") == "do" && subtle.ConstantTimeCompare([]byte(form.Get(seenField)), []byte(seen)) == 1
}

// changedSince says that what was seen is not what would be done any more; empty: nothing
// was seen yet.
func changedSince(form url.Values) string {
	if form.Get("step") != "do" || form.Get(seenField) == "" {
		return ""
	}
	return "Từ lúc xem trước đã có thay đổi. Hãy xem lại rồi thực hiện."
}

// errUnseen is a step that would carry out what was not shown.
var errUnseen = errors.New("what would be done was not seen")
