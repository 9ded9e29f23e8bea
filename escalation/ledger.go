package escalation

import (
	"context"
	"time"
)

// Ledger is what the desk needs of the store.
type Ledger interface {
	// Tx runs fn in one transaction. A transaction that lost a race
	// (serialisation failure, deadlock, busy) is rolled back and fn runs again,
	// so fn keeps no state of an earlier run. An error of fn rolls back and is
	// returned as it is.
	Tx(ctx context.Context, fn func(Tx) error) error

	// What digests tell of is read beside any transaction and not locked: what is told is what
	// stands now. Each reads a page of up to limit petitions after the id, in the order of their ids.

	// Overdue reads the petitions whose status is overdue.
	Overdue(ctx context.Context, after int64, limit int) (PetitionPage, error)
	// Forwarded reads the petitions with a slip forwarded after from and not after to, whatever
	// became of it since.
	Forwarded(ctx context.Context, from, to time.Time, after int64, limit int) (PetitionPage, error)
	// DueWithin reads the petitions whose result's deadline (head or overdue) is armed and lies
	// after from and not after to.
	DueWithin(ctx context.Context, from, to time.Time, after int64, limit int) (PetitionPage, error)
}

// PetitionPage is some of many petitions, in the order of their ids.
type PetitionPage struct {
	Petitions []Petition
	LeftOut   []*Unreadable // those of the page that cannot be read
	Last      int64         // id of the page's last, left out or not: the next page is of those after it; 0: there are no more
}

// Tx is one transaction. Petitions it hands out are locked until its end, taken
// in the order of their ids.
type Tx interface {
	// Now is the domain's instant of this transaction, the same at each call.
	Now() time.Time
	// Directory is the snapshot of units and contacts in force.
	Directory(ctx context.Context) (*Directory, error)

	// NextCode gives a new petition code for the day: unique, rising, not gapless.
	NextCode(ctx context.Context, day time.Time) (id int64, code string, err error)
	// Registered finds which numbers of other registers have been recorded, with the
	// code of each; the code of a petition is a number of its own. It makes other
	// transactions that ask wait until the end of this one.
	Registered(ctx context.Context, externals []string) (map[string]string, error)
	// NoteRegistered keeps the number under which each petition came.
	NoteRegistered(ctx context.Context, externals []string, petitions []int64) error
	// Petitions loads and locks petitions by id, with citizen and rungs. A
	// missing id is a *Problem of kind NotFound, one that cannot be read *Unreadable.
	Petitions(ctx context.Context, ids ...int64) ([]Petition, error)
	// PetitionID finds a petition by its code; *Problem NotFound.
	PetitionID(ctx context.Context, code string) (int64, error)
	// Due picks and locks up to limit petitions that have an armed rung with due
	// at or before now, by their oldest, passing over those of except, those at or before
	// past in that order, those another worker holds and those with an unapplied reply, read before the rung's due time,
	// from one of the numbers that hold a reply code of the petition; one that fails again
	// and again counts for an hour after it was read. It only names
	// them: one that cannot be read must not hide which it is.
	Due(ctx context.Context, now time.Time, limit int, past DuePetition, except []int64) ([]DuePetition, error)
	// Save writes the changes of the transaction, set-based: petitions with their
	// version checked (*Problem Stale), rungs, notices as outbox rows with reply
	// codes allocated, suppressions, timeline, tasks, released codes. What fails may
	// not be told before the transaction's next question, or its end.
	Save(ctx context.Context, changes []Change) error
	// Post queues notices that belong to no petition, and tasks. A notice whose
	// key is there already is left out.
	Post(ctx context.Context, notices []Notice, tasks []Task) error

	// Bindings lists the reply codes ever given to the number that are open or
	// were released within 30 days, newest first.
	Bindings(ctx context.Context, phone string) ([]Binding, error)
	// Message loads and locks one outbox message.
	Message(ctx context.Context, id int64) (Message, error)
	// Undelivered reports whether a message that is locked is one to be passed on: it
	// failed, or went to somebody on duty and nothing was heard of it within wait; and
	// nobody has passed it on.
	Undelivered(ctx context.Context, id int64, wait time.Duration) (bool, error)
	// MarkHandled records that a message's failure has been passed on.
	MarkHandled(ctx context.Context, id int64) error
	// Inbound loads and locks one reply; Applied is true when it has been applied.
	Inbound(ctx context.Context, id int64) (Inbound, error)
	// RepeatOf reports whether the same text from the same sender to the same
	// number was read within the window before, with no reply code issued to the
	// sender in between: the same PDU delivered again.
	RepeatOf(ctx context.Context, in Inbound, window time.Duration) (bool, error)
	// BesidePiece lists the petitions that other parts of an incomplete text were about, which
	// have been a text of their own within the ten minutes before.
	BesidePiece(ctx context.Context, in Inbound) ([]int64, error)
	// ErrorAnswers counts the error answers (E*) queued to the number since.
	ErrorAnswers(ctx context.Context, phone string, since time.Time) (int, error)
	// MarkApplied records what a reply led to.
	MarkApplied(ctx context.Context, id int64, outcome string) error
	// RetryInbound has a reply that failed tried again at once, and SettleInbound ends one on
	// which somebody has acted, as MarkApplied does. Both write into the change log who did.
	RetryInbound(ctx context.Context, id int64, by Actor) error
	SettleInbound(ctx context.Context, id int64, outcome string, by Actor) error
	// HeardAfter lists the petitions that later texts of the reply's number were about,
	// those that have been applied.
	HeardAfter(ctx context.Context, in Inbound) ([]int64, error)
	// SavePreference records which texts a number does not want, and drops those of
	// them that are queued.
	SavePreference(ctx context.Context, phone string, unwanted Unwanted) error
	// CompleteTask closes a task with its outcome, its petition locked first. A
	// missing one is a *Problem of kind NotFound, one that is done WrongTime.
	CompleteTask(ctx context.Context, id int64, by, outcome string) (Task, error)
	// PostponeTask leaves a task open, due anew, and counts the try; refused as
	// CompleteTask is.
	PostponeTask(ctx context.Context, id int64, due time.Time) (Task, error)
	// SaveLeave records an absence that waits for the head's confirmation, and
	// returns its id.
	SaveLeave(ctx context.Context, leave Leave) (int64, error)
	// Leave reads and locks an absence; *Problem NotFound.
	Leave(ctx context.Context, id int64) (Leave, error)
	// DecideLeave notes the word on an absence.
	DecideLeave(ctx context.Context, id int64, agreed bool, by string) error

	// SaveContact writes a contact, a new one without an id; the directory is read
	// anew afterwards.
	SaveContact(ctx context.Context, contact Contact, by Actor) (int64, error)
	// KeepPerson gives a person's new row what hangs on the one before: the choice of reports,
	// unless one was made, and the account.
	KeepPerson(ctx context.Context, from, to int64) error
	// Subscribe stores a leader's choice of reports, which has been checked.
	Subscribe(ctx context.Context, choice Subscription, by Actor) error
	// LockDirectory lets others who change people wait, and reads the directory anew.
	LockDirectory(ctx context.Context) (*Directory, error)
	// FinishTasks closes the open tasks with the keys, those that there are.
	FinishTasks(ctx context.Context, by, outcome string, keys ...string) error
	// OpenAt lists the petitions, in order, in which the unit owes something: those with an
	// open slip of the unit, and those, ended ones too, that it has to explain (Đ9.6).
	OpenAt(ctx context.Context, unit string) (ids []int64, err error)
	// OwedBy lists what each of the units has open; one that owes nothing is not there.
	// Nothing is locked.
	OwedBy(ctx context.Context, units []string) (map[string]Owed, error)
	// LeftSlips lists the open slips of which somebody has the code whose time in the role
	// has ended: of the unit, or of all (no unit). They are not locked.
	LeftSlips(ctx context.Context, unit string) ([]LeftSlip, error)
	// Questions lists the open codes of the number that are about no petition.
	Questions(ctx context.Context, phone string) ([]Question, error)
	// CloseQuestion frees the codes that ask about the subject.
	CloseQuestion(ctx context.Context, subject Subject, reason string) error
	// FailuresInARow counts, up to most, how many of the latest texts to the number
	// failed since one arrived.
	FailuresInARow(ctx context.Context, phone string, most int) (int, error)
	// AddPersonal records a person's request about their data; Personal loads and locks
	// one, *Problem NotFound; OpenPersonal those that are not answered, oldest first;
	// SavePersonal writes one and, when it is answered, closes its tasks.
	AddPersonal(ctx context.Context, r PersonalRequest) (id int64, err error)
	Personal(ctx context.Context, id int64) (PersonalRequest, error)
	OpenPersonal(ctx context.Context) ([]PersonalRequest, error)
	SavePersonal(ctx context.Context, r PersonalRequest) error
	// NumberStands names where a number (E.164) stands. A text that is on its way and goes
	// once it has settled does not count.
	NumberStands(ctx context.Context, phone string) (NumberStands, error)
}

// Unreadable is a petition that is there and makes no sense: trying again does not help,
// and the transaction can go on without it.
type Unreadable struct {
	Petition int64
	Code     string // HPyymmdd-NNNN
	Err      error
}

func (u *Unreadable) Error() string {
	return "read petition " + itoa(u.Petition) + ": " + u.Err.Error()
}

// Unwrap gives what is wrong with it.
func (u *Unreadable) Unwrap() error { return u.Err }

// DuePetition names a petition with a due rung.
type DuePetition struct {
	ID   int64
	Code string    // HPyymmdd-NNNN
	Due  time.Time // of its oldest armed rung
}

// After reports whether d comes after other by its oldest rung, then by its id.
func (d DuePetition) After(other DuePetition) bool {
	return d.Due.After(other.Due) || d.Due.Equal(other.Due) && d.ID > other.ID
}

// Binding ties a reply code to what it means for one phone.
type Binding struct {
	Code       string // four digits or more and a Damm digit
	Phone      string
	Petition   int64
	PetCode    string // HPyymmdd-NNNN
	Round      int
	Slip       int // 0: the citizen's code (rating)
	Role       Role
	Unit       string
	Contact    int64
	Citizen    int64  // the petition whose citizen has the code; 0: an officer's, or of before this was kept
	OwnCode    string // that one's HPyymmdd-NNNN; empty where Citizen is 0
	Status     Status // of the petition now
	IssuedAt   time.Time
	ReleasedAt time.Time // zero: open
	Reason     string    // why it was released
	MovedTo    string    // unit that has the petition now
}

// Open reports whether the code still stands for something to do.
func (b Binding) Open() bool { return b.ReleasedAt.IsZero() }

// Inbound is a text from a phone, whole: its parts are joined.
type Inbound struct {
	ID         int64
	From       string // E.164 where it is a number, else as it came
	To         string
	Text       string
	ReadAt     time.Time // domain instant at which the last part's PDU was read
	Incomplete bool      // parts were missing after the waiting time
	Headless   bool      // the first part was among them
	Applied    bool
	Attempts   int // times applying it failed
}

// MessageState is how far an outbox message got.
type MessageState string

// States of a message (DESIGN §9).
const (
	Queued    MessageState = "queued"
	Sending   MessageState = "sending"
	Accepted  MessageState = "accepted"
	Delivered MessageState = "delivered"
	Failed    MessageState = "failed"
	Unknown   MessageState = "unknown"
	Expired   MessageState = "expired"
	Dropped   MessageState = "suppressed"
)

// Message is an outbox row as decisions see it.
type Message struct {
	ID        int64
	Notice    Notice
	Phone     string
	Email     string
	State     MessageState
	Error     string
	Handled   bool // its failure has been passed on
	CreatedAt time.Time
}

// readdressed reports that the message was to go once more to an address that was put right since.
func (m Message) readdressed() bool { return m.State == Failed && m.Error == Readdressed }

// fate is what is known of a message that is passed on: one that did not fail may be on
// the handset.
func (m Message) fate() string {
	switch {
	case m.State == Failed && m.Error == NotTheirs:
		return "không gửi đến người đã thôi vai trò hoặc đổi số máy"
	case m.State == Failed && m.Error == NotTheirsAgain:
		return "chưa có xác nhận đã đến, không gửi lại vì người nhận đã thôi vai trò hoặc đổi số máy"
	case m.readdressed():
		return "không gửi lại vì địa chỉ nhận tin đã được sửa"
	case m.State == Failed:
		return "không đến được"
	}
	return "chưa có xác nhận đã đến"
}
