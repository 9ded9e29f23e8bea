package mail

import (
	"context"
	"errors"
	"net"
	"time"
)

// answerMost bounds what a server may say at one step, its certificates included.
const answerMost = 256 << 10

var errFlood = errors.New("the server does not stop talking")

// wire is a connection on which nothing lasts for ever and nothing is endless.
type wire struct {
	net.Conn
	left int // octets that may still be read at this step
}

// Read reads no more than the step may bring.
func (w *wire) Read(b []byte) (int, error) {
	if w.left <= 0 {
		return 0, errFlood
	}
	n, err := w.Conn.Read(b[:min(len(b), w.left)])
	w.left -= n
	return n, err
}

var past = time.Unix(1, 0)

// under ends whatever waits on the connection when ctx ends. What it returns is called
// at the end; false: the connection was cut.
func (w *wire) under(ctx context.Context) (done func() (whole bool)) {
	return context.AfterFunc(ctx, func() { w.SetDeadline(past) })
}

// await begins a step that may take so long, or as long as ctx (0).
func (w *wire) await(ctx context.Context, limit time.Duration) {
	w.left = answerMost
	until, bounded := ctx.Deadline()
	if limit > 0 && (!bounded || time.Until(until) > limit) {
		until = time.Now().Add(limit)
	}
	w.SetDeadline(until)
	if ctx.Err() != nil { // it ended before the deadline was set
		w.SetDeadline(past)
	}
}
