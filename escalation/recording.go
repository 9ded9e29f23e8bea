package escalation

import (
	"context"
	"fmt"
	"time"
)

// RecordingWish is a unit's wish to hear a petition's recordings (Đ10.1), which the shift
// lead grants for a time or refuses.
type RecordingWish struct {
	Petition int64
	Unit     string
	Reason   string // the unit's own words
	By       string
	Contact  int64 // who of the unit has asked; 0: not known
}

// RecordingTasks is how the keys of tasks about wishes begin: their text is somebody's
// own words and goes with the citizen.
const RecordingTasks = "recording/"

// TaskKey is the key of the task to decide the wish.
func (w RecordingWish) TaskKey() string {
	return fmt.Sprintf(RecordingTasks+"%d/%s", w.Petition, w.Unit)
}

// Task is the shift lead's task to decide the wish.
func (w RecordingWish) Task(now time.Time) Task {
	return Task{
		Key: w.TaskKey(), Kind: TaskConfirm, PetitionID: w.Petition, For: ShiftLead, OpenedAt: now,
		Text: w.By + " đề nghị nghe ghi âm: " + w.Reason,
	}
}

// RecordingDecided is the outcome of the task.
func RecordingDecided(granted bool) string {
	if granted {
		return "cho nghe"
	}
	return "không cho nghe"
}

// AnswerWish tells who has asked, else the unit's focal officer, what became of the wish:
// until when the recording may be heard, zero: it may not. The time runs from the word. A
// unit whose slip is over meanwhile is not told, unless it owes an explanation (Đ9.6): there
// is nothing else that it could open.
func (d *Desk) AnswerWish(ctx context.Context, tx Tx, w RecordingWish, until time.Time, actor Actor) error {
	env, err := d.env(ctx, tx, time.Time{})
	if err != nil {
		return err
	}
	loaded, err := tx.Petitions(ctx, w.Petition)
	if err != nil {
		return err
	}
	next := loaded[0].clone()
	c := &change{p: &next, env: env, actor: actor}
	slip := next.hearingSlip(w.Unit)
	if slip == nil {
		return nil
	}
	c.answerWish(w, slip, until)
	return tx.Save(ctx, []Change{c.done(loaded[0])})
}

// openSlip is the unit's slip that is not over; nil: it has none.
func (p *Petition) openSlip(unit string) *Slip {
	for i := range p.Slips {
		if s := &p.Slips[i]; s.Unit == unit && s.Open() {
			return s
		}
	}
	return nil
}

// hearingSlip is the slip on whose page the unit may hear recordings: its open one, or the
// one that it has to explain; nil: it has none.
func (p *Petition) hearingSlip(unit string) *Slip {
	if s := p.openSlip(unit); s != nil && !p.Status.Ended() {
		return s
	}
	if w := p.Explaining(); w != nil && w.Explanation().Unit == unit {
		return p.Slip(w.Explanation().Slip)
	}
	return nil
}

func (c *change) answerWish(w RecordingWish, slip *Slip, until time.Time) {
	template, vars := "GAx", map[string]string{"don_vi": c.smsName(w.Unit)}
	words := "không cho " + c.smsName(w.Unit) + " nghe ghi âm (Đ10.1)"
	if !until.IsZero() {
		template, vars["han"] = "GA", ClockText(until)
		words = "cho " + c.smsName(w.Unit) + " nghe ghi âm đến " + vars["han"] + " (Đ10.1)"
	}
	c.entry("recording", words)
	rung := Rung{Round: c.round()}
	asker, ok := c.env.Directory.Contact(w.Contact)
	if asker = c.env.Directory.latest(asker); ok && asker.Serving(c.env.Now) && c.textable(asker) {
		c.tellContact(asker, asker.Role, slip, template, ClassAnswer, rung, 1, vars)
		return
	}
	c.tell(Focal, slip, template, ClassAnswer, rung, vars)
}
