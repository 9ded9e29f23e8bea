package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"notify1022/escalation"
	"notify1022/escalation/worktime"
	"notify1022/smpp/smsc"
	"notify1022/store"
)

// YearService is the installation that a year is played on: in simulation, its clock
// at YearStart, its directory empty, bound to the SMSC. Every field is required.
type YearService struct {
	Desk     Desk
	Store    *store.Store
	SMSC     *smsc.Server       // keeps every message of every handset
	Calendar *worktime.Calendar // of the service's reports; the model has its own
	Rows     *sqlx.DB           // the service's database, beside its own pools
	Size     func(ctx context.Context) (int64, error)
	Number   string // that officers and citizens answer
	Posted   func() // says that messages may have been queued
	// Progress hears now and then how far it has come; nil: nobody does.
	Progress func(at time.Time, acts int)
}

// yearPlay is a year under way.
type yearPlay struct {
	year    Year
	service YearService
	fates   []fate
	staff   yearStaff

	mu    sync.Mutex
	codes map[int]string // petition codes by number
	mtls  map[mtlKey]yearCode
	read  map[string]int // messages read, by handset
	first time.Time
	end   time.Time // until which it is judged
}

// yearAtOnce is how many things people do at the same time.
const yearAtOnce = 8

// Play plays the year to its end, compares what the handsets got with what the model
// demands, and returns what it came to; an error with a result is what was seen until
// then.
func (y Year) Play(ctx context.Context, service YearService) (*YearResult, error) {
	p := &yearPlay{year: y, service: service, fates: y.fates(), staff: y.staff(), codes: map[int]string{}, mtls: map[mtlKey]yearCode{}, read: map[string]int{}, first: time.Now(), end: y.End()}
	if err := p.people(ctx); err != nil {
		return nil, err
	}
	before, err := service.Size(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := service.Rows.ExecContext(ctx, restIndex); err != nil {
		return nil, fmt.Errorf("index what was accepted: %w", err)
	}
	used := usageNow()
	if err := service.Store.Appoint(ctx, YearStart()); err != nil {
		return nil, err
	}
	if err := service.Store.SetSpeed(ctx, storySpeed); err != nil {
		return nil, err
	}
	acts, stops, broken := p.live(ctx)
	late, stop := context.WithTimeout(context.WithoutCancel(ctx), countLimit)
	defer stop()
	result, err := p.judge(late)
	if err != nil {
		return nil, errors.Join(broken, err)
	}
	result.Acts, result.Stops, result.Seconds = acts, stops, time.Since(p.first).Seconds()
	result.CPUSeconds, result.PeakMemory = usageNow().cpu.Seconds()-used.cpu.Seconds(), usageNow().memory
	after, err := service.Size(late)
	result.BytesPerPetition = (after - before) / int64(max(len(p.codes), 1))
	return result, errors.Join(broken, err)
}

// yearPhone is somebody's number: of the test prefix, and fictional.
func yearPhone(who yearRole, n int) string {
	base := map[yearRole]int{toFocal: 1, toDeputy: 101, toHead: 201, toCitizen: 301, toOffice: 901, toDuty: 801}[who]
	return fmt.Sprintf("+84570000%03d", base+n)
}

// yearOfficer is what everybody of a unit is called.
const yearOfficer = "Cán bộ mẫu"

// yearDuty reports that a unit has a duty number.
func yearDuty(unit int) bool { return unit%2 == 1 }

func yearUnit(n int) string { return fmt.Sprintf("Y%03d", n) }

func (p *yearPlay) people(ctx context.Context) error {
	units := []escalation.Unit{{Code: "VPUB", Name: "Văn phòng UBND thành phố", SMSName: "VP UBND TP", Kind: escalation.OfficeKind}}
	people := []escalation.Contact{{Unit: "VPUB", Role: escalation.Office, Name: "Văn phòng", Phone: yearPhone(toOffice, 0)},
		{Role: escalation.ShiftLead, Name: "Trưởng ca", Phone: yearPhone(toOffice, 1)}}
	for n := range yearUnits {
		units = append(units, escalation.Unit{Code: yearUnit(n), Name: fmt.Sprintf("UBND phường số %d", n), SMSName: fmt.Sprintf("P so %d", n), Kind: "phuong", Calendar: yearCalendar(n)})
		for who, role := range map[yearRole]escalation.Role{toFocal: escalation.Focal, toDeputy: escalation.Deputy, toHead: escalation.Head} {
			people = append(people, escalation.Contact{Unit: yearUnit(n), Role: role, Name: yearOfficer, Phone: yearPhone(who, n)})
		}
		if yearDuty(n) {
			people = append(people, escalation.Contact{Unit: yearUnit(n), Role: escalation.Duty, Name: yearOfficer, Phone: yearPhone(toDuty, n)})
		}
	}
	if err := p.service.Store.SaveUnits(ctx, units...); err != nil {
		return err
	}
	_, err := p.service.Store.SaveContacts(ctx, people...)
	return err
}

// live lets the clock go from one instant at which somebody does something to the
// next, and at last to the end.
func (p *yearPlay) live(ctx context.Context) (acts, stops int, err error) {
	agenda := p.year.acts(p.fates, p.staff)
	acts = len(agenda)
	for len(agenda) > 0 {
		n := 1
		for n < len(agenda) && agenda[n].when.Equal(agenda[0].when) {
			n++
		}
		if err := p.arrive(ctx, agenda[0].when); err != nil {
			return acts, stops, err
		}
		p.end = agenda[0].when // what is due now has happened; what people do now may not
		if err := p.act(ctx, agenda[:n]); err != nil {
			return acts, stops, fmt.Errorf("at %s: %w", agenda[0].when.Format(time.DateTime), err)
		}
		if stops++; stops%500 == 0 && p.service.Progress != nil {
			p.service.Progress(agenda[0].when, acts-len(agenda)+n)
		}
		agenda = agenda[n:]
	}
	if err := p.arrive(ctx, p.year.End()); err != nil {
		return acts, stops, err
	}
	p.end = p.year.End()
	return acts, stops, nil
}

// yearPatience bounds how long one stop of the clock may take: longer than a machine
// that many share makes the service wait, which tries again after ten seconds.
const yearPatience = 10 * time.Minute

// arrive waits until all is at rest, lets the clock go on to the instant, and waits
// until what is due by then is done.
func (p *yearPlay) arrive(ctx context.Context, when time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, yearPatience)
	defer cancel()
	if err := p.rest(ctx); err != nil {
		return err
	}
	if err := p.service.Store.Appoint(ctx, when); err != nil {
		return err
	}
	err := until(ctx, func() (bool, error) {
		shown, _, err := p.service.Store.SimNow(ctx)
		return !shown.Before(when), err
	})
	if err != nil {
		return fmt.Errorf("the clock did not get to %s: %w", when.Format(time.DateTime), err)
	}
	return p.rest(ctx)
}

// restIndex is for restQuery alone: the service never looks for what was accepted as such.
const restIndex = `CREATE INDEX rehearsal_accepted ON message (id) WHERE state = 'accepted' AND handled = 0`

// restQuery asks state by state, so that the index of each serves.
const restQuery = `SELECT EXISTS (SELECT 1 FROM ` + firstArmed + `)
	OR EXISTS (SELECT 1 FROM message WHERE state = 'queued' AND not_before <= ?)
	OR EXISTS (SELECT 1 FROM message WHERE state = 'sending')
	OR EXISTS (SELECT 1 FROM message WHERE state = 'unknown')
	OR EXISTS (SELECT 1 FROM message WHERE state = 'accepted' AND handled = 0)
	OR EXISTS (SELECT 1 FROM message WHERE state = 'failed' AND handled = 0)
	OR EXISTS (SELECT 1 FROM inbox WHERE applied_at = 0)
	OR EXISTS (SELECT 1 FROM inbox_part WHERE inbox_id = 0)`

func (p *yearPlay) rest(ctx context.Context) error {
	query := p.service.Rows.Rebind(restQuery)
	err := until(ctx, func() (bool, error) {
		now, _, err := p.service.Store.SimNow(ctx)
		if err != nil {
			return false, err
		}
		var open bool
		err = p.service.Rows.GetContext(ctx, &open, query, now.UnixMicro(), now.UnixMicro())
		return !open, err
	})
	if err != nil {
		return fmt.Errorf("the hotline did not come to rest: %w", err)
	}
	return nil
}

// act lets people do what they do at one instant, several at once.
func (p *yearPlay) act(ctx context.Context, acts []yearAct) error {
	var wg sync.WaitGroup
	slots, errs := make(chan struct{}, yearAtOnce), make(chan error, len(acts))
	for _, a := range acts {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := p.one(ctx, a); err != nil {
				errs <- fmt.Errorf("%s: %w", a.about(), err)
			}
		})
	}
	wg.Wait()
	close(errs)
	p.service.Posted()
	var all error
	for err := range errs {
		all = errors.Join(all, err)
	}
	return all
}

func (p *yearPlay) one(ctx context.Context, a yearAct) error {
	switch a.what {
	case yearLeaveAsk, yearLeaveSay:
		return p.leave(ctx, a)
	case yearAccept:
		return p.accept(ctx, a.fate)
	case yearAnswer:
		return p.answer(ctx, a)
	case yearRate:
		return p.rate(ctx, a.fate)
	case yearMerge:
		return p.do(ctx, a.fate, operator, &escalation.Merge{Into: p.code(a.fate.into)})
	}
	if words := a.text(); words != "" {
		unit := a.fate.unit
		if a.what == yearHear || a.what == yearOpine {
			unit = a.fate.partner()
		}
		return p.officer(ctx, a, unit, words)
	}
	who, cmd := a.command()
	return p.do(ctx, a.fate, who, cmd)
}

// text is what the officer of the first unit, or of the one that co-operates, texts, with a place for the reply code;
// empty: the act is none of the officer's.
func (a yearAct) text() string {
	switch {
	case a.what == yearAck, a.what == yearHear:
		return "NHAN %s"
	case a.what == yearOpine:
		return "XONG %s cot den thuoc tuyen do don vi chu tri quan ly"
	case a.what == yearPromise:
		return "HEN %s " + a.fate.until.Format("15h04 02/01/2006")
	case a.what == yearReturn:
		return "SAI %s khong thuoc dia ban quan ly"
	case a.what == yearAsk && a.fate.received.IsZero():
		return "HOI %s so nha va anh chup"
	}
	return ""
}

// command is what 1022, the Office and citizens do at their pages.
func (a yearAct) command() (escalation.Actor, escalation.Command) {
	f := a.fate
	switch a.what {
	case yearAsk:
		return operator, &escalation.AskCitizen{Missing: "địa chỉ"}
	case yearSupply:
		return citizen, &escalation.Supplement{Text: "Ngõ 12, cạnh trường học"}
	case yearForward:
		if f.byOffice() {
			return cityOffice, &escalation.Forward{Unit: yearUnit(f.unit)}
		}
		return operator, &escalation.Forward{Unit: yearUnit(f.unit)}
	case yearAgree:
		return operator, &escalation.PromiseTime{At: f.until}
	case yearRefuse:
		return operator, &escalation.RefuseReturn{Reason: "thuộc địa bàn của đơn vị"}
	case yearMove:
		return operator, &escalation.AcceptReturn{Unit: yearUnit(f.next())}
	case yearHold:
		return cityOffice, &escalation.HoldClock{Reason: "chờ kết luận kiểm tra", Until: f.held.to}
	case yearDirect:
		cmd := &escalation.Direct{Leader: "Phó Chủ tịch UBND thành phố", Text: "giải quyết dứt điểm", Due: f.reportBy}
		if f.moved.Equal(f.directed) {
			cmd.Unit = yearUnit(f.next())
		}
		return cityOffice, cmd
	case yearSendBack:
		return operator, &escalation.SendBack{Reason: "chưa nêu biện pháp"}
	case yearDispute:
		return operator, &escalation.OpenDispute{Reason: "hai đơn vị không thống nhất"}
	case yearWithdraw:
		return citizen, &escalation.Withdraw{Reason: "đã tự giải quyết"}
	case yearSendFile:
		return operator, &escalation.SendWrittenFile{Reason: "vụ việc nghiêm trọng"}
	case yearAskWhy:
		return cityOffice, &escalation.AskExplanation{Days: f.days, Text: "vì sao trả lời chậm"}
	case yearExplain:
		head := escalation.Actor{Name: yearOfficer, Role: escalation.Head, Unit: yearUnit(f.lastCourse().last()), Channel: escalation.BySlipPage}
		return head, &escalation.GiveExplanation{Text: "Đơn vị thiếu vật tư, đã rút kinh nghiệm."}
	case yearReopen:
		return operator, &escalation.Reopen{Reason: "hư hỏng trở lại"}
	}
	if f.needed {
		return operator, &escalation.Publish{Written: escalation.NeedRemind, WrittenReason: "trả lời chậm nhiều lần"}
	}
	return operator, &escalation.Publish{}
}

// answer: the officer of the unit that has it gives the result.
func (p *yearPlay) answer(ctx context.Context, a yearAct) error {
	f, unit := a.fate, a.fate.last()
	if f.onSite {
		officer := escalation.Actor{Name: yearOfficer, Role: escalation.Focal, Unit: yearUnit(unit), Channel: escalation.BySlipPage}
		return p.do(ctx, f, officer, &escalation.GiveResult{Text: "Đã khắc phục xong, đã kiểm tra tại chỗ.", UnitURL: "https://phuong.example.vn/ket-qua"})
	}
	return p.officer(ctx, a, unit, "XONG %s da khac phuc xong, da kiem tra tai cho")
}

// officer texts for the unit: the officer or whoever stands in at the time, as far as a
// text has brought them the petition's code since the unit has it, else the other one.
func (p *yearPlay) officer(ctx context.Context, a yearAct, unit int, format string) error {
	who, other := toFocal, toDeputy
	if p.staff.away(unit, a.when) {
		who, other = other, who
	}
	if p.printed(p.handset(who, unit), a.fate).at.Before(a.fate.since(unit)) {
		who = other
	}
	return p.text(ctx, a.fate, who, unit, format)
}

// about names what an act is about.
func (a yearAct) about() string {
	if a.leave != nil {
		return "absence at " + yearUnit(a.leave.unit)
	}
	return fmt.Sprint("petition ", a.fate.number)
}

// rate: whoever was asked by a text answers it, whoever was not uses the link of the result.
func (p *yearPlay) rate(ctx context.Context, f *fate) error {
	why := ""
	if f.again != nil && f.again.opened.Equal(f.rated) {
		why = "chua sua, van con toi"
	}
	if f.into != nil && !f.rates.asked8(f) {
		_, err := p.service.Desk.Do(ctx, p.code(f.into), &escalation.Rate{Score: f.score, For: p.code(f)}, citizen, 0)
		return err
	}
	if f.into != nil || f.asked8(f) {
		return p.text(ctx, f, toCitizen, f.citizen, fmt.Sprintf("DG %%s %d %s", f.score, why))
	}
	return p.do(ctx, f, citizen, &escalation.Rate{Score: f.score, Comment: why})
}

func (p *yearPlay) do(ctx context.Context, f *fate, who escalation.Actor, cmd escalation.Command) error {
	_, err := p.service.Desk.Do(ctx, p.code(f), cmd, who, 0)
	return err
}

func (p *yearPlay) accept(ctx context.Context, f *fate) error {
	in := escalation.Intake{Channel: escalation.Channel(f.channel), Kind: 1, Content: "Đèn đường trước ngõ tắt bốn tối nay, rất nguy hiểm", Field: f.field, Area: f.area,
		Citizen: escalation.CitizenIntake{Name: "Nguyễn Văn Thử", Phone: "0" + yearPhone(toCitizen, f.citizen)[3:]}}
	if !f.rejected && !f.direct && !f.urgent && f.received.IsZero() {
		in.Units = []escalation.UnitRef{{Code: yearUnit(f.unit), Role: "lead"}}
	}
	if f.joint {
		in.Units = append(in.Units, escalation.UnitRef{Code: yearUnit(f.partner()), Role: "cooperate"})
	}
	made, err := p.service.Desk.Accept(ctx, in, operator)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.codes[f.number] = made.Code
	p.mu.Unlock()
	switch {
	case f.urgent:
		return p.do(ctx, f, operator, &escalation.TransferEmergency{To: "Cảnh sát PCCC 114", Unit: yearUnit(f.unit), Outcome: "đang đến hiện trường"})
	case f.rejected:
		return p.do(ctx, f, operator, &escalation.Reject{Reason: "không thuộc phạm vi tiếp nhận", Guidance: "Ban Tiếp công dân thành phố"})
	case f.direct:
		return p.do(ctx, f, operator, &escalation.AnswerDirectly{Text: "Khu vực cắt điện theo lịch đến 17 giờ."})
	}
	return nil
}

func (p *yearPlay) code(f *fate) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.codes[f.number]
}

// mtlKey is a reply code: of a petition, by its code, on a handset.
type mtlKey struct{ code, phone string }

// yearCode is the latest, and when it came.
type yearCode struct {
	code string
	at   time.Time
}

// text answers from somebody's handset with the code that a text printed there.
func (p *yearPlay) text(ctx context.Context, f *fate, who yearRole, person int, format string) error {
	h := p.handset(who, person)
	mtl := p.printed(h, f)
	if mtl.code == "" {
		return errors.New("no text printed a reply code")
	}
	return h.Send(ctx, p.service.Number, fmt.Sprintf(format, mtl.code))
}

func (p *yearPlay) handset(who yearRole, person int) *smsc.Handset {
	return p.service.SMSC.Handset(strings.TrimPrefix(yearPhone(who, person), "+"))
}

var textPrints = regexp.MustCompile(`(HP[0-9]{6}-[0-9]{4,}).*\b(?:NHAN|DG|XONG|HEN) ([0-9]{5,})\b`)

// printed reads on in the inbox and gives the petition's latest reply code.
func (p *yearPlay) printed(h *smsc.Handset, f *fate) yearCode {
	p.mu.Lock()
	defer p.mu.Unlock()
	there, none := context.WithCancel(context.Background())
	none() // what is there is given, what is not is not waited for
	for {
		m, err := h.Wait(there, p.read[h.Number()])
		if err != nil {
			break
		}
		p.read[h.Number()]++
		if found := textPrints.FindStringSubmatch(m.Text); found != nil {
			p.mtls[mtlKey{found[1], h.Number()}] = yearCode{found[2], m.At}
		}
	}
	return p.mtls[mtlKey{p.codes[f.number], h.Number()}]
}
