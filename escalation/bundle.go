package escalation

import (
	"fmt"
	"strings"
	"time"
)

// Reminders to one number that fall together go as one text, B1. A slip, an
// escalation and a report each go by themselves: their reader is to act on each.

// bundleMost is how many petitions a text of one segment names with their deadlines.
const bundleMost = 3

// Bundled lists the templates of reminders that may share a text.
func Bundled() []string { return []string{"O2", "H2"} }

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
			n := min(len(rest), bundleMost)
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
	for _, t := range Bundled() {
		if m.Template == t {
			return true
		}
	}
	return false
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
	return Notice{
		Template: "B1", Class: ClassReminder, Lane: first.Lane, To: first.To, Attempt: 1, Seq: int(first.ID), At: meant, Expires: expires,
		Vars: map[string]string{"so": fmt.Sprint(len(members)), "danh_sach": strings.Join(items, ", "), "lp": host},
	}
}

// deadline is what the reminder reminds of.
func (m Outgoing) deadline() string {
	if m.Template == "H2" {
		return m.Vars["han_48"]
	}
	return m.Vars["han"]
}
