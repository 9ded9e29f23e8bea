package escalation

import (
	"fmt"
	"slices"
	"strings"
)

// What a task waits for that ticking it off does not do. A petition whose last rung has fired
// is kept by the task that it has opened: it ends with the decision.

// Lacks says in a sentence which decision a task asks for that has not been made and that no
// rung will ask for again; empty: the task may be ticked off.
func (p *Petition) Lacks(t Task) string {
	switch {
	case p.Status.Ended():
		return ""
	case t.DecidesReturn():
		if p.Return != nil {
			return fmt.Sprintf("đề nghị trả phiếu của %s chưa được quyết định: hãy chọn đồng ý hoặc không đồng ý", p.Code)
		}
	case t.Kind == TaskPublish:
		if p.Status == Resolved && !p.asks(RungPublish) {
			return fmt.Sprintf("kết quả của %s chưa được công khai: hãy công khai kết quả hoặc trả lại để bổ sung", p.Code)
		}
	case t.Kind == TaskIntake:
		if p.With1022() && !p.asks(RungIntake, RungClarify, RungSupplement, RungSupplementEnd) {
			return fmt.Sprintf("%s chưa được quyết định hướng xử lý: hãy chuyển đơn vị, trả lời, hỏi lại người dân hoặc không tiếp nhận", p.Code)
		}
	case t.of(TaskConfirm, rungText(RungSupplementEnd)):
		if p.With1022() && !p.asks(RungIntake, RungClarify, RungSupplementEnd) {
			return fmt.Sprintf("người dân chưa bổ sung thông tin về %s: hãy chuyển đơn vị, trả lời, hỏi lại hoặc không tiếp nhận", p.Code)
		}
	case t.of(TaskCall, transferBegins), t.of(TaskCall, rungText(RungEmergency)):
		if p.Status == EmergencyTransferred && p.Lead() == nil && !p.asks(RungEmergency) {
			return fmt.Sprintf("phiếu khẩn %s chưa có đơn vị xử lý: hãy chuyển đơn vị", p.Code)
		}
	}
	return ""
}

// of reports a task of the kind whose words begin so.
func (t Task) of(kind TaskKind, begins string) bool {
	return t.Kind == kind && strings.HasPrefix(t.Text, begins)
}

// asks reports whether one of the rungs is ahead, which opens a task of its own.
func (p *Petition) asks(names ...RungName) bool {
	return slices.ContainsFunc(p.Rungs, func(r Rung) bool {
		return slices.Contains(names, r.Name) && (r.State == Armed || r.State == Paused)
	})
}
