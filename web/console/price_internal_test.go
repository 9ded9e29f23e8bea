package console

import (
	"testing"

	"notify1022/escalation"
)

func TestACostIsWrittenAsItIsHereAndOnlyWhereAPriceIsSet(t *testing.T) {
	prices := Prices{Officer: 350, Citizen: 812.5}
	for _, test := range []struct {
		prices   Prices
		kind     escalation.Sender
		segments int
		want     string
	}{
		{prices, escalation.OfficerSender, 1, "350 đ"}, {prices, escalation.CitizenSender, 3, "2.438 đ"}, {prices, escalation.OfficerSender, 20_000, "7.000.000 đ"},
		{prices, escalation.OfficerSender, 0, "0 đ"}, {Prices{Citizen: 1}, escalation.OfficerSender, 5, ""}, {Prices{}, escalation.CitizenSender, 5, ""},
	} {
		if got := test.prices.cost(test.kind, test.segments); got != test.want {
			t.Errorf("%d from a %s sender: %q, want %q", test.segments, test.kind, got, test.want)
		}
	}
}
