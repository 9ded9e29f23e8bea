package escalation

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation/reply"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// found is what a typed code, or none, means for the sender.
type found struct {
	binding   Binding
	released  bool // it stands for something that is over for the sender
	ambiguous bool
	none      bool
	typed     string
}

// lookUp resolves the typed codes among the sender's own. The sender's number and
// the code together are the authority; a code of another phone means nothing here.
func (r *replyDesk) lookUp(ctx context.Context) ([]found, error) {
	bindings, err := r.slips(ctx)
	if err != nil {
		return nil, err
	}
	if len(r.parsed.Codes) == 0 {
		return []found{onlyOne(bindings, r.env.at())}, nil
	}
	const most = 5 // codes in one text; more is no human
	var list []found
	for _, code := range r.parsed.Codes[:min(len(r.parsed.Codes), most)] {
		list = addFound(list, lookUpCode(bindings, code, r.env.at()))
	}
	return list, nil
}

// addFound adds what a code stands for. A petition is meant once, however many of its codes a text
// names ("HP261116-0012 ma 45705"): by the one named first, one that is open before one that is
// over. Two answers about it would be two changes of one version, of which none is saved.
func addFound(list []found, f found) []found {
	i := slices.IndexFunc(list, f.same)
	switch {
	case i < 0:
		list = append(list, f)
	case list[i].released && !f.released:
		list[i] = f
	}
	return list
}

// same reports whether both stand for one petition.
func (f found) same(o found) bool {
	return !f.none && !o.none && !f.ambiguous && !o.ambiguous && f.binding.Petition == o.binding.Petition
}

// slips lists the sender's codes that stand for slips, open or over.
func (r *replyDesk) slips(ctx context.Context) ([]Binding, error) {
	bindings, err := r.tx.Bindings(ctx, r.in.From)
	return slices.DeleteFunc(bindings, func(b Binding) bool { return b.Slip == 0 }), err
}

// owes reports whether something is still to be done for the code: a result that
// 1022 is checking owes nothing.
func (b Binding) owes() bool {
	return b.Open() && b.Slip != 0 && b.Status != Resolved && b.Status != Published && !b.Status.Ended()
}

// knownAt reports that the code was the sender's and open when a text was read: what is meant
// by leaving it out, or half of it, is a slip that they had by then. A text may lie for hours.
func (b Binding) knownAt(at time.Time) bool {
	return !b.IssuedAt.After(at) && (b.Open() || b.ReleasedAt.After(at))
}

// oneEach lists the bindings that ok accepts, one of each petition.
func oneEach(bindings []Binding, ok func(Binding) bool) []Binding {
	var list []Binding
	for _, b := range bindings {
		if ok(b) && !slices.ContainsFunc(list, func(o Binding) bool { return o.Petition == b.Petition }) {
			list = append(list, b)
		}
	}
	return list
}

// onlyOne: with one open slip the code may be left out. Slips that owe nothing
// count only where no other is open. Of one that has been taken away since the text was read it is
// not known whether it owed anything then: it counts.
func onlyOne(bindings []Binding, at time.Time) found {
	open := oneEach(bindings, func(b Binding) bool { return b.knownAt(at) && (b.owes() || !b.Open()) })
	if len(open) == 0 {
		open = oneEach(bindings, func(b Binding) bool { return b.knownAt(at) })
	}
	switch len(open) {
	case 0:
		return found{none: true, typed: "(chưa nêu)"}
	case 1:
		return found{binding: open[0], released: !open[0].Open()}
	}
	return found{ambiguous: true}
}

// lookUpCode tries the code as it is, then as the petition's own code, then as
// the tail of a petition code among the slips open then. A code that is over for the
// sender still finds its reason.
func lookUpCode(bindings []Binding, code string, at time.Time) found {
	for _, open := range []bool{true, false} {
		for _, b := range bindings {
			if b.Open() == open && (b.Code == code || b.PetCode == code) {
				return found{binding: b, released: !open, typed: code}
			}
		}
	}
	hits := oneEach(bindings, func(b Binding) bool { return b.knownAt(at) && isTail(b.PetCode, code) })
	switch len(hits) {
	case 1:
		return found{binding: hits[0], released: !hits[0].Open(), typed: code}
	case 0:
		return found{none: true, typed: code}
	}
	return found{ambiguous: true, typed: code}
}

// isTail: 457 is the tail of HP261123-0457; leading zeros may be missing.
func isTail(petition, typed string) bool {
	_, number, ok := strings.Cut(petition, "-")
	if !ok || typed == "" || len(typed) > len(number) {
		return false
	}
	return strings.TrimLeft(number, "0") == strings.TrimLeft(typed, "0")
}

func (r *replyDesk) typedCode() string {
	if len(r.parsed.Codes) > 0 {
		return short(r.parsed.Codes[0])
	}
	return "(chưa nêu)"
}

// about carries out a command on the slips it names, and answers each.
func (r *replyDesk) about(ctx context.Context) (string, error) {
	p := r.parsed
	switch {
	case p.Problem == reply.ProblemEmpty:
		return "empty", r.complain(ctx, "E1", r.example(ctx))
	case p.Problem == reply.ProblemAmbiguous:
		return "ambiguous", r.complain(ctx, "E3", r.example(ctx))
	case p.Command == reply.Unknown && p.Problem != reply.ProblemNegated:
		return r.freeText(ctx)
	}
	list, err := r.lookUp(ctx)
	if err != nil {
		return "", err
	}
	return r.each(ctx, r.numbersInText(list))
}

// each carries the command out on every slip and joins the outcomes. Their petitions
// are locked at once, in the order of their ids and not in the order typed: who else
// locks several does so, and two cannot wait for each other.
func (r *replyDesk) each(ctx context.Context, list []found) (string, error) {
	var ids []int64
	for _, f := range list {
		if !f.none && !f.ambiguous {
			ids = append(ids, f.binding.Petition)
		}
	}
	if len(ids) > 1 {
		if _, err := r.tx.Petitions(ctx, ids...); err != nil {
			return "", err
		}
	}
	outcome := ""
	for _, f := range list {
		one, err := r.one(ctx, f)
		if err != nil {
			return "", err
		}
		outcome = strings.TrimPrefix(outcome+","+one, ",")
	}
	return outcome, nil
}

// numbersInText gives a number behind the code back to the text when it is no
// code of the sender's: "XONG 45705 120 hộ dân đã có điện".
func (r *replyDesk) numbersInText(list []found) []found {
	switch r.parsed.Command {
	case reply.Done, reply.Return, reply.Ask, reply.Note:
	default:
		return list
	}
	for len(list) > 1 && list[len(list)-1].none {
		last := list[len(list)-1]
		r.parsed.Text = strings.TrimSpace(last.typed + " " + r.parsed.Text)
		list = list[:len(list)-1]
	}
	return list
}

// one carries the command out on one slip.
func (r *replyDesk) one(ctx context.Context, f found) (string, error) {
	if f.none || f.ambiguous {
		r.unplaced()
	}
	switch {
	case f.none:
		return "no_code", r.complain(ctx, "E2", map[string]string{"code": f.typed})
	case f.ambiguous:
		return "two_hits", r.complain(ctx, "E3", r.example(ctx))
	}
	p, err := r.load(ctx, f.binding.Petition)
	if err != nil {
		return "", err
	}
	if f.released || p.Status.Ended() || p.Status == Published {
		return r.over(ctx, f.binding, p)
	}
	return r.command(ctx, f.binding, p)
}

// example gives E1 and E3 a code of the sender's own to show.
func (r *replyDesk) example(ctx context.Context) map[string]string {
	bindings, err := r.tx.Bindings(ctx, r.in.From)
	if err != nil {
		return nil
	}
	for _, b := range bindings {
		if b.Open() && b.Slip != 0 {
			return map[string]string{"mtl": b.Code}
		}
	}
	return nil
}

// over answers a code whose petition is finished, merged, or with somebody else.
func (r *replyDesk) over(ctx context.Context, b Binding, p Petition) (string, error) {
	if w := p.Explaining(); w != nil && w.Explanation().Unit == b.Unit && letters(r.in.Text) >= r.env.Policy.MinResultLetters {
		actor := Actor{Name: r.sender.Name, Role: b.Role, Channel: BySMS, Unit: b.Unit, Contact: r.sender.ID}
		task := "Tin nhắn của " + actor.Name + " có thể là giải trình về " + p.Code + " (hộp thư đến số " + itoa(r.in.ID) + ")"
		return r.keepAs(TaskExplain, b, p, actor, task, "tin nhắn của đơn vị về việc giải trình (Đ9.6)")
	}
	ended := endOf(b, p)
	if r.crosses(ended) {
		actor := Actor{Name: r.sender.Name, Role: b.Role, Channel: BySMS, Unit: b.Unit, Contact: r.sender.ID}
		task := "Tin nhắn của " + actor.Name + " về " + p.Code + " gửi trước khi phiếu kết thúc (hộp thư đến số " + itoa(r.in.ID) + ")"
		return r.keep(b, p, actor, task, "tin nhắn của đơn vị, nhận trước khi phiếu kết thúc")
	}
	vars := map[string]string{"ma": p.Code, "gio": ClockText(ended)}
	switch {
	case p.Status == Merged:
		vars["ma_goc"] = p.MergedInto
		return "merged", r.say(ctx, "A10", vars)
	case b.Reason == "reassigned" || b.Reason == "returned":
		vars["don_vi"] = "đơn vị khác"
		if u, ok := r.env.Directory.Unit(b.MovedTo); ok {
			vars["don_vi"] = u.SMSName
		}
		return "moved", r.say(ctx, "A9", vars)
	case b.Reason == "handed over":
		actor := Actor{Name: r.sender.Name, Role: b.Role, Channel: BySMS, Unit: b.Unit, Contact: r.sender.ID}
		task := "Tin nhắn của " + actor.Name + " về " + p.Code + ", phiếu đã bàn giao cho người khác (hộp thư đến số " + itoa(r.in.ID) + ")"
		return r.keep(b, p, actor, task, "tin nhắn của người đã bàn giao phiếu")
	case b.Reason == "with_office":
		vars["don_vi"] = "VP UBND TP"
		return "moved", r.say(ctx, "A9", vars)
	}
	return "closed", r.say(ctx, "A8", vars)
}

// endOf is when the code stopped to stand for something to do.
func endOf(b Binding, p Petition) time.Time {
	if !b.ReleasedAt.IsZero() {
		return b.ReleasedAt
	}
	if s := p.Slip(b.Slip); s != nil && !s.Open() {
		return s.EndedAt
	}
	return p.ClosedAt
}

// list answers DS: what waits for the sender.
func (r *replyDesk) list(ctx context.Context) (string, error) {
	bindings, err := r.tx.Bindings(ctx, r.in.From)
	if err != nil {
		return "", err
	}
	const most = 8 // more do not fit one segment
	var items []string
	open := oneEach(bindings, Binding.owes)
	for _, b := range open[:min(len(open), most)] {
		items = append(items, b.Code+" ("+b.PetCode+")")
	}
	vars := map[string]string{"so": strconv.Itoa(len(open)), "danh_sach": strings.Join(items, ", "), "lp": r.env.Host}
	if len(open) == 0 {
		vars["danh_sach"] = "không có"
		return "list", r.say(ctx, "DS", vars)
	}
	oldest := open[len(open)-1]
	p, err := r.load(ctx, oldest.Petition)
	if err != nil {
		return "", err
	}
	if s := p.Slip(oldest.Slip); s != nil {
		vars["lp"] = r.env.Host + "/p/" + s.Token
	}
	return "list", r.say(ctx, "DS", vars)
}
