package rehearsal

import (
	"time"

	"notify1022/escalation"
)

// habit is one thing that the town does about a sample petition by itself, so
// long after it arrived, in working time. What is not here is left to the person
// at the page.
type habit struct {
	after time.Duration
	// says is a text of the unit's person; {mtl} is the code they were given.
	says string
	who  escalation.Role // whose text; empty: the lead's focal officer
	// does is an act at the console or on a page; nil: says is meant.
	does escalation.Command
	as   escalation.Actor
}

// arrival is when a sample petition comes in: every few minutes of the first
// morning, but those whose hour is their story.
func arrival(number int) time.Time {
	switch number {
	case 11:
		return at("16/11 23:10") // Monday night
	case 23:
		return at("20/11 16:50") // Friday
	}
	return at("16/11 07:35").Add(time.Duration(number-1) * 7 * time.Minute)
}

// habits is what the town does, by sample number. Petitions 5, 9, 12, 18, 20, 24,
// 29 and 30 wait for somebody at the page; 9 and 18 escalate if nobody comes.
func habits() map[int][]habit {
	says := func(after time.Duration, text string) habit { return habit{after: after, says: text} }
	does := func(after time.Duration, as escalation.Actor, cmd escalation.Command) habit {
		return habit{after: after, as: as, does: cmd}
	}
	publish := func(after time.Duration) habit { return does(after, operator, &escalation.Publish{}) }
	const m, h = time.Minute, time.Hour
	return map[int][]habit{
		1: {says(8*m, "NHAN {mtl}"), says(2*h, "XONG {mtl} da thay 3 bong den, den sang tro lai"), publish(2*h + 15*m),
			does(3*h, citizen, &escalation.Rate{Score: 5})},
		2: {says(12*m, "HEN {mtl} 16h can do dac mat duong"), says(6*h, "XONG {mtl} da va o ga bang be tong nhua nguoi"), publish(6*h + 20*m)},
		3: {says(4*m, "NHAN {mtl}"), says(3*h, "XONG {mtl} da thay nap ho ga moi"), publish(3*h + 10*m)},
		4: {says(5*m, "ok {mtl} dang di kiem tra"), says(5*h, "XONG {mtl} da chong do va cat tia cay")},
		5: {says(15*m, "HEN {mtl} 14h")},
		6: {does(5*m, operator, &escalation.AnswerDirectly{Text: "Đơn vị cấp nước đang sửa đường ống, có nước lại trước 10h."})},
		7: {says(10*m, "da nhan {mtl}"), says(4*h, "xong {mtl}")},
		8: {says(20*m, "SAI {mtl} day nay cua dien luc"), does(50*m, operator, &escalation.AcceptReturn{Unit: "PCHP"})},
		10: {says(9*m, "NHAN {mtl}"), says(5*h, "XONG {mtl} da xu phat 4 xe roi vai"), publish(5*h + 30*m),
			does(6*h+30*m, citizen, &escalation.Rate{Score: 1, Comment: "Xe vẫn chạy, bụi vẫn mù đường."})},
		11: {says(30*m, "NHAN {mtl}")},
		13: {says(14*m, "NHAN {mtl}"), says(3*h, "XONG {mtl} da nhac nho cac ho kinh doanh"), publish(3*h + 30*m)},
		14: {says(25*m, "NHAN {mtl}")},
		15: {says(18*m, "SAI {mtl} viec cua cong ty van tai bien")},
		16: {says(11*m, "NHAN {mtl}")},
		17: {says(16*m, "HOI {mtl} ngay kham va khoa kham"), does(90*m, citizen, &escalation.Supplement{Text: "Khám ngày 2/11, khoa Nội."})},
		19: {says(13*m, "NHAN {mtl}")},
		21: {does(6*m, operator, &escalation.AnswerDirectly{Text: "Công dân đến cơ quan bảo hiểm xã hội nơi cư trú để điều chỉnh."})},
		22: {says(6*m, "NHAN {mtl}")},
		23: {says(5*m, "NHAN {mtl}")},
		25: {says(17*m, "NHAN {mtl}"), says(7*h, "XONG {mtl} da dua vao ke hoach trong cay quy I nam 2027")},
		26: {says(19*m, "NHAN {mtl}")},
		27: {does(8*m, operator, &escalation.Reject{Reason: "đơn khiếu nại", Guidance: "Ban Tiếp công dân thành phố"})},
		28: {does(3*m, leadOperator, &escalation.TransferEmergency{To: "113", Outcome: "đã tiếp nhận tin"})},
	}
}

// forwardsAfter is how long the town's operator takes to forward a petition
// whose unit is known.
const forwardsAfter = 2 * time.Minute
