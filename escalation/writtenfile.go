package escalation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The file for a written reminder or a demand for an explanation (Đ9.6): the hotline
// puts it together and sends it to the City Office within two working days, the Office
// issues the document, and the unit explains itself by a day that the Office names.

// WrittenNeed is the operator's answer to "cần văn bản nhắc nhở, yêu cầu giải trình?".
type WrittenNeed string

// The answers. An empty one is that of a program which was not asked, and means no.
const (
	NeedNone    WrittenNeed = "none"
	NeedRemind  WrittenNeed = "remind"  // văn bản nhắc nhở
	NeedExplain WrittenNeed = "explain" // yêu cầu giải trình
)

// Label is the answer as people read it.
func (n WrittenNeed) Label() string {
	switch n {
	case NeedExplain:
		return "yêu cầu giải trình"
	case NeedNone:
		return "không cần văn bản"
	}
	return "văn bản nhắc nhở"
}

// Written is one file. A petition has one for each thing that needed it; the earlier
// ones are in WrittenPast.
type Written struct {
	No     int         `json:"no,omitempty"`    // 1, 2, … within the petition; 0: of before they were numbered, the first
	Round  int         `json:"round,omitempty"` // of its clock; 0: of before this was noted
	Need   WrittenNeed `json:"need,omitempty"`  // empty: an urgent matter
	Reason string      `json:"reason"`
	From   time.Time   `json:"from"`
	SentAt time.Time   `json:"sent_at,omitzero"`
	SentBy string      `json:"sent_by,omitempty"`
	Batch  string      `json:"batch,omitempty"` // of the files that one text announced; empty: sent alone
	// Dropped: a reopening made it pointless before it was sent.
	Dropped bool `json:"dropped,omitempty"`
	// DocumentNo and DocumentDate are the reminder's own: the Office's, or the file's
	// until there is one.
	DocumentNo   string        `json:"document_no,omitempty"`
	DocumentDate string        `json:"document_date,omitempty"`
	Explanations []Explanation `json:"explanations,omitempty"` // the latest last
}

// Explanation is what the Office asked a unit to explain, and what the unit wrote.
type Explanation struct {
	Ask          string    `json:"ask,omitempty"`
	Unit         string    `json:"unit"`
	Slip         int       `json:"slip"`
	Round        int       `json:"round"`
	AskedAt      time.Time `json:"asked_at"`
	AskedBy      string    `json:"asked_by"`
	Due          time.Time `json:"due"`
	Text         string    `json:"text,omitempty"`
	DocumentNo   string    `json:"document_no,omitempty"`
	DocumentDate string    `json:"document_date,omitempty"`
	By           string    `json:"by,omitempty"`
	Channel      Channel   `json:"channel,omitempty"`
	At           time.Time `json:"at,omitzero"` // zero: not yet
	Late         bool      `json:"late,omitempty"`
}

// Awaited reports an explanation that the unit still owes.
func (e *Explanation) Awaited() bool { return e != nil && e.At.IsZero() }

// Explanation is the latest of the file, nil when none was asked for.
func (w *Written) Explanation() *Explanation {
	if len(w.Explanations) == 0 {
		return nil
	}
	return &w.Explanations[len(w.Explanations)-1]
}

func (w Written) clone() Written {
	w.Explanations = append([]Explanation(nil), w.Explanations...)
	return w
}

// FileState is how far a file is.
type FileState string

// States of a file.
const (
	FileWaiting   FileState = "waiting"   // 1022 has to send it
	FileSent      FileState = "sent"      // the Office has it
	FileAsking    FileState = "asking"    // the unit has to explain itself
	FileExplained FileState = "explained" // it has
	FileDropped   FileState = "dropped"   // nobody needs it any more
)

// FileStates lists them in their order.
func FileStates() []FileState {
	return []FileState{FileWaiting, FileSent, FileAsking, FileExplained, FileDropped}
}

// Label is the state as people read it.
func (s FileState) Label() string {
	switch s {
	case FileWaiting:
		return "chờ gửi"
	case FileSent:
		return "đã gửi"
	case FileAsking:
		return "chờ giải trình"
	case FileExplained:
		return "đã giải trình"
	case FileDropped:
		return "không còn phải gửi"
	}
	return string(s)
}

// Files are all files of the petition, the oldest first, as they are in it.
func (p *Petition) Files() []*Written {
	var list []*Written
	for i := range p.WrittenPast {
		list = append(list, &p.WrittenPast[i])
	}
	if p.Written != nil {
		list = append(list, p.Written)
	}
	return list
}

// FileState says how far the file is. What was refused, withdrawn or merged before its
// file was sent needs none.
func (p *Petition) FileState(w *Written) FileState {
	switch e := w.Explanation(); {
	case e.Awaited():
		return FileAsking
	case e != nil:
		return FileExplained
	case !w.SentAt.IsZero():
		return FileSent
	case w.Dropped, p.Status.Ended() && p.Status != Closed:
		return FileDropped
	}
	return FileWaiting
}

// FileDue is when the file was due at the Office; zero where no clock ran.
func (p *Petition) FileDue(w *Written) time.Time {
	if r := p.fileRung(w); r != nil {
		return r.Due
	}
	return time.Time{}
}

func (p *Petition) fileRung(w *Written) *Rung {
	if w.Round == 0 {
		return p.Rung(RungWrittenFile)
	}
	return p.rungOf(w.Round, RungWrittenFile)
}

// reminded is the rung of the file that a rung reminds of, nil for any other rung.
func (p *Petition) reminded(r Rung) *Rung {
	if r.Name != RungWrittenReminder {
		return nil
	}
	return p.rungOf(r.Round, RungWrittenFile)
}

// FileUnit is the unit whose doing the file is about: that of the explanation, the
// result, the lead; empty when no unit had the petition.
func (p *Petition) FileUnit(w *Written) string {
	switch e, lead := w.Explanation(), p.LastLead(); {
	case e != nil:
		return e.Unit
	case p.Result != nil && p.Result.Unit != "":
		return p.Result.Unit
	case lead != nil:
		return lead.Unit
	}
	return ""
}

// Explaining is the file whose explanation is owed, nil when none is.
func (p *Petition) Explaining() *Written {
	for _, w := range slices.Backward(p.Files()) {
		if w.Explanation().Awaited() {
			return w
		}
	}
	return nil
}

// explanationOf is the explanation that a round of its ladder is about.
func (p *Petition) explanationOf(round int) *Explanation {
	for _, w := range p.Files() {
		for i := range w.Explanations {
			if w.Explanations[i].Round == round {
				return &w.Explanations[i]
			}
		}
	}
	return nil
}

// checkNeed refuses an answer that is none, and a yes without its reason.
func checkNeed(need WrittenNeed, reason string) error {
	switch need {
	case "", NeedNone:
		return nil
	case NeedRemind, NeedExplain:
		return required("written_reason", reason, "lý do cần văn bản (Đ9.6)")
	}
	return invalid("written", "chọn none, remind hoặc explain")
}

// needWritten does what the operator's answer about a result asks for, and says so in
// words for the timeline; the two working days count from having the result.
func (c *change) needWritten(need WrittenNeed, reason string, from time.Time) string {
	switch need {
	case "":
		return ""
	case NeedNone:
		return "; không cần văn bản nhắc nhở, giải trình"
	}
	reason = c.redact(strings.TrimSpace(reason))
	switch w := c.p.Written; {
	case w == nil, !w.SentAt.IsZero():
		c.writtenFile(reason, from)
	case w.Need == "" && w.Reason != reason:
		w.Reason += "; " + reason
	default:
		w.Reason = reason
	}
	c.p.Written.Need = need
	return "; cần " + need.Label() + " (Đ9.6): " + reason
}

// writtenFile starts the two working days of Đ9.6; a file of before is history.
func (c *change) writtenFile(reason string, from time.Time) {
	c.shelve()
	round := c.round()
	c.p.Written = &Written{No: len(c.p.WrittenPast) + 1, Round: round, Reason: reason, From: from}
	c.arm(WrittenLadder, round, 0, from)
	file := c.p.fileRung(c.p.Written)
	spec, ok := c.env.Policy.Spec(WrittenLadder, RungWrittenReminder)
	if file == nil || !ok {
		return
	}
	due := c.env.Calendar.Sub(file.Due, span(c.env.Policy.WrittenReminder))
	if due.Before(c.env.Now) {
		return // clamped: never before the matter itself
	}
	c.armAt(spec, round, 0, due, c.env.Policy.WrittenReminder+" before written_file")
}

// shelve puts the present file with the earlier ones.
func (c *change) shelve() {
	w := c.p.Written
	if w == nil {
		return
	}
	if w.Round == 0 {
		w.No, w.Round = len(c.p.WrittenPast)+1, c.p.Rounds
	}
	w.Dropped = w.SentAt.IsZero()
	c.p.WrittenPast, c.p.Written = append(c.p.WrittenPast, *w), nil
}

// FileNo is the number of the petition's file, from 1.
func (p *Petition) FileNo(w *Written) int {
	if w.No == 0 { // of before they were numbered
		return 1
	}
	return w.No
}

// File is the petition's file of the number, nil where it has none.
func (p *Petition) File(no int) *Written {
	for _, w := range p.Files() {
		if p.FileNo(w) == no {
			return w
		}
	}
	return nil
}

// apply sends the file to the Office (V4), or notes the number of the reminder that the
// Office has issued about one that was sent. A number alone never sends: what waits may
// be another file than the one it belongs to.
func (cmd *SendWrittenFile) apply(c *change) error {
	if err := bounded("reason", cmd.Reason); err != nil {
		return err
	}
	if err := c.checkDocument(cmd.DocumentNo, cmd.DocumentDate); err != nil {
		return err
	}
	if cmd.DocumentNo != "" && !cmd.Send {
		return cmd.note(c)
	}
	return cmd.send(c)
}

// note keeps the Office's document with the file that it is about.
func (cmd *SendWrittenFile) note(c *change) error {
	w, err := c.sentFile(cmd.No)
	if err != nil {
		return err
	}
	w.DocumentNo, w.DocumentDate = cmd.DocumentNo, cmd.DocumentDate
	c.entry(string(VerbWrittenFile), "văn bản nhắc nhở của Văn phòng UBND thành phố: "+DocumentText(cmd.DocumentNo, cmd.DocumentDate))
	return nil
}

func (cmd *SendWrittenFile) send(c *change) error {
	w, err := c.unsentFile(cmd.No)
	if err != nil {
		return err
	}
	round := c.round()
	if w == nil {
		w = &Written{No: len(c.p.WrittenPast) + 1, Round: round, From: c.env.Now}
		c.p.Written = w
	}
	if reason := strings.TrimSpace(cmd.Reason); reason != "" {
		w.Reason = c.redact(reason)
	}
	w.SentAt, w.SentBy, w.Batch = c.env.Now, c.actor.Name, cmd.batch
	w.DocumentNo, w.DocumentDate = cmd.DocumentNo, cmd.DocumentDate
	c.stop(OnSent, -1)
	words := "gửi Văn phòng UBND thành phố đề nghị có văn bản (Đ9.6)"
	if document := DocumentText(cmd.DocumentNo, cmd.DocumentDate); document != "" {
		words += ", kèm văn bản " + document
	}
	c.entry(string(VerbWrittenFile), words+colon(w.Reason))
	if cmd.batch == "" {
		c.tell(Office, nil, "V4", ClassReport, Rung{Round: round}, map[string]string{"so": "1"})
	}
	return nil
}

// unsentFile is the file that may be sent: of the number, or the petition's present one;
// nil: there is none yet, and one may be made.
func (c *change) unsentFile(no int) (*Written, error) {
	w := c.p.Written
	if no != 0 {
		if w = c.p.File(no); w == nil {
			return nil, invalid("no", "%s không có hồ sơ số %d", c.p.Code, no)
		}
	}
	switch {
	case w == nil && c.p.Status.Ended():
		return nil, c.wrongStatus()
	case w != nil && !w.SentAt.IsZero():
		return nil, conflict("hồ sơ đề nghị văn bản của %s đã gửi lúc %s", c.p.Code, ClockText(w.SentAt))
	case w != nil && c.p.FileState(w) != FileWaiting:
		return nil, conflict("hồ sơ đề nghị văn bản của %s không còn phải gửi", c.p.Code)
	case c.actor.forOffice():
		return nil, conflict("tổng đài chưa gửi hồ sơ đề nghị văn bản của %s", c.p.Code)
	}
	return w, nil
}

// sentFile is a file that the Office has: of the number, 0: the latest.
func (c *change) sentFile(no int) (*Written, error) {
	for _, w := range slices.Backward(c.p.Files()) {
		if !w.SentAt.IsZero() && (no == 0 || no == c.p.FileNo(w)) {
			return w, nil
		}
	}
	if no == 0 {
		return nil, conflict("tổng đài chưa gửi hồ sơ đề nghị văn bản (Đ9.6) nào của %s đến Văn phòng", c.p.Code)
	}
	if c.p.File(no) == nil {
		return nil, invalid("no", "%s không có hồ sơ số %d", c.p.Code, no)
	}
	return nil, conflict("tổng đài chưa gửi hồ sơ số %d của %s đến Văn phòng", no, c.p.Code)
}

// FileOrder is one of several files that are sent together.
type FileOrder struct {
	Code   string
	No     int    // of the petition's file; 0: the one that waits
	Reason string // replaces the file's; empty: that stays

	Version int64 // of the petition as it was shown; 0: any
}

// FilesMost is how many files one text announces at most.
const FilesMost = 200

// SentFiles is what became of files that were to be sent together.
type SentFiles struct {
	Batch   string // under which the Office finds them; empty: none was sent
	Sent    []string
	Refused []FileRefusal
	Told    []Notice // to the Office; of a preview the link's last part is made of x
}

// FileRefusal is why one of them was not sent.
type FileRefusal struct {
	Code, Why string
	No        int // as it was ordered
}

// FilesPath is the page that lists the files of a batch.
func FilesPath(batch string) string { return "/console/ho-so/" + batch }

// SendFiles sends the files of several petitions in one step, announced to the Office by
// one text (V4) with their number and a link to the page that lists them. What may not
// be sent is left out and said. Of two people of the Office one may be kept from a
// petition: then each is told of what concerns them.
func (d *Desk) SendFiles(ctx context.Context, orders []FileOrder, actor Actor) (SentFiles, error) {
	return d.files(ctx, orders, actor, true)
}

// PreviewFiles decides as SendFiles does and saves nothing.
func (d *Desk) PreviewFiles(ctx context.Context, orders []FileOrder, actor Actor) (SentFiles, error) {
	return d.files(ctx, orders, actor, false)
}

func (d *Desk) files(ctx context.Context, orders []FileOrder, actor Actor, save bool) (out SentFiles, err error) {
	if len(orders) == 0 || len(orders) > FilesMost {
		return out, invalid("code", "chọn từ 1 đến %d phản ánh", FilesMost)
	}
	err = d.ledger.Tx(ctx, func(tx Tx) error {
		env, err := d.env(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		b := fileBatch{env: env, actor: actor, out: SentFiles{Batch: env.Token()}}
		if !save { // nobody is to see a link that will lead nowhere
			b.out.Batch = strings.Repeat("x", len(b.out.Batch))
		}
		of := map[int64][]FileOrder{}
		var ids []int64
		for _, o := range orders {
			id, err := tx.PetitionID(ctx, o.Code)
			if err != nil {
				return err
			}
			if len(of[id]) == 0 {
				ids = append(ids, id)
			}
			of[id] = append(of[id], o)
		}
		loaded, err := tx.Petitions(ctx, ids...)
		if err != nil {
			return err
		}
		for _, p := range loaded {
			for _, o := range of[p.ID] {
				if err := b.send(p, o); err != nil {
					return err
				}
			}
		}
		if out = b.out; len(b.changes) == 0 {
			out.Batch = ""
			return nil
		}
		if out.Told = b.notices(); !save {
			return nil
		}
		if err := tx.Save(ctx, b.changes); err != nil {
			return err
		}
		return tx.Post(ctx, out.Told, nil)
	})
	return out, err
}

// fileBatch collects files that are sent together.
type fileBatch struct {
	env     Env
	actor   Actor
	out     SentFiles
	changes []Change
	told    []Recipient
	count   []int
}

// send decides one order. A petition has one file that waits: named twice it goes once.
func (b *fileBatch) send(p Petition, o FileOrder) error {
	if slices.Contains(b.out.Sent, p.Code) && (o.No == 0 || p.File(o.No) == p.Written) {
		return nil
	}
	if o.Version != 0 && o.Version != p.Version {
		b.out.Refused = append(b.out.Refused, FileRefusal{p.Code, "đã có thay đổi từ lúc xem trước, hãy xem lại", o.No})
		return nil
	}
	decided, err := Apply(p, &SendWrittenFile{No: o.No, Reason: o.Reason, batch: b.out.Batch}, b.actor, b.env)
	if refused(err) {
		b.out.Refused = append(b.out.Refused, FileRefusal{p.Code, err.Error(), o.No})
		return nil
	}
	if err != nil {
		return err
	}
	c := &change{p: &decided.Petition, env: b.env, actor: b.actor, fx: decided.Effects}
	if to, byEmail, ok := c.duty(Office, nil); ok {
		b.tell(Recipient{Contact: to.ID, Role: Office, Unit: to.Unit, ByEmail: byEmail})
	} else {
		c.task(TaskUnreachable, ShiftLead, c.env.Now, "không có ai của "+Office.title()+" nhận được hồ sơ "+p.Code+" (mẫu V4)")
		decided.Effects.Tasks = c.fx.Tasks
	}
	b.changes, b.out.Sent = append(b.changes, decided), append(b.out.Sent, p.Code)
	return nil
}

func (b *fileBatch) tell(to Recipient) {
	i := slices.Index(b.told, to)
	if i < 0 {
		b.told, b.count, i = append(b.told, to), append(b.count, 0), len(b.told)
	}
	b.count[i]++
}

func (b *fileBatch) notices() []Notice {
	var list []Notice
	for i, to := range b.told {
		n := Notice{
			Template: "V4", Class: ClassReport, Lane: LaneSlip, Rung: RungName("written_batch/" + b.out.Batch), Attempt: 1, At: b.env.Now, To: to,
			Vars: map[string]string{"so": fmt.Sprint(b.count[i]), "lp": b.env.Host + FilesPath(b.out.Batch)},
		}
		n.NotBefore = b.env.Policy.Held(n)
		list = append(list, n)
	}
	return list
}
