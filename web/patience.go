package web

import (
	"io"
	"mime"
	"net/http"
	"time"
)

// Photos come over slow mobile lines: five of them at 3G's rate of upload take minutes,
// where anything else here takes seconds. A body of a form with files may take longer
// the more of it has come, so that who sends nothing is cut off as soon as before.

// patience is how long something large may take on its way.
type patience struct {
	first time.Duration // however little comes
	rate  int64         // octets for which a second more is given
	most  time.Duration // however much comes
}

// slowLine is 8 KiB a second, a bad 3G line; ten minutes carry a form of the greatest
// size over a common one.
var slowLine = patience{first: readTime, rate: 8 << 10, most: 10 * time.Minute}

// until is the instant at which the rest has to have come, after so many octets.
func (p patience) until(start time.Time, octets int64) time.Time {
	return start.Add(min(p.first+time.Duration(octets)*time.Second/time.Duration(p.rate), p.most))
}

// patiently gives a form with files the time that it needs. How much may come at all is
// bounded where it is read.
func patiently(w http.ResponseWriter, r *http.Request) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || r.Body == nil {
		return
	}
	start := time.Now()
	r.Body = &patientBody{ReadCloser: r.Body, conn: http.NewResponseController(w), start: start, until: slowLine.until(start, 0)}
}

// patientBody moves the connection's deadlines on as it is read.
type patientBody struct {
	io.ReadCloser
	conn  *http.ResponseController
	start time.Time
	until time.Time
	read  int64
}

func (b *patientBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	if until := slowLine.until(b.start, b.read); until.Sub(b.until) >= time.Second {
		b.until = until
		// Where there is no connection, as behind a recorder, there is no deadline.
		_ = b.conn.SetReadDeadline(until)
		_ = b.conn.SetWriteDeadline(until.Add(writeTime))
	}
	return n, err
}

// unhurried gives an answer of the size the time that it needs.
func unhurried(w http.ResponseWriter, size int64) {
	_ = http.NewResponseController(w).SetWriteDeadline(slowLine.until(time.Now(), size))
}
