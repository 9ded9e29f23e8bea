package console

import (
	"context"
	"errors"
	"slices"

	"notify1022/escalation"
)

// handList is how many slips of a unit that is no more are handed over at once.
const handList = 50

// handReason is what the timeline and the people of the unit that is no more read.
const handReason = "nhiệm vụ đã chuyển đơn vị kế thừa"

// handSlips hands what a unit leads that is no more to the one that has its tasks: the new unit
// has each as any that is given to it, with its own 8 hours. What is wanted of it besides,
// opinions and explanations, is for people to see to.
func (c *console) handSlips(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	page := batchPage{Form: form}
	if page.Unit, page.Next, err = c.merged(v); err != nil {
		return err
	}
	b := batch{
		cmd: &escalation.Reassign{Unit: page.Next.Code, Reason: handReason}, typed: []string{page.Unit.Code, page.Next.Code},
		page: "merged", title: "Chuyển phiếu sang đơn vị kế thừa", back: "/directory/" + page.Unit.Code, verb: "chuyển", slips: true,
		bars: func(p *escalation.Petition) string { return keeps(p, page.Unit.Code) },
	}
	var codes []string
	if form.Get("step") == "do" {
		codes, err = v.chosen()
	} else {
		codes, page.Left, err = c.ledBy(v.Context(), page.Unit.Code)
	}
	if err != nil {
		return err
	}
	if len(codes) == 0 {
		return v.done(b.back, "Đơn vị không còn chủ trì phản ánh nào đang chờ kết quả.")
	}
	return c.runBatch(v, b, &page, codes)
}

// Said of a petition that has gone elsewhere meanwhile, or is further on.
const (
	notLed  = "đơn vị này không còn chủ trì phản ánh này"
	notOwed = "phản ánh không còn chờ kết quả của đơn vị"
)

// keeps says why the petition is not handed over with the others: the unit does not lead it any
// more, or somebody's decision hangs on it, which a new slip would end.
func keeps(p *escalation.Petition, unit string) string {
	lead := p.Lead()
	switch {
	case lead == nil || lead.Unit != unit:
		return notLed
	case !p.Status.WithUnit():
		return notOwed
	case p.Return != nil:
		return "đang chờ 1022 quyết định đề nghị trả phiếu; hãy quyết định trên trang của phản ánh"
	case p.Hold != nil:
		return "Văn phòng đang tạm dừng tính giờ; hãy đổi đơn vị trên trang của phản ánh"
	}
	return ""
}

// merged are the unit of the page, which is no more, and the one that has its tasks.
func (c *console) merged(v *visit) (unit, next escalation.Unit, err error) {
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return unit, next, err
	}
	code := v.PathValue("unit")
	unit, ok := directory.Unit(code)
	if !ok {
		return unit, next, &escalation.Problem{Kind: escalation.NotFound, Detail: "không có đơn vị này"}
	}
	next, ok = directory.Successor(code, v.now)
	if !ok || unit.InForce(v.now) || next.Kind == escalation.OfficeKind {
		return unit, next, &escalation.Problem{Kind: escalation.WrongTime, Detail: "đơn vị còn hoạt động, hoặc chưa có đơn vị xử lý kế thừa đang hoạt động"}
	}
	return unit, next, nil
}

// ledBy are the petitions of which the unit owes a result as their lead, what burns first; left:
// there are more. Those that somebody has to decide about are among them, to be told of.
func (c *console) ledBy(ctx context.Context, unit string) (codes []string, left bool, err error) {
	f := BoardFilter{Unit: unit, Limit: officeList}
	f.Statuses = slices.DeleteFunc(escalation.Statuses(), func(s escalation.Status) bool { return !s.WithUnit() })
	kept := 0
	for {
		found, err := c.Board.Board(ctx, f)
		if err != nil {
			return nil, false, err
		}
		for _, row := range found.Items {
			if row.Unit != unit {
				continue
			}
			why, err := c.keptFrom(ctx, row.Code, unit)
			switch {
			case err != nil:
				return nil, false, err
			case why == notLed || why == notOwed:
				continue
			case why != "" && kept == handList, why == "" && len(codes)-kept == handList:
				return codes, true, nil
			case why != "":
				kept++
			}
			codes = append(codes, row.Code)
		}
		if f.Cursor = found.Next; f.Cursor == "" {
			return codes, false, nil
		}
	}
}

// keptFrom is why a petition of the list is not handed over; one that is gone meanwhile is not the
// unit's any more.
func (c *console) keptFrom(ctx context.Context, code, unit string) (why string, err error) {
	r, err := c.Petitions.PetitionByCode(ctx, code)
	var problem *escalation.Problem
	switch {
	case errors.As(err, &problem) && problem.Kind == escalation.NotFound:
		return notLed, nil
	case err != nil:
		return "", err
	}
	return keeps(&r.Petition, unit), nil
}
