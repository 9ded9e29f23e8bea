package escalation

import (
	"strings"
	"testing"
)

func TestARevokedLinkIsReplacedAndSentToWhoHoldsTheSlip(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.forwarded("XD")
	old, other := w.petition().Slips[0], w.petition().ViewToken
	mark := w.mark()
	w.do(operator, &RevokeLink{})
	w.want(mark)
	p := w.petition()
	if token := p.Slips[0].Token; token == old.Token || token == "" || p.ViewToken != other {
		t.Errorf("the slip's token was %q and is %q", old.Token, token)
	}
	w.wantEntry(string(VerbRevokeLink), "thu hồi liên kết phiếu của")
	if strings.Contains(w.lines(), p.Slips[0].Token) {
		t.Error("the new link is in the timeline")
	}
	mark = w.mark()
	w.do(shiftLead, &RevokeLink{Unit: "XD", Send: true})
	w.want(mark, "O1 focal")
	p = w.petition()
	if link := w.letter("O1").Notice.Vars["lp"]; !strings.HasSuffix(link, "/p/"+p.Slips[0].Token) {
		t.Errorf("the text links to %s, the slip's token is %s", link, p.Slips[0].Token)
	}
	w.refuse(operator, &RevokeLink{Unit: "MT"}, Invalid, "unit")
}

func TestOfAnEndedSlipTheLinkIsRevokedAndSentToNobody(t *testing.T) {
	w := newTown(t, "2026-03-09 08:00") // Monday
	w.in(Published)
	old := w.petition().Slips[0].Token
	w.refuse(operator, &RevokeLink{Send: true}, WrongTime, "")
	w.do(operator, &RevokeLink{})
	if w.petition().Slips[0].Token == old {
		t.Error("the old link still leads somewhere")
	}
}
