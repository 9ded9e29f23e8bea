package console

import (
	"math"
	"strconv"

	"notify1022/escalation"
)

// Prices are what a segment costs by the kind of sender, in đồng; 0: nobody said.
type Prices struct {
	Officer, Citizen float64
}

// cost is the price of so many segments, as pages show it; empty: nobody said.
func (p Prices) cost(of escalation.Sender, segments int) string {
	price := p.Officer
	if of == escalation.CitizenSender {
		price = p.Citizen
	}
	if price == 0 {
		return ""
	}
	return dong(int64(math.Round(price * float64(segments))))
}

// dong writes an amount as it is written here: 1.234.500 đ.
func dong(amount int64) string {
	digits := strconv.FormatInt(amount, 10)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "." + digits[at:]
	}
	return digits + " đ"
}
