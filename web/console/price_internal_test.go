package console

import "testing"

func TestACostIsWrittenAsItIsHereAndOnlyWhereAPriceIsSet(t *testing.T) {
	prices := Prices{Officer: 350, Citizen: 812.5}
	for _, test := range []struct {
		prices   Prices
		kind     string
		segments int
		want     string
	}{
		{prices, officerSender, 1, "350 đ"}, {prices, citizenSender, 3, "2.438 đ"}, {prices, officerSender, 20_000, "7.000.000 đ"},
		{prices, officerSender, 0, "0 đ"}, {Prices{Citizen: 1}, officerSender, 5, ""}, {Prices{}, citizenSender, 5, ""},
	} {
		if got := test.prices.cost(test.kind, test.segments); got != test.want {
			t.Errorf("%d from a %s sender: %q, want %q", test.segments, test.kind, got, test.want)
		}
	}
}
