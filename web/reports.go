package web

import (
	"context"
	"fmt"
	"net/http"
	"reflect"

	"notify1022/escalation"
)

// Reports make periodic reports. Safe for concurrent use.
type Reports interface {
	// Report makes a report. What cannot be read and a unit that is not there is an
	// *escalation.Problem that names the field.
	Report(ctx context.Context, asked ReportAsked) (ReportFile, error)
}

// ReportAsked is the report that somebody wants, as words.
type ReportAsked struct {
	Period string
	Unit   string // empty: the whole city
	Format string
	// Officers says whether a report of the city has tables by officer: yes, no, or empty
	// for what the format has by itself.
	Officers string
}

// ReportFile is a report as it is sent.
type ReportFile struct {
	Name string // of a download; empty: it is shown
	Type string // media type
	Body []byte
	// Style is the digest of the only style sheet inside, for the policy of what a page
	// may use (CSP); empty: there is none.
	Style string
}

func (a *api) reportOperations() []operation {
	if a.Reports == nil {
		return nil
	}
	return []operation{{method: "GET", path: "/reports", id: "get-report", tag: "reports", rights: []Right{Enter}, status: http.StatusOK,
		summary: "Báo cáo định kỳ, đột xuất (Đ10, Đ13.6, Đ13.7)", result: reflect.TypeFor[map[string]any](), handle: a.getReport,
		files: []string{"text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/html", "text/plain"},
		query: []parameter{
			{name: "period", doc: "2026-W47, 2026-11, 2026-Q4, 2026 hoặc 2026-11-03..2026-11-20", kind: "string"},
			{name: "unit", doc: "mã đơn vị; trống: toàn thành phố (khóa của đơn vị: chính đơn vị đó)", kind: "string"},
			{name: "format", doc: "mặc định json", kind: "string", values: []string{"json", "csv", "xlsx", "html", "table"}},
			{name: "officers", doc: "báo cáo toàn thành phố có bảng theo cán bộ hay không; mặc định: json, csv, xlsx có, html và table không", kind: "string", values: []string{"yes", "no"}},
		}}}
}

func (a *api) getReport(c *call) (answer, error) {
	period := c.query.Get("period")
	if period == "" {
		return answer{}, wrongField("query.period", "chưa có kỳ báo cáo")
	}
	unit, err := ReportUnit(c.who.Key, c.query.Get("unit"))
	if err != nil {
		return answer{}, err
	}
	format := c.query.Get("format")
	if format == "" {
		format = "json"
	}
	file, err := a.Reports.Report(c.Context(), ReportAsked{period, unit, format, c.query.Get("officers")})
	if err != nil {
		return answer{}, err
	}
	return answer{file: &file}, nil
}

// ReportUnit is the unit whose report somebody gets who asks for one: an officer and a
// head get their own alone.
func ReportUnit(who Key, asked string) (string, error) {
	if !(caller{who}).ofUnit() {
		return asked, nil
	}
	if asked != "" && asked != who.Unit {
		return "", &escalation.Problem{Kind: escalation.Forbidden, Detail: "chỉ xem được báo cáo của đơn vị mình"}
	}
	return who.Unit, nil
}

// Serve writes the file as an answer.
func (f ReportFile) Serve(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Cache-Control", "no-store")
	if f.Name != "" {
		h.Set("Content-Disposition", fmt.Sprintf("attachment; filename*=UTF-8''%s", escaped(f.Name)))
	}
	if f.Style != "" {
		h.Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; style-src '%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", f.Style))
	}
	w.WriteHeader(http.StatusOK)
	w.Write(f.Body)
}
