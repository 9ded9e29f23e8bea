package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"notify1022/smpp/smsc"
)

// citizens bring petitions in by the API until they are told to stop. A petition
// counts once it was answered 201: from then on it must not be lost.
type citizens struct {
	town *crashTown

	mu       sync.Mutex
	accepted map[string]int       // code → number
	first    map[string]time.Time // code → before the first request for it
	asked    int                  // requests made
}

// run feeds petitions, a few at once, until stop is closed.
func (c *citizens) run(stop <-chan struct{}) {
	numbers := make(chan int)
	var feeders sync.WaitGroup
	for range 4 {
		feeders.Go(func() {
			for n := range numbers {
				c.bring(n)
			}
		})
	}
	defer feeders.Wait()
	defer close(numbers)
	pace := time.NewTicker(120 * time.Millisecond)
	defer pace.Stop()
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-c.town.ctx.Done():
			return
		case <-pace.C:
		}
		select {
		case numbers <- n:
		case <-stop:
			return
		}
	}
}

// bring asks again, under one Idempotency-Key, until the petition is taken.
func (c *citizens) bring(n int) {
	unit := n % crashUnits
	body, err := json.Marshal(map[string]any{
		"channel": "phone", "kind": 1, "content": fmt.Sprintf("Đèn đường trước ngõ số %d tắt bốn tối nay, rất nguy hiểm", n), "field": "chiếu sáng",
		"area": "Lạch Tray", "unit": crashUnit(unit), "citizen": map[string]any{"name": "Nguyễn Văn Thử", "phone": crashPhone(crashCitizen, unit)},
	})
	if err != nil {
		c.town.t.Error(err)
		return
	}
	first := time.Now()
	for c.town.ctx.Err() == nil {
		code, err := c.ask(body, fmt.Sprintf("petition-%d", n))
		if err == nil {
			c.mu.Lock()
			c.accepted[code], c.first[code] = n, first
			c.mu.Unlock()
			return
		}
		wait(c.town.ctx, 100*time.Millisecond)
	}
}

var errAgain = errors.New("ask again")

func (c *citizens) ask(body []byte, key string) (code string, err error) {
	ctx, cancel := context.WithTimeout(c.town.ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.town.web+"/api/v1/petitions", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+c.town.key)
	r.Header.Set("Idempotency-Key", key)
	c.mu.Lock()
	c.asked++
	c.mu.Unlock()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	switch {
	case err != nil:
		return "", err
	case answer.StatusCode == http.StatusCreated:
		var made struct{ Code string }
		err := json.Unmarshal(text, &made)
		return made.Code, err
	case answer.StatusCode == http.StatusConflict, answer.StatusCode == http.StatusServiceUnavailable, answer.StatusCode == http.StatusTooManyRequests:
		return "", errAgain
	}
	c.town.t.Errorf("the API answered %d: %.300s", answer.StatusCode, text)
	return "", errAgain
}

// officers answer a slip that reaches their handset: a third of them acknowledges, some
// send the result in one long text. What the SMSC was answered ESME_ROK for must not be
// lost.
type officers struct {
	town *crashTown

	mu       sync.Mutex
	acked    []string // codes of petitions
	resulted []string
	work     sync.WaitGroup
}

// crashResult is a result of several parts.
var crashResult = strings.Repeat("Da thay bong den va cau chi tai cot so 12, kiem tra ca tuyen pho. ", 6) + "Het"

func (o *officers) run(ctx context.Context) {
	for n := range crashUnits {
		o.work.Go(func() { o.answer(ctx, n, o.town.smsc.Handset(crashPhone(crashFocal, n))) })
	}
}

func (o *officers) answer(ctx context.Context, unit int, h *smsc.Handset) {
	done := map[string]bool{}
	for n := 0; ; n++ {
		m, err := h.Wait(ctx, n)
		if err != nil {
			return
		}
		code, mtl := petitionIn(m.Text), printedCode.FindStringSubmatch(m.Text)
		if unit%3 != 0 && unit%10 != 1 || code == "" || mtl == nil || done[code] {
			continue
		}
		done[code] = true
		if unit%3 == 0 {
			o.send(ctx, h, "NHAN "+mtl[1], code, &o.acked)
		} else {
			o.send(ctx, h, "XONG "+mtl[1]+" "+crashResult, code, &o.resulted)
		}
	}
}

// send notes the petition once the SMSC was answered ESME_ROK for all of the text.
func (o *officers) send(ctx context.Context, h *smsc.Handset, text, code string, taken *[]string) {
	if h.Send(ctx, "8022", text) != nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	*taken = append(*taken, code)
}
