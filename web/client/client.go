// Package client speaks the hotline's JSON API for Go programs: typed requests and
// answers, problems as errors, lists page by page, and a key for each act so that asking
// again after a lost answer does nothing twice.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/web"
)

// Client is a program's access to one installation. Its zero HTTP is a client with a
// time limit. Safe for concurrent use.
type Client struct {
	BaseURL string // https://1022.haiphong.gov.vn
	Key     string
	HTTP    *http.Client
}

// Error is a refusal: the server's problem (RFC 9457).
type Error struct{ web.Problem }

func (e *Error) Error() string {
	text := fmt.Sprintf("%d %s", e.Status, e.Detail)
	for _, f := range e.Errors {
		text += "; " + f.Location + ": " + f.Message
	}
	return text
}

// maxAnswer bounds what is read of an answer.
const maxAnswer = 16 << 20

const (
	tries = 3 // how often a request is made that got no answer, or 503
	// How often it is asked, each second or so, what became of an earlier try that is still
	// at work: longer than the server keeps the key of one that it lost, a minute.
	questions = 90
)

// Call makes a request and decodes the answer into into (nil: not read). version is
// what the caller saw, 0: whatever it is now. A POST carries one Idempotency-Key over all
// its tries, so that none does anything twice; whoever calls anew has a new key. It may
// last minutes: ctx bounds it.
func (c *Client) Call(ctx context.Context, method, path string, body, into any, version int64) error {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return err
		}
	}
	key := rand.Text()
	for try, question := 1, 1; ; {
		wait, err := c.once(ctx, method, path, key, raw, into, version)
		switch {
		case err == nil || wait < 0:
			return err
		case atWork(err):
			question++
		default:
			try++
		}
		if try > tries || question > questions {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return errors.Join(ctx.Err(), err)
		case <-timer.C:
		}
	}
}

// once makes the request; wait is after what pause it may be made again, negative: not.
func (c *Client) once(ctx context.Context, method, path, key string, raw []byte, into any, version int64) (wait time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.BaseURL, "/")+"/api/v1"+path, bytes.NewReader(raw))
	if err != nil {
		return -1, err
	}
	r.Header.Set("Authorization", "Bearer "+c.Key)
	if len(raw) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost {
		r.Header.Set("Idempotency-Key", key)
	}
	if version != 0 {
		r.Header.Set("If-Match", strconv.Quote(strconv.FormatInt(version, 10)))
	}
	answer, err := c.http().Do(r)
	if err != nil {
		return time.Second, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	switch {
	case err != nil:
		return time.Second, err
	case answer.StatusCode >= 400:
		return again(answer), problemOf(answer.StatusCode, text)
	case into == nil || len(text) == 0:
		return 0, nil
	}
	return -1, json.Unmarshal(text, into)
}

func (c *Client) http() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return &http.Client{Timeout: 30 * time.Second}
}

// again is the pause that a 503 asks for, or a 409 that says that an earlier try is still
// at work; negative: asking again changes nothing.
func again(answer *http.Response) time.Duration {
	after := answer.Header.Get("Retry-After")
	if answer.StatusCode != http.StatusServiceUnavailable && (answer.StatusCode != http.StatusConflict || after == "") {
		return -1
	}
	seconds, err := strconv.Atoi(after)
	if err != nil || seconds < 1 || seconds > 60 {
		seconds = 1
	}
	return time.Duration(seconds) * time.Second
}

// atWork reports that the server has an earlier try in its hands.
func atWork(err error) bool {
	var refused *Error
	return errors.As(err, &refused) && refused.Status == http.StatusConflict
}

func problemOf(status int, text []byte) error {
	e := &Error{}
	if json.Unmarshal(text, &e.Problem) != nil || e.Detail == "" {
		e.Detail = http.StatusText(status)
	}
	e.Status = status
	return e
}

// Accept records a petition; with units it is forwarded at once.
func (c *Client) Accept(ctx context.Context, intake escalation.Intake) (accepted web.Accepted, err error) {
	err = c.Call(ctx, http.MethodPost, "/petitions", intake, &accepted, 0)
	return accepted, err
}

// Petition reads one petition with deadlines, timeline and messages.
func (c *Client) Petition(ctx context.Context, code string) (p web.PetitionView, err error) {
	err = c.Call(ctx, http.MethodGet, "/petitions/"+url.PathEscape(code), nil, &p, 0)
	return p, err
}

// Do carries out a verb on the petition as the caller saw it; version 0: as it is now.
func (c *Client) Do(ctx context.Context, code string, cmd escalation.Command, version int64) (p web.PetitionView, err error) {
	err = c.Call(ctx, http.MethodPost, "/petitions/"+url.PathEscape(code)+"/"+string(cmd.Verb()), cmd, &p, version)
	return p, err
}

// Petitions goes through a list, asking for each page when it is reached; query is that
// of GET /petitions. It ends at the first error.
func (c *Client) Petitions(ctx context.Context, query url.Values) iter.Seq2[web.PetitionRow, error] {
	return func(yield func(web.PetitionRow, error) bool) {
		ask := url.Values{}
		for name, values := range query {
			ask[name] = values
		}
		for {
			var page web.Page[web.PetitionRow]
			if err := c.Call(ctx, http.MethodGet, "/petitions?"+ask.Encode(), nil, &page, 0); err != nil {
				yield(web.PetitionRow{}, err)
				return
			}
			for _, row := range page.Items {
				if !yield(row, nil) {
					return
				}
			}
			if page.NextCursor == "" {
				return
			}
			ask.Set("cursor", page.NextCursor)
		}
	}
}
