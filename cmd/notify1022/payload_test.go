package main

import (
	"strings"
	"testing"

	"notify1022/escalation"
	"notify1022/store"
	"notify1022/store/storetest"
)

func TestALongTextThatGoesAsAPayloadIsDeliveredOnce(t *testing.T) {
	t.Parallel()
	o := startOperators(t, storetest.SQLite(t), ", long: payload")
	o.comes()
	_, err := o.Store.InsertMessages(t.Context(), []escalation.Notice{{Template: "QT", Class: escalation.ClassAlarm, Lane: escalation.LaneSlip, Attempt: 1,
		To: escalation.Recipient{Phone: "+84" + focalNumber[1:]}, Vars: map[string]string{"noi_dung": strings.Repeat("thu ", 60), "lp": "1022.haiphong.gov.vn"}}})
	if err != nil {
		t.Fatal(err)
	}
	o.arrives(o.main, focalNumber, 1)
	var text store.MessageView
	eventually(t, "was the receipt stored", func() bool {
		page, err := o.Store.Messages(t.Context(), store.MessageFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Items {
			if m.Phone == "+84"+focalNumber[1:] {
				text = m
			}
		}
		return text.State == escalation.Delivered
	})
	if got := o.main.Handset(focalNumber).Inbox(); text.Segments < 2 || text.Attempts != 1 || text.PossibleDuplicate || len(got) != 1 {
		t.Errorf("%d texts on the handset, the text is %+v", len(got), text)
	}
}
