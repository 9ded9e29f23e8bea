package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener of connections in memory, whose deadlines run by the bubble's time.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	p.conns <- there
	return here, nil
}

// dribble gives a body piece by piece, each after a pause.
type dribble struct {
	rest  []byte
	piece int
	pause time.Duration
	stop  <-chan struct{}
}

func (d *dribble) Read(p []byte) (int, error) {
	if len(d.rest) == 0 {
		return 0, io.EOF
	}
	select {
	case <-time.After(d.pause):
	case <-d.stop:
		return 0, io.ErrClosedPipe
	}
	n := copy(p, d.rest[:min(d.piece, len(d.rest))])
	d.rest = d.rest[n:]
	return n, nil
}

// sent posts a body to the served handler at a pace, in a bubble of time.
func sent(t *testing.T, body []byte, contentType string, piece int, pause time.Duration) (read int, status int, took time.Duration, err error) {
	synctest.Test(t, func(t *testing.T) {
		a := &api{Config: Config{Log: slog.New(slog.DiscardHandler)}}
		handler := a.guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got, failure := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSend))
			if read, err = len(got), failure; failure == nil {
				io.WriteString(w, "whole")
			}
		}))
		listener := &pipes{make(chan net.Conn), make(chan struct{})}
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- Serve(ctx, listener, handler, nil) }()
		transport := &http.Transport{DialContext: listener.dial}
		begun := time.Now()
		r, _ := http.NewRequest("POST", "http://1022.example.vn/", &dribble{body, piece, pause, ctx.Done()})
		r.Header.Set("Content-Type", contentType)
		res, failure := (&http.Client{Transport: transport}).Do(r)
		took = time.Since(begun)
		if failure == nil {
			answer, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if status = res.StatusCode; string(answer) != "whole" && err == nil {
				err = errors.New("not answered")
			}
		} else if err == nil {
			err = failure
		}
		transport.CloseIdleConnections()
		stop()
		if failure := <-served; failure != nil {
			t.Error(failure)
		}
		synctest.Wait()
	})
	return read, status, took, err
}

func TestPhotosOverASlowLineArriveAndAreAnswered(t *testing.T) {
	body := bytes.Repeat([]byte("x"), 5<<20)
	read, status, took, err := sent(t, body, "multipart/form-data; boundary=x", 16<<10, time.Second)
	if err != nil || read != len(body) || status != 200 {
		t.Fatalf("%d octets after %s, status %d: %v", read, took, status, err)
	}
	if took <= readTime+writeTime {
		t.Errorf("the line was not slow: %s", took)
	}
}

func TestWhoSendsNextToNothingIsCutOff(t *testing.T) {
	for name, c := range map[string]struct {
		kind  string
		piece int
		most  time.Duration
	}{
		"a form by single octets": {"multipart/form-data; boundary=x", 1, 2 * readTime},
		"a form at half the rate": {"multipart/form-data; boundary=x", 4 << 10, slowLine.most},
		"no form":                 {"application/json", 16 << 10, 2 * readTime},
	} {
		_, _, took, err := sent(t, bytes.Repeat([]byte("x"), 12<<20), c.kind, c.piece, time.Second)
		if err == nil || took > c.most {
			t.Errorf("%s held the connection for %s: %v", name, took, err)
		}
	}
}

func TestPatienceGrowsWithWhatHasComeUpToABound(t *testing.T) {
	p := patience{first: time.Minute, rate: 1 << 10, most: 10 * time.Minute}
	for octets, want := range map[int64]time.Duration{0: time.Minute, 1 << 10: time.Minute + time.Second, 60 << 10: 2 * time.Minute, maxSend: 10 * time.Minute} {
		if got := p.until(start, octets).Sub(start); got != want {
			t.Errorf("after %d octets %s, expected %s", octets, got, want)
		}
	}
}
