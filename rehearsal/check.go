package rehearsal

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"notify1022/escalation"
	"notify1022/smpp/sms"
)

// What must hold over all petitions when the story is over. Each check is one
// expectation; its complaints name petitions, never people.

// check is one promise and what is wrong with it; nothing is wrong with a nil.
type check struct {
	promise string
	wrong   []string
}

// evidence is what the checks look at, read once.
type evidence struct {
	petitions []escalation.Petition
	timelines map[int64][]escalation.Entry
	rungs     []step
	messages  []sent
	tasks     []chore
	private   []string // the citizens' strings, folded
	handsets  map[string][]received
}

// received is a text on a handset.
type received struct {
	text     string
	coding   string
	segments int
}

func (st *stage) gather() (*evidence, error) {
	ev := &evidence{timelines: map[int64][]escalation.Entry{}, handsets: map[string][]received{}}
	var err error
	if ev.petitions, err = st.archive.petitions(st.ctx, ""); err != nil {
		return nil, err
	}
	for _, p := range ev.petitions {
		if ev.timelines[p.ID], err = st.archive.timeline(st.ctx, p.ID); err != nil {
			return nil, err
		}
	}
	if ev.rungs, err = st.archive.rungs(st.ctx, 0); err != nil {
		return nil, err
	}
	if ev.messages, err = st.archive.messages(st.ctx, 0); err != nil {
		return nil, err
	}
	if ev.tasks, err = st.archive.tasks(st.ctx, 0); err != nil {
		return nil, err
	}
	for _, s := range st.samples {
		c := s.Intake.Citizen
		for _, own := range []string{c.Name, c.Phone, strings.TrimPrefix(c.Phone, "0"), c.Address, c.Email} {
			if own != "" {
				ev.private = append(ev.private, folded(own))
			}
		}
	}
	for _, h := range st.service.SMSC.Handsets() {
		for _, m := range h.Inbox() {
			ev.handsets["+"+h.Number()] = append(ev.handsets["+"+h.Number()], received{m.Text, m.Coding, m.Segments})
		}
	}
	return ev, nil
}

func folded(s string) string { return strings.ToLower(sms.Unaccent(s)) }

func (ev *evidence) checks(seen map[escalation.Status]bool) []check {
	return []check{
		{"mọi trạng thái đều xuất hiện", ev.statuses(seen)},
		{"mọi thao tác đều được dùng", ev.verbs()},
		{"nhật ký nối bằng mã băm, không đứt", ev.chains()},
		{"không phản ánh nào bị bỏ quên", ev.silent()},
		{"mỗi bậc chỉ kích hoạt một lần", ev.once()},
		{"không bậc nào kích hoạt sớm hoặc muộn", ev.punctual()},
		{"mọi tin nhắn đều có kết cục", ev.outcomes()},
		{"không có dữ liệu người dân trong tin nhắn", ev.privacy()},
		{"phản ánh bảo mật không lộ nội dung, địa bàn", ev.secrecy()},
		{"mỗi tin một đoạn, bảng mã GSM-7", ev.oneSegment()},
		{"máy nhận đúng những tin đã gửi, không lặp", ev.noDoubles()},
		{"chỉ nhắn đến số thử nghiệm", ev.fictional()},
	}
}

// statuses lists the ones that no petition ever had.
func (ev *evidence) statuses(seen map[escalation.Status]bool) []string {
	seen = maps.Clone(seen)
	for _, entries := range ev.timelines {
		for _, e := range entries {
			seen[e.Status] = true
		}
	}
	var missing []string
	for _, s := range escalation.Statuses() {
		if !seen[s] {
			missing = append(missing, string(s))
		}
	}
	return missing
}

// verbs lists the ones that stand in no timeline.
func (ev *evidence) verbs() []string {
	used := map[string]bool{}
	for _, entries := range ev.timelines {
		for _, e := range entries {
			used[e.Action] = true
		}
	}
	var missing []string
	for _, v := range escalation.Verbs() {
		if !used[string(v)] {
			missing = append(missing, string(v))
		}
	}
	return missing
}

func (ev *evidence) chains() (wrong []string) {
	for _, p := range ev.petitions {
		entries := ev.timelines[p.ID]
		if err := escalation.VerifyChain(entries); err != nil {
			wrong = append(wrong, p.Code+": "+err.Error())
		}
		if len(entries) != p.Seq || len(entries) > 0 && entries[len(entries)-1].Hash != p.Hash {
			wrong = append(wrong, p.Code+": the timeline does not end where the petition says")
		}
	}
	return wrong
}

// silent lists the open petitions that nothing and nobody moves.
func (ev *evidence) silent() (wrong []string) {
	armed := map[int64]bool{}
	for _, r := range ev.rungs {
		armed[r.Petition] = armed[r.Petition] || r.State == escalation.Armed
	}
	for _, p := range ev.petitions {
		if !p.Status.Ended() && !armed[p.ID] && p.WaitsFor == "" {
			wrong = append(wrong, p.Code)
		}
	}
	return wrong
}

// once compares the rungs that are fired with the lines that say so.
func (ev *evidence) once() (wrong []string) {
	type name struct {
		petition int64
		rung     escalation.RungName
	}
	fired, told := map[name]int{}, map[name]int{}
	for _, r := range ev.rungs {
		if r.State == escalation.Fired && r.Name != escalation.RungSlip {
			fired[name{r.Petition, r.Name}]++
		}
	}
	for id, entries := range ev.timelines {
		for _, e := range entries {
			if rung, ok := strings.CutPrefix(e.Action, "rung:"); ok {
				told[name{id, escalation.RungName(rung)}]++
			}
		}
	}
	for n := range told {
		if fired[n] != told[n] {
			wrong = append(wrong, fmt.Sprintf("petition %d: rung %s is fired %d times in the rows, %d in the timeline", n.petition, n.rung, fired[n], told[n]))
		}
	}
	for n := range fired {
		if told[n] == 0 {
			wrong = append(wrong, fmt.Sprintf("petition %d: rung %s fired without a line", n.petition, n.rung))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// punctual lists rungs that fired early, and, the clock being ours, late. One
// that waited for a decision fires with it.
func (ev *evidence) punctual() (wrong []string) {
	for _, r := range ev.rungs {
		waited := slices.ContainsFunc(ev.timelines[r.Petition], func(e escalation.Entry) bool { return e.Action == "deferred:"+string(r.Name) })
		if waited && r.FiredAt > r.Due {
			continue
		}
		if r.State == escalation.Fired && r.Name != escalation.RungSlip && r.FiredAt != r.Due {
			wrong = append(wrong, fmt.Sprintf("petition %d: rung %s was due %s and fired %s", r.Petition, r.Name, clock(r.Due.time()), clock(r.FiredAt.time())))
		}
	}
	return wrong
}

// outcomes lists the messages that are still on their way, but those that wait
// for their hour.
func (ev *evidence) outcomes() (wrong []string) {
	for _, m := range ev.messages {
		switch m.State {
		case escalation.Delivered, escalation.Dropped, escalation.Expired:
			continue
		case escalation.Failed:
			if m.Handled {
				continue
			}
		}
		wrong = append(wrong, fmt.Sprintf("message %d (%s) is %s %s", m.ID, m.Template, m.State, m.Error))
	}
	return wrong
}

func (ev *evidence) privacy() (wrong []string) {
	for _, list := range ev.handsets {
		for _, m := range list {
			text := folded(m.text)
			if slices.ContainsFunc(ev.private, func(own string) bool { return strings.Contains(text, own) }) {
				wrong = append(wrong, fmt.Sprintf("a text of %d characters holds a citizen's data", len(m.text)))
			}
		}
	}
	return wrong
}

// secrecy lists the texts about confidential petitions that tell what they are about.
func (ev *evidence) secrecy() (wrong []string) {
	for _, p := range ev.petitions {
		if !p.Confidential {
			continue
		}
		opening, _, _ := strings.Cut(folded(p.Content), ",")
		for _, m := range ev.messages {
			text := folded(m.Text)
			told := strings.Contains(text, opening[:min(len(opening), 16)]) || p.Area != "" && strings.Contains(text, folded(p.Area))
			if m.Petition == p.ID && told {
				wrong = append(wrong, fmt.Sprintf("message %d (%s) about %s", m.ID, m.Template, p.Code))
			}
		}
	}
	return wrong
}

func (ev *evidence) oneSegment() (wrong []string) {
	for _, list := range ev.handsets {
		for _, m := range list {
			if m.segments != 1 || m.coding != sms.GSM7.String() {
				wrong = append(wrong, fmt.Sprintf("%d segments of %s: %.40s", m.segments, m.coding, m.text))
			}
		}
	}
	return wrong
}

// noDoubles compares each handset with the outbox, text by text.
func (ev *evidence) noDoubles() (wrong []string) {
	type line struct{ phone, text string }
	balance := map[line]int{}
	for _, m := range ev.messages {
		if m.State == escalation.Delivered || m.State == escalation.Accepted {
			balance[line{m.Phone, m.Text}]++
		}
		if m.Duplicate {
			wrong = append(wrong, fmt.Sprintf("message %d may have gone out twice", m.ID))
		}
	}
	for phone, list := range ev.handsets {
		for _, m := range list {
			balance[line{phone, m.text}]--
		}
	}
	for l, n := range balance {
		if n != 0 {
			wrong = append(wrong, fmt.Sprintf("%s: %+d of %.40s", escalation.MaskPhone(l.phone), -n, l.text))
		}
	}
	slices.Sort(wrong)
	return wrong
}

func (ev *evidence) fictional() (wrong []string) {
	for phone := range ev.handsets {
		if !strings.HasPrefix(phone, "+8457") {
			wrong = append(wrong, "a text went to "+escalation.MaskPhone(phone))
		}
	}
	return wrong
}
