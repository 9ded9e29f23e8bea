package console

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"notify1022/escalation"
	"notify1022/web"
)

// boards and directories are interfaces by names that are none of their methods.
type (
	boards      interface{ Board }
	directories interface{ web.Directory }
)

// restless is a board on which something changes each time somebody looks.
type restless struct {
	boards
	looks  atomic.Int64
	onRead func()
}

func (b *restless) Stamp(context.Context) (string, error) {
	return fmt.Sprint(b.looks.Add(1)), nil
}

func (b *restless) Board(context.Context, BoardFilter) (web.PetitionPage, error) {
	b.onRead()
	return web.PetitionPage{Items: []web.PetitionRow{{Code: "HP261123-0001"}}, Next: "more"}, nil
}

// empty is a directory without a unit.
type empty struct{ directories }

func (empty) Directory(context.Context) (*escalation.Directory, error) {
	return escalation.NewDirectory(nil, nil), nil
}

func TestTheStreamOutlivesTheServersTimeForReading(t *testing.T) {
	board := &restless{}
	c := &console{Config: Config{Board: board}, stamps: newStamps(board)}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := c.events(&visit{ResponseWriter: w, Request: r, c: c}); err != nil {
			t.Error(err)
		}
	}))
	server.Config.ReadTimeout = 50 * time.Millisecond // a look each second: far beyond it
	server.Start()
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines, changes := bufio.NewScanner(answer.Body), 0
	for changes < 3 && lines.Scan() {
		if strings.HasPrefix(lines.Text(), "event: changed") {
			changes++
		}
	}
	if changes < 3 {
		t.Errorf("the stream ended after %d changes: %v", changes, lines.Err())
	}
	cancel()
}

// The stamp of a page is of before its rows, or what changes in between is never asked
// for; the live part is the page that is looked at; each row can be found again.
func TestTheLiveBoardMissesNothing(t *testing.T) {
	board := &restless{}
	c := &console{stamps: newStamps(board)}
	c.Config = Config{Board: board, Directory: empty{}, Calendar: always{}}
	c.stamps.now = "before"
	board.onRead = func() { c.stamps.now = "after" }
	v := &visit{Request: httptest.NewRequest("GET", "/console/board?urgent=1&cursor=abc", nil), c: c, now: time.Now()}
	page, err := c.boardData(v)
	if err != nil {
		t.Fatal(err)
	}
	if page.Stamp != "before" {
		t.Errorf("the stamp is that of %s the rows", page.Stamp)
	}
	if q, err := url.ParseQuery(page.Query); err != nil || q.Get("cursor") != "abc" || q.Get("urgent") != "1" {
		t.Errorf("the live part asks for %q", page.Query)
	}
	if page.Rows[0].Anchor == "" {
		t.Error("a row has no id")
	}
}

func TestAPageKnowsWhenWorkingTimeStopsAndStarts(t *testing.T) {
	c := &console{Config: Config{Calendar: always{}}}
	for _, at := range []struct {
		now     string
		working bool
		edges   string // the first three
	}{
		{"2026-11-23T11:00:00+07:00", true, "1800 7200 21600"},       // Monday: to 11:30, from 13:00 to 17:00
		{"2026-11-23T12:00:00+07:00", false, "3600 18000 156600"},    // from 13:00; Tuesday 24/11 is a day off
		{"2026-11-27T17:30:00+07:00", false, "223200 237600 243000"}, // Friday: from Monday 07:30
	} {
		now, err := time.Parse(time.RFC3339, at.now)
		if err != nil {
			t.Fatal(err)
		}
		city := (&visit{c: c, now: now}).hours()[0]
		if city.Working != at.working || !strings.HasPrefix(city.Edges, at.edges) {
			t.Errorf("%s: working %t, edges %.60s, want %t, %s", at.now, city.Working, city.Edges, at.working, at.edges)
		}
	}
}
