package crash

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"notify1022/escalation"
	"notify1022/store"
)

var (
	petitionCode = regexp.MustCompile(`\bHP[0-9]{6}-[0-9]{4,}\b`)
	printedCode  = regexp.MustCompile(`NHAN (\d{5,})`)
)

func petitionIn(text string) string { return petitionCode.FindString(text) }

// demanded is what each forwarded petition without a result must bring about:
// the regulation's letter, not the service's own plan.
var demanded = []struct {
	template string
	role     escalation.Role
	kind     int // whose number the first text goes to
	rung     escalation.RungName
	after    time.Duration // from the second in which it was forwarded
}{
	{"O1", escalation.Focal, crashFocal, escalation.RungSlip, 0},
	{"H1", escalation.Head, crashChief, escalation.RungHead, crashHead},
	{"O7", escalation.Focal, crashFocal, escalation.RungHead, crashHead},
	{"V1", escalation.Office, crashOffice, escalation.RungOverdue, crashOverdue},
	{"H3", escalation.Head, crashChief, escalation.RungOverdue, crashOverdue},
}

// seen is one text as the handsets have it.
type seen struct {
	times int
	first time.Time
}

// observer compares what the handsets saw with what the petitions demand.
type observer struct {
	town     *crashTown
	onPhones map[[2]string]seen        // phone, text
	right    func(time.Time) time.Time // what the hotline's clock shows at an instant of the test's, when it is not stepped or was accepted

	petitions, texts int
	lost, early      int
	doubled, marked  int // texts that came more than once, and those of them that are marked
	twiceFired       int
	stray            int // texts on handsets that no row stands for
	possible         int // rows marked possible_duplicate
}

func newObserver(town *crashTown) *observer {
	o := &observer{town: town, onPhones: map[[2]string]seen{}, right: town.shows}
	for _, h := range town.smsc.Handsets() {
		for _, m := range h.Inbox() {
			key := [2]string{strings.TrimPrefix(h.Number(), "+"), m.Text}
			s := o.onPhones[key]
			if s.times++; s.first.IsZero() || m.At.Before(s.first) {
				s.first = m.At
			}
			o.onPhones[key] = s
		}
	}
	return o
}

// judge looks at a petition as the store has it, which was first asked for at an
// instant of the test's own: nothing of it may be due earlier than that allows.
func (o *observer) judge(found store.Case, first time.Time) {
	o.petitions++
	o.rungs(found)
	if len(found.Slips) == 0 {
		o.fault(&o.lost, "%s was never forwarded", found.Code)
		return
	}
	forwarded := found.Slips[len(found.Slips)-1].ForwardedAt
	if forwarded.Before(first.Add(-o.town.measured)) {
		o.fault(&o.early, "%s: forwarded %s before it was asked for", found.Code, first.Sub(forwarded))
	}
	for _, want := range demanded {
		n, rung := 0, o.rung(found, want.rung, forwarded, want.after)
		// A result makes pointless what has not gone out by then, and disarms what has not fired.
		spared := found.Result != nil && rung.State != escalation.Fired
		if found.Result != nil && want.after > 0 && !spared && found.Result.At.Before(rung.Due) && !o.town.justAccepted(found.Result.At) {
			o.fault(&o.early, "%s: %s fired although a result had come before it was due", found.Code, want.rung)
		}
		for _, m := range found.Messages {
			if m.Template != want.template || m.To.Role != want.role || crashKind(m.Phone) != want.kind {
				continue // another's, or passed on because nobody answered for the first
			}
			n++
			if m.State == escalation.Dropped && found.Result != nil {
				continue
			}
			at := o.onPhones[phoneKey(m)]
			if at.times == 0 {
				o.fault(&o.lost, "%s: %s is %s and never reached its handset", found.Code, m.Template, m.State)
			} else if first := o.right(at.first); first.Before(rung.Due) {
				o.fault(&o.early, "%s: %s reached its handset %s early", found.Code, m.Template, rung.Due.Sub(first))
			}
		}
		if n != 1 && !(n == 0 && spared) {
			o.fault(&o.lost, "%s: %d rows of %s, want one", found.Code, n, want.template)
		}
	}
	same := map[[2]string]alike{}
	for _, m := range found.Messages {
		if a := same[phoneKey(m)]; m.State != escalation.Dropped {
			same[phoneKey(m)] = alike{a.rows + 1, a.marked || m.PossibleDuplicate}
		}
	}
	for _, m := range found.Messages {
		o.text(found.Code, m, same[phoneKey(m)])
	}
}

// alike are the rows of a petition that say the same to a number: a command that is repeated
// after another code had come is answered again, word for word within a minute.
type alike struct {
	rows   int
	marked bool
}

// rung is as it is stored, due to the microsecond; it looks whether that follows from the
// forward: the ladder counts whole seconds, from the one in which the slip went out; the
// slip itself goes at once.
func (o *observer) rung(found store.Case, name escalation.RungName, forwarded time.Time, after time.Duration) escalation.Rung {
	want := forwarded
	if after > 0 {
		want = forwarded.Truncate(time.Second).Add(after)
	}
	i := slices.IndexFunc(found.Rungs, func(r escalation.Rung) bool { return r.Name == name && r.Ladder == escalation.ForwardLadder })
	switch {
	case i < 0:
		o.fault(&o.lost, "%s: no rung %s", found.Code, name)
		return escalation.Rung{Due: want}
	case !found.Rungs[i].Due.Equal(want):
		o.fault(&o.early, "%s: %s is due at %s, and by the forward at %s", found.Code, name, found.Rungs[i].Due, want)
	}
	return found.Rungs[i]
}

// text compares one row of the outbox with the handset.
func (o *observer) text(code string, m store.MessageView, same alike) {
	reminder := m.Class == escalation.ClassReminder || m.Class == escalation.ClassProgress
	if m.Phone == "" || m.State == escalation.Dropped || reminder && m.State == escalation.Expired {
		return // pointless by then: the next level had come
	}
	o.texts++
	if m.PossibleDuplicate {
		o.possible++
	}
	switch at := o.onPhones[phoneKey(m)]; {
	case at.times == 0:
		o.fault(&o.lost, "%s: %s is %s and never reached its handset%s", code, m.Template, m.State, o.traces(code, m))
	case at.times > same.rows && same.marked:
		o.doubled, o.marked = o.doubled+1, o.marked+1
	case at.times > same.rows:
		o.fault(&o.doubled, "%s: %s reached its handset %d times and is not marked", code, m.Template, at.times)
	}
}

// traces is what is known of a text that is on no handset: the row, what was submitted of it and
// what the handset has about the petition.
func (o *observer) traces(code string, m store.MessageView) string {
	text := fmt.Sprintf("\n\t%+v", m)
	var rows []string
	err := o.town.rows.Select(&rows, `SELECT 'segment ' || g.segment || ' attempt ' || g.attempt || ' ' || g.state || ' id ' || g.smsc_id || ' ' || g.error || ' receipts ' ||
		COALESCE((SELECT string_agg(r.state || ' of ' || r.message_id || ': ' || encode(r.raw, 'escape'), ', ') FROM receipt r WHERE r.smsc_id = g.smsc_id AND g.smsc_id <> ''), 'none')
		FROM segment g WHERE g.message_id = $1 ORDER BY g.attempt, g.segment`, m.ID)
	if err != nil {
		rows = append(rows, err.Error())
	}
	for key, at := range o.onPhones {
		if key[0] == strings.TrimPrefix(m.Phone, "+") && strings.Contains(key[1], code) {
			rows = append(rows, fmt.Sprintf("on the handset, %d times since %s: %s", at.times, at.first.Format(time.StampMilli), key[1]))
		}
	}
	return text + "\n\t" + strings.Join(rows, "\n\t")
}

// rungs looks whether each fired once, by what the timeline tells.
func (o *observer) rungs(found store.Case) {
	fired := map[string]int{}
	for _, e := range found.Timeline {
		if name, ok := strings.CutPrefix(e.Action, "rung:"); ok {
			fired[name]++
		}
	}
	for name, n := range fired {
		if n > 1 {
			o.fault(&o.twiceFired, "%s: %s fired %d times", found.Code, name, n)
		}
	}
	for _, name := range []escalation.RungName{escalation.RungHead, escalation.RungOverdue} {
		if fired[string(name)] == 0 && found.Result == nil {
			o.fault(&o.twiceFired, "%s: %s never fired", found.Code, name)
		}
	}
}

// mostDoubled bounds how many of the texts may go on the air twice, as docs/reliability.md
// says it: more than twice the share of the worst run, and less than half of what it was
// before a receipt alone proved a text. The least is for runs of a few hundred texts.
func mostDoubled(texts int) int { return max(5, texts*2/100) }

// tooOften says that more texts went on the air twice than may.
func (o *observer) tooOften() error {
	if most := mostDoubled(o.texts); o.doubled > most {
		return fmt.Errorf("%d of %d texts went on the air twice, and %d may", o.doubled, o.texts, most)
	}
	return nil
}

// strays looks for texts on handsets that no row of the outbox stands for.
func (o *observer) strays(ctx context.Context) error {
	var rows []struct {
		Phone string `db:"phone"`
		Text  string `db:"text"`
	}
	if err := o.town.rows.SelectContext(ctx, &rows, `SELECT phone, text FROM message WHERE phone <> ''`); err != nil {
		return err
	}
	known := map[[2]string]bool{}
	for _, r := range rows {
		known[[2]string{strings.TrimPrefix(r.Phone, "+"), r.Text}] = true
	}
	for key, at := range o.onPhones {
		if !known[key] {
			o.fault(&o.stray, "a text reached a handset %d times and no row stands for it: %s", at.times, key[1])
		}
	}
	return nil
}

// acknowledged checks that an officer's answer, once taken, was applied once and
// confirmed; that the confirmation arrived is looked at with the other texts.
func (o *observer) acknowledged(found store.Case) {
	n := 0
	for _, e := range found.Timeline {
		if e.Action == "acknowledge" {
			n++
		}
	}
	if n != 1 {
		o.fault(&o.lost, "%s: acknowledged %d times in the timeline, want once", found.Code, n)
	}
	if !slices.ContainsFunc(found.Messages, func(m store.MessageView) bool { return m.Template == "A1" && m.To.Role == escalation.Focal }) {
		o.fault(&o.lost, "%s: the acknowledgement was not confirmed", found.Code)
	}
}

// resulted checks that a long text with a result, once taken, was joined whole and applied
// once.
func (o *observer) resulted(found store.Case) {
	n := 0
	for _, e := range found.Timeline {
		if e.Action == "result" {
			n++
		}
	}
	if n != 1 || found.Result == nil || len(found.Results) > 0 {
		o.fault(&o.lost, "%s: %d results in the timeline, want one", found.Code, n)
	} else if found.Result.Text != crashResult && !o.town.justAccepted(found.Result.At) {
		o.fault(&o.lost, "%s: the result is cut: %q", found.Code, found.Result.Text)
	}
}

func (o *observer) fault(count *int, format string, args ...any) {
	*count++
	const most = 20 // the first say enough
	if *count <= most {
		o.town.t.Errorf(format, args...)
	}
}

func phoneKey(m store.MessageView) [2]string {
	return [2]string{strings.TrimPrefix(m.Phone, "+"), m.Text}
}

func (o *observer) String() string {
	return fmt.Sprintf("%d petitions, %d texts: %d lost, %d early, %d rungs not fired once, %d without a row, %d doubled on the air (%d marked; %d rows marked in all)",
		o.petitions, o.texts, o.lost, o.early, o.twiceFired, o.stray, o.doubled, o.marked, o.possible)
}
