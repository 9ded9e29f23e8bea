package templates

import "slices"

// Key names one text of the catalogue. It is what the API, the command line and
// the ladder's rungs call a template.
type Key string

// Audience says whom a text addresses; it decides the sender (brandname or
// numeric) and the quiet hours.
type Audience string

// The audiences.
const (
	Citizen Audience = "citizen" // người dân, tổ chức: from the brandname
	Officer Audience = "officer" // cán bộ đầu mối: from a number that can be answered
	Head    Audience = "head"    // Thủ trưởng đơn vị
	Office  Audience = "office"  // Văn phòng UBND thành phố, leaders
	Answer  Audience = "answer"  // answers to a person's own act: sent at once
	Admin   Audience = "admin"   // shift leads, operators, administrators
)

// Texts to citizens.
const (
	C1  Key = "C1"  // recorded, not forwarded at once
	C2  Key = "C2"  // not accepted, with reason and guidance (Đ8.2)
	C3  Key = "C3"  // more information needed (Đ8.3, Đ18.1)
	C4  Key = "C4"  // forwarded
	C4x Key = "C4x" // forwarded after its limit: no day is named
	C5  Key = "C5"  // promised time (Đ9.3)
	C5b Key = "C5b" // promised anew
	C6  Key = "C6"  // escalated to the head (Đ9.4)
	C6b Key = "C6b" // overdue (Đ9.4)
	C7  Key = "C7"  // result published (Đ11.1)
	C8  Key = "C8"  // satisfaction, once (Đ11.2)
	C8n Key = "C8n" // the same from a number that can be answered
	C9  Key = "C9"  // with the City Office (Đ9.5)
	C10 Key = "C10" // withdrawn
	C11 Key = "C11" // merged
	C12 Key = "C12" // no supplement came
)

// Texts to officers.
const (
	O1  Key = "O1"  // forwarding slip (Đ9.3)
	O1K Key = "O1K" // urgent slip
	O1M Key = "O1M" // confidential slip
	O1P Key = "O1P" // co-operating slip
	O1N Key = "O1N" // slip not acknowledged
	O2  Key = "O2"  // reminder
	O3  Key = "O3"  // promised time passed
	O4  Key = "O4"  // result sent back
	O5  Key = "O5"  // taken away
	O6  Key = "O6"  // citizen supplemented
	O7  Key = "O7"  // escalated, to the focal officer
	O8  Key = "O8"  // a citizen's kind words, to the officer and the head (Đ11.2)
	B1  Key = "B1"  // several reminders in one
	B2  Key = "B2"  // morning list
)

// Texts to heads of unit.
const (
	H1  Key = "H1"  // 8 h passed (Đ9.4)
	H1E Key = "H1E" // 8 h passed, a time was promised
	H2  Key = "H2"  // reminder
	H3  Key = "H3"  // overdue
	N1  Key = "N1"  // urged by the City Office (Đ14.1)
	N2  Key = "N2"  // directive of the city's leaders (Đ9.4–9.6)
	N3  Key = "N3"  // an explanation is asked for (Đ9.6)
	N3n Key = "N3n" // reminder of it
)

// Texts to the City Office and to leaders.
const (
	V0 Key = "V0" // urgent or already directed, forwarded (Đ5.4, Đ9.2)
	V1 Key = "V1" // overdue (Đ9.4)
	V2 Key = "V2" // daily overdue digest
	V3 Key = "V3" // the Office takes the lead (Đ9.5)
	V4 Key = "V4" // written reminders proposed (Đ9.6)
	V5 Key = "V5" // change of people (Đ17.9)
	V6 Key = "V6" // a directive or an urging ran out
	V7 Key = "V7" // units without anybody who can be reached (Đ17.2)
	V8 Key = "V8" // units that were merged and have open slips
	VG Key = "VG" // an explanation did not come in time (Đ9.6)
	VQ Key = "VQ" // list of what is overdue, by email alone (Đ9.4)
	VT Key = "VT" // digest of forwarded slips, by email alone (Đ5.4, Đ9.2)
	R1 Key = "R1" // periodic report to a unit's leader (Đ13.6)
)

// Answers to a reply or to another act of the person.
const (
	A1   Key = "A1"   // NHAN
	A2   Key = "A2"   // HEN
	A2x  Key = "A2x"  // HEN beyond the limit
	A3   Key = "A3"   // XONG with text
	A3x  Key = "A3x"  // XONG without text
	A4   Key = "A4"   // SAI, CHUYEN
	A4x  Key = "A4x"  // return refused
	A5   Key = "A5"   // HOI
	A5x  Key = "A5x"  // second HOI (Đ18.1)
	A6   Key = "A6"   // note, free text
	A7   Key = "A7"   // the same again
	A8   Key = "A8"   // code of a closed petition
	A9   Key = "A9"   // code of a petition that went elsewhere
	A10  Key = "A10"  // code of a petition that was merged into another
	DS   Key = "DS"   // list
	TT   Key = "TT"   // status
	NGHI Key = "NGHI" // leave noted
	GIUP Key = "GIUP" // help
	DG   Key = "DG"   // rating received
	DGx  Key = "DGx"  // low rating received: reopening is offered (Đ9.5)
	E1   Key = "E1"   // not understood
	E2   Key = "E2"   // unknown or wrong code
	E3   Key = "E3"   // two hits, or an ambiguous word
	E4   Key = "E4"   // unknown number
	E5   Key = "E5"   // unclear time
	E6   Key = "E6"   // former officer
	E7   Key = "E7"   // a rating that is none
	E8   Key = "E8"   // a rating that is not taken any more
	E9   Key = "E9"   // refused: a person looks at it
	OTP  Key = "OTP"  // one-time code
	XM   Key = "XM"   // number to be verified
	XN   Key = "XN"   // number verified
	XV   Key = "XV"   // the head is asked about an absence
	NQ   Key = "NQ"   // the head's word on an absence
	BG   Key = "BG"   // open slips handed over to a successor
	GA   Key = "GA"   // a recording may be heard (Đ10.1)
	GAx  Key = "GAx"  // it may not
)

// Texts to the people who run the hotline.
const (
	T1 Key = "T1" // to the shift lead or an operator
	QT Key = "QT" // to the administrator
	KT Key = "KT" // the end-to-end probe, to a number of our own
)

// Reasons that the regulation gives for V3: the values of {ly_do} (Đ9.5).
const (
	ReasonDisagree   = "các đơn vị chưa thống nhất"
	ReasonDisputed   = "công dân không nhất trí"
	ReasonCompetence = "thuộc thẩm quyền UBND TP"
)

// Reasons for V0: the values of {ly_do} (Đ9.1, Đ5.4).
const (
	ReasonUrgent   = "khẩn cấp"
	ReasonDirected = "đã có chỉ đạo"
)

// ByHand reports a text that somebody may send to whom they choose: what tells a citizen or
// the hotline's own people something. The others say that something has happened or is owed,
// and go when it has: a code, an answer, a slip, a reminder, an order, a report to the Office,
// an alarm.
func (t Template) ByHand() bool {
	coded := slices.ContainsFunc(Allowed(t.Key), func(v Variable) bool { return v.Name == "mtl" || v.Name == "otp" })
	return !coded && (t.Audience == Citizen || t.Audience == Admin && t.Key != QT)
}

// MailOnly reports a text that goes by email alone: it has a table, and no telecom need
// know it.
func (k Key) MailOnly() bool { return k == VT || k == VQ }
