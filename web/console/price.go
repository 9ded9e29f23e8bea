package console

import (
	"math"
	"strconv"
)

// The kinds of senders: a number that can be answered, and a brandname. What somebody
// sends to many comes from the first.
const (
	officerSender = "officer"
	citizenSender = "citizen"
)

// Prices are what a segment costs by the kind of sender, in đồng; 0: nobody said.
type Prices struct {
	Officer, Citizen float64
}

// cost is the price of so many segments, as pages show it; empty: nobody said.
func (p Prices) cost(kind string, segments int) string {
	price := p.Officer
	if kind == citizenSender {
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
