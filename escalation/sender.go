package escalation

// Sender is a kind of address that texts come from.
type Sender string

// The kinds of senders.
const (
	OfficerSender Sender = "officer" // a number that can be answered
	CitizenSender Sender = "citizen" // the registered brandname
)

// Sender is the kind of sender that the text comes from, at whose price it is counted:
// citizens see the brandname, officers a number they can answer; so does a citizen whose
// text asks for an answer. It hangs on what a row keeps for good, also when its citizen is
// erased: reports ask the same of old rows, in SQL (store, byBrandname).
func (m *Outgoing) Sender() Sender {
	citizen := m.To.Citizen != 0 || m.To.Role == CitizenRole || m.Lane == LaneCitizen
	if citizen && m.Template != "C8n" {
		return CitizenSender
	}
	return OfficerSender
}
