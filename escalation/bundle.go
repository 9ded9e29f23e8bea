package escalation

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Reminders to one number that fall together go as one text, B1. A slip, an
// escalation and a report each go by themselves: their reader is to act on each. Alarms
// about new petitions that nobody has opened go as one T1 that names the oldest: a heap of
// petitions is one thing to see to, and no heap of texts.

// bundleMost is how many petitions a text of one segment names with their deadlines.
const bundleMost = 3

// RungBundle marks the row of a bundle of alarms, which has the template of its members.
const RungBundle RungName = "bundle"

// Bundled reports whether texts of the template, from the rung, may share one.
func Bundled(template string, rung RungName) bool {
	return template == "O2" || template == "H2" || alarm(template, rung)
}

// alarm reports a text about a new petition that nobody has opened.
func alarm(template string, rung RungName) bool { return template == "T1" && rung == RungIntake }

// BundleRow reports whether a row may stand for others. (A digest is a B1 without any.)
func BundleRow(template string, rung RungName) bool { return template == "B1" || rung == RungBundle }

// Bundles groups reminders that may go as one text: of one kind to one person, in the
// order given, no more in each than it has room for. One alone is no bundle and is
// left out, as is whatever else is among them.
func Bundles(list []Outgoing) [][]Outgoing {
	var order []string
	groups := map[string][]Outgoing{}
	for _, m := range list {
		if !m.bundleable() {
			continue
		}
		key := fmt.Sprintf("%s/%s/%s/%d", m.Lane, m.Template, m.Phone, m.To.Contact)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], m)
	}
	var bundles [][]Outgoing
	for _, key := range order {
		for rest := groups[key]; len(rest) > 1; {
			n := min(len(rest), rest[0].bundleMost())
			if len(rest)-n == 1 {
				n-- // two and two rather than three and one
			}
			bundles, rest = append(bundles, rest[:n]), rest[n:]
		}
	}
	return bundles
}

func (m Outgoing) bundleable() bool {
	if m.Phone == "" || m.Text != "" || m.Attempts > 0 {
		return false // mailed, or on its way already with words of its own
	}
	return Bundled(m.Template, m.Rung)
}

// bundleMost is how many texts of the kind one has room for: of alarms it names one alone.
func (m Outgoing) bundleMost() int {
	if alarm(m.Template, m.Rung) {
		return math.MaxInt
	}
	return bundleMost
}

// Bundle is the notice that stands for its members: it names each petition with its
// deadline. Its identity is its own, tied to its first member; its use is over when that of
// the last of them is.
func Bundle(members []Outgoing, now time.Time) Notice {
	first := members[0]
	var items []string
	expires, meant := first.Expires, first.Meant
	for _, m := range members {
		items = append(items, strings.TrimSpace(m.Vars["ma"]+" "+m.deadline()))
		if m.Expires.IsZero() || !expires.IsZero() && m.Expires.After(expires) {
			expires = m.Expires
		}
		if m.Meant.Before(meant) {
			meant = m.Meant
		}
	}
	if meant.IsZero() {
		meant = now
	}
	host, _, _ := strings.Cut(first.Vars["lp"], "/")
	if alarm(first.Template, first.Rung) {
		return Notice{
			Template: first.Template, Class: first.Class, Lane: first.Lane, Rung: RungBundle, To: first.To, Attempt: 1, Seq: int(first.ID), At: meant, Expires: expires,
			Vars: alarmVars(members, host),
		}
	}
	return Notice{
		Template: "B1", Class: ClassReminder, Lane: first.Lane, To: first.To, Attempt: 1, Seq: int(first.ID), At: meant, Expires: expires,
		Vars: map[string]string{"so": fmt.Sprint(len(members)), "danh_sach": strings.Join(items, ", "), "lp": host},
	}
}

// alarmVars name the oldest of the petitions and count the others.
func alarmVars(members []Outgoing, host string) map[string]string {
	oldest := slices.MinFunc(members, func(a, b Outgoing) int { return int(a.Petition - b.Petition) })
	if len(members) == 1 {
		return map[string]string{"ma": oldest.Vars["ma"], "noi_dung": oldest.Vars["noi_dung"], "lp": oldest.Vars["lp"]}
	}
	return map[string]string{"ma": oldest.Vars["ma"], "noi_dung": fmt.Sprintf("và %d phiếu mới khác: %s", len(members)-1, rungText(RungIntake)), "lp": host + "/console/tasks"}
}

// deadline is what the reminder reminds of.
func (m Outgoing) deadline() string {
	if m.Template == "H2" {
		return m.Vars["han_48"]
	}
	return m.Vars["han"]
}
