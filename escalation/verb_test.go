package escalation

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEveryVerbHasItsCommand(t *testing.T) {
	if len(Verbs()) != 36 {
		t.Errorf("there are %d verbs", len(Verbs()))
	}
	for _, v := range Verbs() {
		cmd, ok := NewCommand(v)
		if !ok || cmd.Verb() != v {
			t.Errorf("%s makes %T", v, cmd)
		}
	}
	if _, ok := NewCommand("delete"); ok {
		t.Error("delete is no verb")
	}
	if _, ok := NewCommand(VerbAccept); ok {
		t.Error("accepting is no command on a petition")
	}
}

// in brings the story to a status.
func (w *town) in(status Status) {
	w.Helper()
	switch status {
	case Received:
		w.accept(lamp())
	case AwaitingInfo:
		w.in(Received)
		w.do(operator, &AskCitizen{Missing: "địa điểm"})
	case Rejected:
		w.in(Received)
		w.do(operator, &Reject{Reason: "khiếu nại", Guidance: "Ban Tiếp công dân"})
	case AnsweredDirectly:
		w.in(Received)
		w.do(operator, &AnswerDirectly{Text: "Cắt điện theo lịch đến 17 giờ."})
	case EmergencyTransferred:
		w.in(Received)
		w.do(operator, &TransferEmergency{To: "114"})
	case Forwarded:
		w.forwarded("XD", "MT")
	case InProgress:
		w.in(Forwarded)
		w.do(focalXD, &Acknowledge{})
	case Verifying:
		w.in(Forwarded)
		w.do(focalXD, &PromiseTime{At: w.now.Add(6 * time.Hour)})
	case ReturnRequested:
		w.in(Forwarded)
		w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
	case Escalated:
		w.in(Forwarded)
		p := w.petition()
		w.until(p.Rung(RungHead).Due)
	case Overdue:
		w.in(Forwarded)
		p := w.petition()
		w.until(p.Rung(RungOverdue).Due)
	case WithOffice:
		w.in(Received)
		w.do(operator, &Forward{Unit: "VP"})
	case Resolved:
		w.in(Forwarded)
		w.do(focalXD, answer())
	case Published:
		w.in(Resolved)
		w.do(operator, &Publish{})
	case Disputed:
		w.in(Forwarded)
		w.do(focalMT, &OpenDispute{Reason: "đường do phường quản lý"})
	case Withdrawn:
		w.in(Received)
		w.do(citizen, &Withdraw{})
	case Merged:
		w.in(Forwarded)
		parent := w.code
		w.in(Received)
		w.do(operator, &Merge{Into: parent})
	case Closed:
		w.in(Published)
		p := w.petition()
		w.until(p.Rung(RungRating).Due)
	}
	w.wantStatus(status)
}

// good is a command of every verb that is right in itself.
func good(now time.Time) []Command {
	later := now.Add(24 * time.Hour)
	return []Command{
		&Forward{Units: []UnitRef{{Code: "GV"}}}, &Acknowledge{}, &PromiseTime{At: later}, &Progress{Text: "đang kiểm tra"}, answer(),
		&SendBack{Reason: "trả lời chung chung"}, &AskReturn{Reason: "không thuộc thẩm quyền"}, &AcceptReturn{}, &RefuseReturn{Reason: "đúng thẩm quyền"},
		&AskCitizen{Missing: "địa điểm"}, &Supplement{Text: "trước số nhà đầu ngõ"}, &Reject{Reason: "khiếu nại", Guidance: "Ban Tiếp công dân"},
		&AnswerDirectly{Text: "Cắt điện theo lịch."}, &TransferEmergency{To: "114"}, &Reassign{Unit: "GV"}, &AssignInternal{Contact: 111},
		&OpenDispute{Reason: "không thống nhất"}, &Urge{Due: later}, &Direct{Leader: "Phó Chủ tịch", Text: "xử lý dứt điểm", Due: later, Unit: "GV"},
		&SubmitToLeader{}, &MarkUrgent{Reason: "nguy hiểm"}, &HoldClock{Reason: "chờ giám định", Until: later}, &ResumeClock{}, &Publish{},
		&Withdraw{}, &Reopen{Reason: "chưa xong"}, &Rate{Score: 4}, &Touch{}, &SendWrittenFile{},
		&AskExplanation{Days: 3}, &GiveExplanation{Text: "Đơn vị nhận phiếu chậm do thay đổi nhân sự."},
		&Commend{Who: CommendCitizen, Reason: "báo kịp thời dây điện đứt"}, &RevokeLink{}, &LeaveNote{Text: "Cảm ơn tổng đài."}, &SayAnswered{},
	}
}

// allowed draws the states of doc.go: in which status a verb is carried out when
// it comes from whoever may use it. A status that is missing here is refused.
var allowed = map[Verb][]Status{
	VerbForward:      {Received, AwaitingInfo, EmergencyTransferred, WithOffice, Disputed},
	VerbAcknowledge:  {Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue, Disputed},
	VerbETA:          {Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue},
	VerbProgress:     {Received, AwaitingInfo, EmergencyTransferred, Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue, WithOffice, Resolved, Published, Disputed},
	VerbResult:       {EmergencyTransferred, Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue, WithOffice, Disputed},
	VerbSendBack:     {Resolved},
	VerbReturn:       {Forwarded, InProgress, Verifying, Escalated, Overdue},
	VerbAcceptReturn: {ReturnRequested},
	VerbRefuseReturn: {ReturnRequested},
	VerbClarify:      {Received, AwaitingInfo, Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue, WithOffice},
	VerbSupplement: {Received, AwaitingInfo, Rejected, AnsweredDirectly, EmergencyTransferred, Forwarded, InProgress, Verifying, ReturnRequested,
		Escalated, Overdue, WithOffice, Resolved, Published, Disputed, Withdrawn, Closed},
	VerbReject:         {Received, AwaitingInfo},
	VerbAnswer:         {Received, AwaitingInfo},
	VerbEmergency:      {Received, AwaitingInfo},
	VerbReassign:       {EmergencyTransferred, Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue, WithOffice, Disputed},
	VerbAssign:         {Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue},
	VerbDispute:        {EmergencyTransferred, Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue, Resolved, Published, Closed},
	VerbUrge:           {Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue},
	VerbDirect:         {Received, AwaitingInfo, EmergencyTransferred, Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue, WithOffice, Disputed},
	VerbSubmit:         {Escalated, Overdue, WithOffice, Disputed},
	VerbUrgent:         {Received, AwaitingInfo, Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue, WithOffice, Resolved, Disputed},
	VerbHold:           {Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue},
	VerbResume:         {},
	VerbPublish:        {Resolved},
	VerbWithdraw:       {Received, AwaitingInfo, EmergencyTransferred, Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue, WithOffice, Resolved, Disputed},
	VerbReopen:         {Rejected, AnsweredDirectly, Published, Withdrawn, Closed},
	VerbRating:         {AnsweredDirectly, Published, Closed},
	VerbTouch:          {Received},
	VerbCommend:        Statuses(),
	VerbWrittenFile:    {Received, AwaitingInfo, EmergencyTransferred, Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue, WithOffice, Resolved, Published, Disputed},
	VerbNote:           {Rejected, AnsweredDirectly, Published, Withdrawn, Closed},
	VerbSayAnswered:    {Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue},
	VerbRevokeLink:     {Forwarded, InProgress, Verifying, ReturnRequested, Escalated, Overdue, Resolved, Published, Disputed, Closed},
	VerbAskExplanation: {}, VerbExplanation: {}, // no file was sent (writtenfile_test.go)
}

func TestAVerbIsCarriedOutInItsStatusesOnly(t *testing.T) {
	for _, status := range Statuses() {
		t.Run(string(status), func(t *testing.T) {
			w := newTown(t, "2026-03-09 08:00") // Monday
			w.in(status)
			for _, cmd := range good(w.now) {
				w.tryIn(status, cmd)
			}
		})
	}
}

// tryIn decides without saving: each verb sees the same petition.
func (w *town) tryIn(status Status, cmd Command) {
	w.Helper()
	p := *w.petition()
	before := p.clone()
	env, err := w.desk.env(w.ctx, &memoryTx{memory: w.memory}, time.Time{})
	if err != nil {
		w.Fatal(err)
	}
	change, err := Apply(p, cmd, Actor{Role: System, Name: "1022"}, env)
	switch {
	case cmd.Verb() == VerbAcknowledge && status == Disputed:
		change, err = Apply(p, cmd, office, env)
	case cmd.Verb() == VerbClarify:
		change, err = Apply(p, cmd, operator, env)
	}
	var refusal *Problem
	switch {
	case slices.Contains(allowed[cmd.Verb()], status):
		if err != nil {
			w.Errorf("%s in %s: %v", cmd.Verb(), status, err)
		} else if change.Petition.Silent() || change.Petition.Version != p.Version+1 || len(change.Effects.Entries) == 0 {
			w.Errorf("%s in %s leaves a silent petition, no new version or no timeline entry", cmd.Verb(), status)
		}
	case err == nil:
		w.Errorf("%s in %s is carried out", cmd.Verb(), status)
	case !errors.As(err, &refusal) || refusal.Kind != WrongTime && refusal.Kind != Forbidden || refusal.Detail == "":
		w.Errorf("%s in %s is refused as %v", cmd.Verb(), status, err)
	}
	if !reflect.DeepEqual(p, before) {
		w.Errorf("%s in %s touches the petition it was given", cmd.Verb(), status)
	}
}

func TestOnlyWhoMayUseAVerb(t *testing.T) {
	const staff, unit, city, public = 1, 2, 4, 8
	matrix := map[Verb]int{
		VerbForward: staff | city, VerbAcknowledge: staff | unit | city, VerbETA: staff | unit | city, VerbProgress: staff | unit | city,
		VerbResult: staff | unit | city, VerbSendBack: staff, VerbReturn: staff | unit, VerbAcceptReturn: staff, VerbRefuseReturn: staff,
		VerbClarify: staff | unit | city, VerbSupplement: staff | public, VerbReject: staff, VerbAnswer: staff, VerbEmergency: staff,
		VerbReassign: staff | city, VerbAssign: staff | unit, VerbDispute: staff | unit | city | public, VerbUrge: staff | city, VerbDirect: staff | city,
		VerbSubmit: staff | city, VerbUrgent: staff, VerbHold: city, VerbResume: city, VerbPublish: staff, VerbMerge: staff,
		VerbWithdraw: staff | public, VerbReopen: staff | city | public, VerbRating: staff | public, VerbTouch: staff, VerbWrittenFile: staff | city,
		VerbCommend: staff | city, VerbAskExplanation: staff | city, VerbExplanation: staff | unit,
		VerbRevokeLink: staff, VerbNote: staff | public, VerbSayAnswered: staff | public,
	}
	roles := map[Role]int{Operator: staff, ShiftLead: staff, Administrator: staff, Focal: unit, Deputy: unit, Head: unit, Officer: unit, Duty: unit,
		Office: city, CityLeader: city, CitizenRole: public, Leader: 0, "": 0, "king": 0}
	for _, v := range Verbs() {
		for role, group := range roles {
			c := &change{p: &Petition{}, actor: Actor{Role: role}}
			if got, want := c.permitted(v) == nil, matrix[v]&group != 0; got != want {
				t.Errorf("%s by %q: permitted %t, want %t", v, role, got, want)
			}
		}
	}
}

func TestADenunciationIsLockedToShiftLeads(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Denunciation, in.Content = true, "Có người bán hàng cấm ở bến xe."
	mark := w.mark()
	p := w.accept(in)
	w.want(mark, "C1 citizen", "T1 shift_lead")
	if !p.Confidential {
		t.Error("a denunciation is confidential")
	}
	w.refuse(operator, &Forward{Unit: "GV"}, Forbidden, "")
	w.refuse(operator, &Touch{}, Forbidden, "") // who may not read it has not opened it
	w.do(shiftLead, &Forward{Unit: "GV"})
	for _, who := range []Actor{operator, office, {Name: "Chủ tịch", Role: CityLeader}} {
		for _, v := range Verbs() {
			if err := Permitted(w.petition(), who, v); err == nil {
				t.Errorf("%s may %s it", who.Role, v)
			}
		}
	}
	for _, v := range []Verb{VerbAcknowledge, VerbResult, VerbReturn} {
		if err := Permitted(w.petition(), Actor{Role: Focal}, v); err != nil {
			t.Errorf("the unit that has its slip may not %s: %v", v, err)
		}
	}
	for _, l := range w.messages {
		if strings.Contains(l.text, "ban hang") || strings.Contains(l.text, "Gia Vien,") {
			t.Errorf("its content is in %s: %s", l.Notice.Template, l.text)
		}
	}
	parent := w.code
	w.accept(lamp())
	w.refuse(operator, &Merge{Into: parent}, Forbidden, "")
}

func TestAUnitActsOnItsOwnSlipsOnly(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	for _, cmd := range []Command{&Acknowledge{}, &PromiseTime{At: instantAt("2026-03-09 15:00")}, &Progress{Text: "đang làm"}, answer(),
		&AskReturn{Reason: "không thuộc"}, &AskCitizen{Missing: "ảnh"}, &AssignInternal{Contact: 103}, &OpenDispute{Reason: "không thống nhất"}} {
		w.refuse(focalMT, cmd, Forbidden, "")
	}
}

func TestABadInputIsRefusedByFieldAndChangesNothing(t *testing.T) {
	long := strings.Repeat("x", maxText+1)
	past, ahead := instantAt("2026-03-09 07:59"), instantAt("2027-06-01 08:00")
	tests := []struct {
		status Status
		actor  Actor
		cmd    Command
		field  string
	}{
		{Received, operator, &Forward{}, "units"},
		{Received, operator, &Forward{Unit: "??"}, "units"},
		{Received, operator, &Forward{Units: []UnitRef{{Code: "XD"}, {Code: "XD"}}}, "units"},
		{Received, operator, &Forward{Units: []UnitRef{{Code: "XD", Role: "boss"}}}, "units"},
		{Received, operator, &Forward{Units: []UnitRef{{Code: "XD", Role: "cooperate"}}}, "units"},
		{Received, operator, &Forward{Units: []UnitRef{{Code: "XD", Role: "lead"}, {Code: "MT", Role: "chu_tri"}}}, "units"},
		{Received, operator, &Forward{Units: []UnitRef{{Code: "XD"}, {Code: "VP"}}}, "units"},
		{Received, operator, &Forward{Units: make([]UnitRef, 21)}, "units"},
		{Received, operator, &Reject{Reason: "khiếu nại"}, "guidance"},
		{Received, operator, &Reject{Guidance: "Ban Tiếp công dân"}, "reason"},
		{Received, operator, &AnswerDirectly{Text: " \t\n"}, "text"},
		{Received, operator, &AnswerDirectly{Text: long}, "text"},
		{Received, operator, &TransferEmergency{}, "to"},
		{Received, operator, &TransferEmergency{To: "113", Unit: "??"}, "unit"},
		{Received, operator, &TransferEmergency{To: "113", Unit: "VP"}, "unit"},
		{Received, operator, &TransferEmergency{To: "113", Outcome: long}, "outcome"},
		{Received, operator, &AskCitizen{}, "missing"},
		{Received, operator, &Merge{Into: "HP000000-0000"}, "into"},
		{Received, operator, &Merge{}, "into"},
		{Received, operator, &MarkUrgent{}, "reason"},
		{Received, operator, &Direct{Leader: "Phó Chủ tịch", Text: "xử lý", Due: instantAt("2026-03-10 08:00")}, "unit"},
		{AwaitingInfo, operator, &Supplement{}, "text"},
		{Published, citizen, &LeaveNote{}, "text"},
		{Forwarded, focalXD, &Acknowledge{Note: long}, "note"},
		{Forwarded, focalXD, &PromiseTime{}, "at"},
		{Forwarded, focalXD, &PromiseTime{At: past}, "at"},
		{Forwarded, focalXD, &PromiseTime{At: ahead}, "at"},
		{Forwarded, focalXD, &PromiseTime{At: instantAt("2026-03-09 15:00"), Reason: long}, "reason"},
		{Forwarded, focalXD, &Progress{}, "text"},
		{Forwarded, focalXD, &GiveResult{}, "text"},
		{Forwarded, focalXD, &GiveResult{Text: "xong 123456789"}, "text"}, // four letters
		{Forwarded, focalXD, &GiveResult{Text: "Đã thay bóng đèn.", DocumentNo: long}, "document_no"},
		{Forwarded, focalXD, &GiveResult{Text: "Đã thay bóng đèn.", CitizenAnswered: &CitizenAnswered{How: long}}, "citizen_answered.how"},
		{Forwarded, focalXD, &AskReturn{}, "reason"},
		{Forwarded, focalXD, &AskReturn{Reason: "không thuộc", Unit: "??"}, "unit"},
		{Forwarded, focalXD, &AssignInternal{Contact: 103}, "contact"},
		{Forwarded, focalXD, &AssignInternal{Contact: 9999}, "contact"},
		{Forwarded, focalXD, &OpenDispute{}, "reason"},
		{Forwarded, operator, &Reassign{}, "unit"},
		{Forwarded, office, &Urge{}, "due"},
		{Forwarded, office, &Urge{Due: past}, "due"},
		{Forwarded, office, &Urge{Due: ahead}, "due"},
		{Forwarded, office, &Direct{Text: "xử lý", Due: instantAt("2026-03-10 08:00")}, "leader"},
		{Forwarded, office, &Direct{Leader: "Phó Chủ tịch", Due: instantAt("2026-03-10 08:00")}, "text"},
		{Forwarded, office, &Direct{Leader: "Phó Chủ tịch", Text: "xử lý", Due: instantAt("2026-03-10 08:00"), Unit: "VP"}, "unit"},
		{Forwarded, office, &HoldClock{Until: instantAt("2026-03-10 08:00")}, "reason"},
		{Forwarded, office, &HoldClock{Reason: "chờ giám định"}, "until"},
		{Forwarded, office, &HoldClock{Reason: "chờ giám định", Until: past}, "until"},
		{ReturnRequested, operator, &AcceptReturn{Unit: "XD"}, "unit"},
		{ReturnRequested, operator, &AcceptReturn{Unit: "??"}, "unit"},
		{ReturnRequested, operator, &RefuseReturn{}, "reason"},
		{Resolved, operator, &SendBack{}, "reason"},
		{Resolved, operator, &Publish{Redacted: long}, "redacted"},
		{Resolved, operator, &Publish{PublicContent: long}, "public_content"},
		{Published, citizen, &Rate{}, "score"},
		{Published, citizen, &Rate{Score: 6}, "score"},
		{Published, citizen, &Rate{Score: 1, Comment: long}, "comment"},
		{Published, citizen, &Reopen{}, "reason"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s/%s", tt.cmd.Verb(), tt.field), func(t *testing.T) {
			w := newTown(t, "2026-03-09 08:00") // Monday
			w.in(tt.status)
			w.refuse(tt.actor, tt.cmd, Invalid, tt.field)
		})
	}
}

func TestAnIntakeIsRefusedByField(t *testing.T) {
	tests := []struct {
		spoil func(*Intake)
		field string
	}{
		{func(in *Intake) { in.Channel = "pigeon" }, "channel"},
		{func(in *Intake) { in.Kind = 0 }, "kind"},
		{func(in *Intake) { in.Kind = 6 }, "kind"},
		{func(in *Intake) { in.Content = " " }, "content"},
		{func(in *Intake) { in.Content = strings.Repeat("x", maxContent+1) }, "content"},
		{func(in *Intake) { in.Field = strings.Repeat("x", maxLine+1) }, "field"},
		{func(in *Intake) { in.Exclude = make([]int64, maxExclude+1) }, "exclude"},
		{func(in *Intake) { in.ReceivedAt = instantAt("2026-03-09 08:01") }, "received_at"},
		{func(in *Intake) { in.ReceivedAt = instantAt("2024-03-09 08:00") }, "received_at"},
		{func(in *Intake) { in.CalledAt = instantAt("2026-03-09 08:01") }, "called_at"},
		{func(in *Intake) { in.Citizen.Name = "" }, "citizen.name"},
		{func(in *Intake) { in.Citizen.Phone = "12" }, "citizen.phone"},
		{func(in *Intake) { in.Citizen.Phone = "" }, "citizen.phone"},
		{func(in *Intake) { in.Citizen.Email = "x@y" }, "citizen.email"},
		{func(in *Intake) { in.Unit = "??" }, "units"},
	}
	for _, tt := range tests {
		t.Run(tt.field, func(t *testing.T) {
			w := newTown(t, "2026-03-09 08:00") // Monday
			in := lamp()
			in.Citizen.Phone = "0570000501"
			tt.spoil(&in)
			_, err := w.desk.Accept(w.ctx, in, operator)
			var p *Problem
			if !errors.As(err, &p) || p.Kind != Invalid || p.Field != tt.field {
				t.Errorf("got %v, want %s", err, tt.field)
			}
			if len(w.petitions)+len(w.messages) != 0 {
				t.Error("a refused intake leaves something")
			}
		})
	}
}

func TestAMissingEmailIsNoGroundForRefusal(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Channel, in.Citizen = ByFacebook, CitizenIntake{Name: "Đinh Thị Cư Dân"}
	w.accept(in)
	if w.openTasks(TaskContact) != 1 {
		t.Error("who can only be reached on the fanpage gives no contact task")
	}
}

func TestACitizenProposesAUnitAnd1022Forwards(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	in := lamp()
	in.Channel, in.Unit, in.Citizen.Phone = ByWeb, "XD", "0570000501"
	p, err := w.desk.Accept(w.ctx, in, citizen)
	if err != nil || p.Status != Received || !slices.Equal(p.Units, []string{"XD"}) {
		t.Errorf("got %s %v, %v", p.Status, p.Units, err)
	}
}

func TestAStaleVersionIsRefused(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	p := w.forwarded("XD")
	w.do(focalXD, &Acknowledge{})
	_, err := w.desk.Do(w.ctx, p.Code, &MarkUrgent{Reason: "nguy hiểm"}, operator, p.Version)
	var problem *Problem
	if !errors.As(err, &problem) || problem.Kind != Stale {
		t.Errorf("got %v", err)
	}
	if _, err := w.desk.Do(w.ctx, p.Code, &MarkUrgent{Reason: "nguy hiểm"}, operator, p.Version+1); err != nil {
		t.Error(err)
	}
	if _, err := w.desk.Do(w.ctx, "HP000000-0000", &Touch{}, operator, 0); !errors.As(err, &problem) || problem.Kind != NotFound {
		t.Errorf("got %v", err)
	}
}

// What is not offered would be refused; a slip that was taken may be taken again, and nothing
// comes of it. What a unit does with an open slip is refused where it is not offered alone.
func TestWhatIsBarredIsRefused(t *testing.T) {
	stranger := Actor{Name: "Người khác", Role: Focal, Channel: BySlipPage, Unit: "GV"}
	barred := 0
	for _, status := range Statuses() {
		for _, actor := range []Actor{focalXD, headXD, focalMT, stranger, operator} {
			w := newTown(t, "2026-03-09 08:00") // Monday
			w.in(status)
			for _, cmd := range good(w.now) {
				w.offersWhatIsTaken(actor, cmd)
				if p := w.petition(); cmd.Verb() == VerbAcknowledge || Permitted(p, actor, cmd.Verb()) != nil || !p.Barred(actor, cmd.Verb()) {
					continue
				}
				barred++
				if _, err := w.desk.Preview(w.ctx, w.code, cmd, actor, 0); err == nil {
					t.Errorf("%s by %s of %s in %s is barred, and carried out", cmd.Verb(), actor.Role, actor.Unit, status)
				}
			}
		}
	}
	if barred < 50 {
		t.Errorf("only %d acts were barred", barred)
	}
}

// offersWhatIsTaken wants a unit with an open slip to be barred from what it could not do.
func (w *town) offersWhatIsTaken(actor Actor, cmd Command) {
	w.Helper()
	p := w.petition()
	s := p.SlipOf(actor.Unit)
	if !actor.forUnit() || s == nil || !s.Open() || Permitted(p, actor, cmd.Verb()) != nil || p.Barred(actor, cmd.Verb()) {
		return
	}
	if given, ok := cmd.(*GiveResult); ok { // other words than those that were given already
		amended := *given
		amended.Text += " Đã kiểm tra lại."
		cmd = &amended
	}
	switch cmd.Verb() {
	case VerbAcknowledge, VerbETA, VerbClarify, VerbProgress, VerbResult, VerbDispute:
		if _, err := w.desk.Preview(w.ctx, w.code, cmd, actor, 0); err != nil {
			w.Errorf("%s by %s of %s in %s is offered, and refused: %v", cmd.Verb(), actor.Role, actor.Unit, p.Status, err)
		}
	case VerbReturn, VerbAssign: // of which a co-operating unit and a colleague's place decide besides
		if !p.Status.WithUnit() {
			w.Errorf("%s by %s of %s in %s is offered", cmd.Verb(), actor.Role, actor.Unit, p.Status)
		}
	}
}

// The lead has handed back what was overdue, and nobody leads: who co-operates still has work.
func TestWhoCooperatesWorksOnWithoutALead(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.until(w.petition().Rung(RungOverdue).Due)
	w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
	w.do(operator, &AcceptReturn{})
	for _, c := range []struct {
		actor Actor
		works bool
	}{{focalMT, true}, {focalXD, false}, {operator, false}, {Actor{}, false}} {
		if got := w.petition().Worked(c.actor); got != c.works {
			t.Errorf("%s of %s works: %t", c.actor.Role, c.actor.Unit, got)
		}
	}
	for _, cmd := range good(w.now) {
		w.offersWhatIsTaken(focalMT, cmd)
	}
	w.do(focalMT, answer())
	if p := w.petition(); p.SlipOf("MT").Opinion == "" || p.Status != Overdue {
		t.Errorf("%s, %+v", p.Status, p.SlipOf("MT"))
	}
	early := newTown(t, "2026-03-09 08:00") // and what was not overdue is with 1022 anew
	early.forwarded("XD", "MT")
	early.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
	early.do(operator, &AcceptReturn{})
	if p := early.petition(); p.Status != Received || !p.Worked(focalMT) {
		t.Errorf("%s, worked %t", p.Status, p.Worked(focalMT))
	}
	for _, cmd := range good(early.now) {
		early.offersWhatIsTaken(focalMT, cmd)
	}
}

func TestAUnitIsBarredFromWhatItHasDone(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	is := func(want bool, actor Actor, verbs ...Verb) {
		t.Helper()
		for _, v := range verbs {
			if got := w.petition().Barred(actor, v); got != want {
				t.Errorf("%s of %s is barred from %s: %t", actor.Role, actor.Unit, v, got)
			}
		}
	}
	is(false, focalXD, VerbAcknowledge, VerbETA, VerbClarify, VerbReturn, VerbResult)
	is(false, focalMT, VerbAcknowledge, VerbClarify, VerbReturn, VerbResult)
	is(true, focalMT, VerbETA) // it co-operates
	w.do(focalXD, &AskCitizen{Missing: "địa điểm"})
	is(true, focalXD, VerbAcknowledge, VerbClarify)
	is(true, headXD, VerbAcknowledge)
	is(false, focalMT, VerbAcknowledge, VerbClarify)
	is(false, operator, VerbClarify)
	w.until(w.petition().Rung(RungHead).Due)
	is(false, headXD, VerbAcknowledge) // the officer's does not speak for the head
	w.do(headXD, &Acknowledge{})
	is(true, headXD, VerbAcknowledge)
	w.do(focalXD, &AskReturn{Reason: "không thuộc thẩm quyền"})
	is(true, focalXD, VerbReturn)
	is(true, operator, VerbReturn)
	is(false, focalMT, VerbReturn)
	w.do(operator, &RefuseReturn{Reason: "đúng thẩm quyền"})
	is(false, focalXD, VerbReturn)
	w.do(operator, &Reassign{Unit: "GV"})
	is(true, focalXD, VerbProgress, VerbResult, VerbAssign, VerbReturn, VerbDispute)
	focalGV, headGV := Actor{Name: "Cán bộ GV", Role: Focal, Channel: BySlipPage, Unit: "GV"}, Actor{Name: "Thủ trưởng GV", Role: Head, Channel: BySlipPage, Unit: "GV"}
	w.do(focalGV, &Acknowledge{})
	is(true, headGV, VerbAcknowledge) // the 8 hours of the unit before are not theirs
	w.do(operator, &AskCitizen{Missing: "giờ đèn tắt"})
	is(false, focalGV, VerbClarify) // what 1022 asks is not the unit's question (Đ18.1)
	w.do(focalGV, answer())
	is(true, headGV, VerbAcknowledge, VerbETA, VerbClarify, VerbReturn, VerbAssign)
	w.do(operator, &SendWrittenFile{Reason: "dân phản ánh nhiều lần"})
	w.do(office, &AskExplanation{Days: 3, Text: "vì sao trả lời chậm"})
	is(false, focalGV, VerbExplanation)
	is(true, focalXD, VerbExplanation)
}
