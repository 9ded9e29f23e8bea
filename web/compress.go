package web

import (
	"fmt"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// Citizens read over 3G, and a page is a third to a half of its size when it is compressed.

// texts are what is compressed. Pictures, sound and workbooks are so already, and a stream
// of events must not be gathered.
var texts = []string{"text/html", "text/css", "text/plain", "text/csv", "text/javascript", "application/javascript", "application/json", "application/problem+json", "application/manifest+json", "image/svg+xml"}

const (
	leastCompressed = 1 << 10 // less than that is one packet anyhow
	// jitter is how many octets at most stand beside the text, as many as its words happen to
	// give: the size then tells nobody whether a guess stood in the page (BREACH).
	jitter = 32
)

// compressed answers with texts compressed by gzip to those who take it.
func compressed(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.EnableZstd(false), gzhttp.MinSize(leastCompressed), gzhttp.ContentTypes(texts), gzhttp.RandomJitter(jitter, 0, false))
	if err != nil {
		return nil, fmt.Errorf("web: compression: %w", err)
	}
	return wrap(next), nil
}
