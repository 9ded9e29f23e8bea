package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"notify1022/escalation"
)

// Problem is the answer to a request that was refused (RFC 9457). Detail and
// messages are Vietnamese.
type Problem struct {
	Type   string  `json:"type"` // about:blank: the status says it all
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail"`
	Errors []Fault `json:"errors,omitempty"`
	// Confirm is set where the request is right, and has to say how much it is.
	Confirm *Confirm `json:"confirm,omitempty"`

	retryAfter int  // seconds; 0: no word
	again      bool // what was sent may be sent once more as it is
}

// Fault names one field at fault.
type Fault struct {
	Location string `json:"location" doc:"body.citizen.phone, query.limit, header.If-Match, path.code"`
	Message  string `json:"message"`
}

// Said is the problem in a sentence for people, every fault of it.
func (p *Problem) Said() string {
	if len(p.Errors) < 2 {
		return p.Detail
	}
	said := make([]string, len(p.Errors))
	for i, f := range p.Errors {
		said[i] = f.Message
	}
	return strings.Join(said, "; ")
}

func (p *Problem) Error() string { return fmt.Sprintf("%d %s", p.Status, p.Detail) }

func problem(status int, detail string, faults ...Fault) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Errors: faults}
}

func unprocessable(faults ...Fault) *Problem {
	detail := "dữ liệu gửi lên chưa đúng"
	if len(faults) == 1 {
		detail = faults[0].Message
	}
	return problem(http.StatusUnprocessableEntity, detail, faults...)
}

func wrongField(location, message string, args ...any) *Problem {
	return unprocessable(Fault{location, fmt.Sprintf(message, args...)})
}

// problemOf maps what a room below refused to an answer. What it does not know
// is nil: a failure of the service, not of the request.
func problemOf(err error) *Problem {
	var answer *Problem
	if errors.As(err, &answer) {
		return answer
	}
	if Away(err) {
		answer = problem(http.StatusServiceUnavailable, "cơ sở dữ liệu đang gián đoạn, chưa ghi nhận được; xin gửi lại sau ít giây")
		answer.retryAfter, answer.again = 5, true
		return answer
	}
	var p *escalation.Problem
	if !errors.As(err, &p) {
		return nil
	}
	status := map[escalation.ProblemKind]int{
		escalation.Invalid:   http.StatusUnprocessableEntity,
		escalation.WrongTime: http.StatusConflict,
		escalation.Stale:     http.StatusConflict,
		escalation.Forbidden: http.StatusForbidden,
		escalation.NotFound:  http.StatusNotFound,
	}[p.Kind]
	if status == 0 {
		return nil
	}
	answer = problem(status, p.Detail)
	for _, one := range append([]*escalation.Problem{p}, p.More...) {
		if location := locationOf(one); location != "" && len(answer.Errors) < maxFaults {
			answer.Errors = append(answer.Errors, Fault{location, one.Detail})
		}
	}
	answer.Detail = answer.Said()
	return answer
}

// Away reports that a room below could not reach what it needs, which passes.
func Away(err error) bool {
	var u interface{ Unavailable() bool }
	return errors.As(err, &u) && u.Unavailable()
}

// locationOf places the domain's field names where the API has them.
func locationOf(p *escalation.Problem) string {
	switch {
	case p.Field == "":
		return ""
	case p.Kind == escalation.Stale, p.Field == "If-Match":
		return "header.If-Match"
	case p.Field == "cursor":
		return "query.cursor"
	case p.Kind == escalation.NotFound:
		return "path." + p.Field
	}
	return "body." + p.Field
}

// wait says when to try again, where that is known.
func (p *Problem) wait(w http.ResponseWriter) {
	if p.retryAfter > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(p.retryAfter))
	}
}

func (p *Problem) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="notify1022"`)
	}
	p.wait(w)
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p)
}
