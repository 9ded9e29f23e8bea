package escalation

import "slices"

// Verb names a command; the API's path and the desk's log use the same word.
type Verb string

// The verbs of DESIGN §4, two of the hotline's own house-keeping (touch,
// written-file) and two of the files of Đ9.6.
const (
	VerbForward      Verb = "forward"
	VerbAcknowledge  Verb = "acknowledge"
	VerbETA          Verb = "eta"
	VerbProgress     Verb = "progress"
	VerbResult       Verb = "result"
	VerbSendBack     Verb = "send-back"
	VerbReturn       Verb = "return"
	VerbAcceptReturn Verb = "accept-return"
	VerbRefuseReturn Verb = "refuse-return"
	VerbClarify      Verb = "clarify"
	VerbSupplement   Verb = "supplement"
	VerbReject       Verb = "reject"
	VerbAnswer       Verb = "answer"
	VerbEmergency    Verb = "emergency"
	VerbReassign     Verb = "reassign"
	VerbAssign       Verb = "assign-internal"
	VerbDispute      Verb = "dispute"
	VerbUrge         Verb = "urge"
	VerbDirect       Verb = "direct"
	VerbSubmit       Verb = "submit-to-leader"
	VerbUrgent       Verb = "urgent"
	VerbHold         Verb = "hold"
	VerbResume       Verb = "resume"
	VerbPublish      Verb = "publish"
	VerbMerge        Verb = "merge"
	VerbWithdraw     Verb = "withdraw"
	VerbReopen       Verb = "reopen"
	VerbRating       Verb = "rating"
	VerbTouch        Verb = "touch"        // somebody of the hotline has opened the intake
	VerbWrittenFile  Verb = "written-file" // Đ9.6: the file goes to the Office
	// The Office asks the unit for an explanation, the unit gives it (Đ9.6).
	VerbAskExplanation Verb = "ask-explanation"
	VerbExplanation    Verb = "explanation"
	VerbAccept         Verb = "accept"   // the recording itself; not a command
	VerbCommend        Verb = "commend"  // somebody is proposed for reward (Đ17.7, Đ20)
	VerbAskCall        Verb = "ask-call" // a unit asks to be called; from the slip page alone
	VerbRevokeLink     Verb = "revoke-link"
	VerbSayAnswered    Verb = "say-answered" // the citizen says that the unit has answered
	VerbNote           Verb = "note"         // the citizen's word after the answer
)

// Label is the verb as people read it; of a word that is no verb, the word.
func (v Verb) Label() string {
	if label, ok := verbLabels[v]; ok {
		return label
	}
	return string(v)
}

var verbLabels = map[Verb]string{
	VerbForward: "chuyển đơn vị", VerbAcknowledge: "nhận phiếu", VerbETA: "hẹn thời gian", VerbProgress: "ghi tiến độ", VerbResult: "nhập kết quả",
	VerbSendBack: "trả lại kết quả", VerbReturn: "đề nghị trả phiếu", VerbAcceptReturn: "đồng ý trả phiếu", VerbRefuseReturn: "không đồng ý trả phiếu",
	VerbClarify: "hỏi thêm người dân", VerbSupplement: "bổ sung thông tin", VerbReject: "không tiếp nhận", VerbAnswer: "trả lời trực tiếp",
	VerbEmergency: "chuyển cuộc gọi khẩn", VerbReassign: "đổi đơn vị chủ trì", VerbAssign: "giao người xử lý", VerbDispute: "không thống nhất",
	VerbUrge: "đôn đốc", VerbDirect: "chỉ đạo của lãnh đạo thành phố", VerbSubmit: "trình lãnh đạo thành phố", VerbUrgent: "đánh dấu khẩn",
	VerbHold: "tạm dừng tính giờ", VerbResume: "tính giờ trở lại", VerbPublish: "công khai kết quả", VerbMerge: "gộp vào phản ánh khác",
	VerbWithdraw: "rút phản ánh", VerbReopen: "mở lại", VerbRating: "đánh giá", VerbTouch: "mở xem", VerbWrittenFile: "gửi hồ sơ văn bản",
	VerbAskExplanation: "yêu cầu giải trình", VerbExplanation: "gửi giải trình", VerbAccept: "tiếp nhận", VerbCommend: "đề xuất khen thưởng",
	VerbAskCall: "đề nghị gọi lại", VerbRevokeLink: "thu hồi liên kết phiếu", VerbSayAnswered: "báo đã được trả lời", VerbNote: "gửi lời nhắn",
}

// NewCommand returns an empty command for the verb, ready for its JSON body, and
// false for a word that is no verb.
func NewCommand(v Verb) (Command, bool) {
	for _, cmd := range commands() {
		if cmd.Verb() == v {
			return cmd, true
		}
	}
	return nil, false
}

// Verbs lists the verbs in the order of DESIGN §4.
func Verbs() []Verb {
	var verbs []Verb
	for _, cmd := range commands() {
		verbs = append(verbs, cmd.Verb())
	}
	return verbs
}

func commands() []Command {
	return []Command{
		&Forward{}, &Acknowledge{}, &PromiseTime{}, &Progress{}, &GiveResult{}, &SendBack{}, &AskReturn{}, &AcceptReturn{},
		&RefuseReturn{}, &AskCitizen{}, &Supplement{}, &Reject{}, &AnswerDirectly{}, &TransferEmergency{}, &Reassign{},
		&AssignInternal{}, &OpenDispute{}, &Urge{}, &Direct{}, &SubmitToLeader{}, &MarkUrgent{}, &HoldClock{}, &ResumeClock{},
		&Publish{}, &Merge{}, &Withdraw{}, &Reopen{}, &Rate{}, &Touch{}, &SendWrittenFile{}, &AskExplanation{}, &GiveExplanation{}, &Commend{},
		&RevokeLink{}, &LeaveNote{}, &SayAnswered{},
	}
}

// may lists the roles that may use a verb; staff stands for operator, shift lead
// and administrator, unit for the people of a unit that has a slip.
func (v Verb) may() (staff, unit, office, citizen bool) {
	switch v {
	case VerbAcknowledge, VerbETA, VerbResult, VerbProgress:
		return true, true, true, false
	case VerbAskCall:
		return false, true, false, false
	case VerbReturn, VerbAssign, VerbExplanation:
		return true, true, false, false
	case VerbClarify:
		return true, true, true, false
	case VerbDispute:
		return true, true, true, true
	case VerbSupplement, VerbWithdraw, VerbRating, VerbNote, VerbSayAnswered:
		return true, false, false, true
	case VerbReopen:
		return true, false, true, true
	case VerbUrge, VerbDirect, VerbSubmit, VerbReassign, VerbForward, VerbWrittenFile, VerbAskExplanation, VerbCommend:
		return true, false, true, false
	case VerbHold, VerbResume:
		return false, false, true, false
	}
	return true, false, false, false
}

// permitted refuses a verb to a role that may not use it.
func (c *change) permitted(v Verb) error { return Permitted(c.p, c.actor, v) }

// Permitted refuses a verb to who may not use it on the petition; every door asks it,
// before it offers an act and when it carries one out. A denunciation is dealt with
// by those who may read it; a unit that has its slip, and the citizen, act for
// themselves.
func Permitted(p *Petition, actor Actor, v Verb) error {
	staff, unit, office, citizen := v.may()
	ok := false
	switch actor.Role {
	case System:
		ok = true
	case Operator, ShiftLead, Administrator:
		ok = staff
	case Office, CityLeader:
		ok = office
	case CitizenRole:
		ok = citizen
	case Focal, Deputy, Head, Officer, Duty:
		ok = unit
	}
	if !ok {
		return forbidden("vai trò này không được thực hiện thao tác “%s”", v.Label())
	}
	if (actor.staff() || actor.forOffice()) && p.Closed(actor.Role) {
		return forbidden("tin tố giác chỉ trưởng ca được xử lý")
	}
	return nil
}

// Worked reports that there is work on the petition: for who is of a unit by their own slip, which
// may be a co-operating one; for everybody else by the slip of the unit that leads.
func (p *Petition) Worked(actor Actor) bool {
	s := p.slipOf(actor)
	return s != nil && s.Open() && !p.Status.Ended()
}

// slipOf is the slip that the actor's acts are about: of their unit, or of the lead.
func (p *Petition) slipOf(actor Actor) *Slip {
	if actor.forUnit() {
		return p.SlipOf(actor.Unit)
	}
	return p.Lead()
}

// Barred reports an act that the actor's role has, and that is not to be offered: it would be
// refused for what the unit has done or for its part in the petition, or is done already. A unit
// whose slip is over, or that never had one, is barred from all but an explanation that it owes.
func (p *Petition) Barred(actor Actor, v Verb) bool {
	s := p.slipOf(actor)
	switch {
	case v == VerbExplanation:
		w := p.Explaining()
		return actor.forUnit() && w != nil && w.Explanation().Unit != actor.Unit
	case s == nil || !s.Open():
		return actor.forUnit()
	}
	return p.barredOn(s, actor, v)
}

// barredOn is Barred by an open slip: once there is a result nothing of this is left to do; a
// unit promises the citizen a time where it leads (Đ9.3), asks once (Đ18.1; the hotline again),
// and gives back once until 1022 has decided.
func (p *Petition) barredOn(s *Slip, actor Actor, v Verb) bool {
	switch v {
	case VerbAcknowledge, VerbETA, VerbClarify, VerbReturn, VerbAssign:
		if !p.Status.WithUnit() {
			return true
		}
	}
	switch v {
	case VerbResult:
		return !p.Status.takesResult()
	case VerbDispute:
		return !p.Status.disputable()
	case VerbAcknowledge:
		if actor.Role == Head && p.fired(s, RungHead) {
			return !s.HeadAcknowledgedAt.IsZero()
		}
		return !s.AcknowledgedAt.IsZero()
	case VerbETA:
		return !s.Lead
	case VerbClarify:
		return p.asked(s.Unit) && !actor.staff()
	case VerbReturn:
		_, waits := p.returnOf(s.No)
		return waits
	}
	return false
}

// fired reports whether the rung of the slip has fired, as the head's when the 8 hours have brought
// the slip to them (Đ9.4).
func (p *Petition) fired(s *Slip, name RungName) bool {
	return slices.ContainsFunc(p.Rungs, func(r Rung) bool { return r.Name == name && r.Slip == s.No && r.State == Fired })
}
