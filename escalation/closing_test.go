package escalation

import (
	"strings"
	"testing"
)

// What an act closes: the tasks that it has done, nobody else's.

// openWith counts the open tasks whose words have a part.
func (w *town) openWith(part string) int {
	n := 0
	for _, t := range w.tasks {
		if t.DoneAt.IsZero() && strings.Contains(t.Text, part) {
			n++
		}
	}
	return n
}

func TestAPromiseLeavesTheDecisionOnAReturnToBeMade(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	w.do(focalXD, &AskReturn{Reason: "đường do phường quản lý"})
	w.to("2026-03-09 09:00") // nobody has decided for an hour
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-09 16:00")})
	if w.openWith(asksDecision) != 1 || w.openWith(rungText(RungReturnDecision)) != 1 {
		t.Error("the return waits, and nobody is asked to decide it")
	}
	w.do(operator, &RefuseReturn{Reason: "đúng thẩm quyền"})
	if w.openTasks(TaskConfirm) != 0 {
		t.Error("the decision is made, and still asked for")
	}
}

func TestAPromiseClosesTheTasksOfPromises(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday; the limit is Tuesday 17/03 08:00
	w.forwarded("XD")
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-17 15:00")})
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-18 15:00")})
	if w.openWith("sau hạn Quy chế") != 1 || w.openWith(agreeText(instantAt("2026-03-18 15:00"))) != 1 {
		t.Fatal("nobody is asked to agree to the last promise, or to the one before as well")
	}
	w.do(operator, &PromiseTime{At: instantAt("2026-03-10 15:00")}) // Tuesday
	if w.openWith("sau hạn Quy chế") != 0 {
		t.Error("what was agreed is still asked for")
	}
	w.to("2026-03-10 15:00")
	if w.openWith(rungText(RungETA)) != 1 {
		t.Fatal("a missed promise is no call")
	}
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-11 15:00")})
	if w.openWith(rungText(RungETA)) != 0 {
		t.Error("there is a new promise, and the old one is still asked after")
	}
}

func TestRefusingAReturnLeavesAPromiseToBeAgreedTo(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday; the limit is Tuesday 17/03 08:00
	w.forwarded("XD", "MT")
	w.do(focalXD, &PromiseTime{At: instantAt("2026-03-17 15:00")})
	w.do(focalMT, &AskReturn{Reason: "không liên quan"})
	w.do(operator, &AcceptReturn{})
	if w.openWith("sau hạn Quy chế") != 1 || w.openWith(asksDecision) != 0 {
		t.Error("a co-operating unit's return closes the lead's promise, or is still to be decided")
	}
}

func TestAnAcknowledgementClosesTheCallAboutItsOwnSlip(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.to("2026-03-09 10:00")
	call := rungText(RungUnacknowledged)
	if w.openWith(call) != 2 {
		t.Fatalf("%d calls about two slips", w.openWith(call))
	}
	w.do(focalMT, &Acknowledge{})
	if w.openWith(call) != 1 || w.openWith("(Sở Xây dựng)") != 1 {
		t.Error("the co-operating unit's acknowledgement closes the lead's call")
	}
	w.do(focalXD, &Acknowledge{})
	if w.openWith(call) != 0 {
		t.Error("the call is open still")
	}
}

// A task of a release before has no slip in its key: the last acknowledgement closes it.
func TestACallWithoutASlipIsClosedWhenNobodyIsWaitedFor(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	p := w.petition()
	text := rungText(RungUnacknowledged) + " " + p.Code
	w.post(nil, []Task{{Key: taskKey(p.ID, TaskCall, text), Kind: TaskCall, PetitionID: p.ID, Petition: p.Code, Text: text, For: Operator, OpenedAt: w.now}})
	w.do(focalMT, &Acknowledge{})
	if w.openWith(text) != 1 {
		t.Error("the lead has not acknowledged")
	}
	w.do(focalXD, &Acknowledge{})
	if w.openWith(text) != 0 {
		t.Error("the call is open still")
	}
}

func TestAnAcknowledgementDoesNotAnswerForAnEmergencysCall(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.accept(lamp())
	w.do(operator, &TransferEmergency{To: "114", At: w.now, Unit: "XD"})
	w.to("2026-03-09 09:00")
	w.do(focalXD, &Acknowledge{})
	if w.openWith(rungText(RungEmergency)) != 1 {
		t.Error("nobody is asked how the call has ended (Đ9.1)")
	}
}

func TestForwardingAnEmergencyIsWhatItsTaskAsksFor(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.accept(lamp())
	w.do(operator, &TransferEmergency{To: "114", At: w.now})
	if w.openWith("Chuyển phiếu khẩn ") != 1 {
		t.Fatal("nobody is asked to forward it")
	}
	w.do(operator, &Forward{Unit: "XD"})
	if w.openWith("Chuyển phiếu khẩn ") != 0 {
		t.Error("it is forwarded, and still asked for")
	}
}

func TestAReassignmentLeavesWhatIsOfACooperatingUnit(t *testing.T) {
	for name, tt := range map[string]struct {
		does Command // the co-operating unit
		asks string
	}{
		"nobody has acknowledged": {nil, rungText(RungUnacknowledged)},
		"its return waits":        {&AskReturn{Reason: "không liên quan"}, asksDecision},
	} {
		w := newTown(t, "2026-03-09 08:00") // Monday
		w.forwarded("XD", "MT")
		w.to("2026-03-09 10:00")
		if tt.does != nil {
			w.do(focalMT, tt.does)
		}
		w.do(operator, &Reassign{Unit: "GV"})
		if n := w.openWith(tt.asks); n != 1 {
			t.Errorf("%s: %d tasks", name, n)
		}
	}
}

// A return waits behind another; when the petition ends, neither is to be decided.
func TestNoReturnIsToBeDecidedOfAPetitionThatHasEnded(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD", "MT")
	w.do(focalXD, &AskReturn{Reason: "đường do phường quản lý"})
	w.do(focalMT, &AskReturn{Reason: "không liên quan"})
	w.do(operator, &Withdraw{})
	if n := w.openWith(asksDecision); n != 0 {
		t.Errorf("%d decisions are asked for", n)
	}
}
