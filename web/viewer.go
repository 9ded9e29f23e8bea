package web

import (
	"net/http"
	"slices"

	"notify1022/escalation"
)

// Viewer shows petitions as the API does, to those who sign in another way.
type Viewer struct{ a *api }

// NewViewer returns a viewer; it needs Redact, PublicURL, Numbering and Offices of Config.
func NewViewer(config Config) Viewer { return Viewer{&api{Config: config}} }

// View is the petition with timeline and messages, without what the viewer may not see.
func (v Viewer) View(who Key, r Record) PetitionView {
	c := caller{who}
	view := v.a.view(c, r)
	view.Timeline, view.Messages = timeline(c, r), messagesOf(c, r)
	return view
}

// Public is the petition as everybody will read it at /cong-khai.
func (v Viewer) Public(p escalation.Petition) PublicView { return v.a.publicView(p) }

// Answer is an answer as its citizen and others read it; empty: there is none.
func (v Viewer) Answer(p escalation.Petition) string {
	if shown := answerFor(p); shown != nil {
		return shown.Text
	}
	return ""
}

// AnswerToOthers is an answer as those read it whose petition was merged into this one.
func (v Viewer) AnswerToOthers(p escalation.Petition) string {
	return v.a.answerToOthers(v.Answer(p), p)
}

// messagesOf are a petition's messages.
func messagesOf(who caller, r Record) []MessageView {
	list := slices.Clone(r.Messages)
	for i := range list {
		list[i].Confidential, list[i].Denunciation = r.Petition.Confidential, r.Petition.Denunciation
	}
	return messages(who, list)
}

// ClientOf is the address a request came from, as the guard found it: what is behind our
// own proxies, an IPv6 address by its /64.
func ClientOf(r *http.Request) string { return subscriber(visitOf(r).client).String() }

// Staff reports whether the key's role works for the hotline and may see citizens' data.
func (k Key) Staff() bool { return caller{k}.staff() }

// OfUnit reports whether the key speaks for one unit and sees that unit's petitions alone.
func (k Key) OfUnit() bool { return caller{k}.ofUnit() }

// Locked reports whether a denunciation's content is closed to the key.
func (k Key) Locked() bool { return caller{k}.locked() }

// Plain is a text in lower case without marks, runs of spaces as one: for comparing.
func Plain(text string) string {
	return plain(text)
}

// PhoneLike reports a search word that would find a citizen by the phone.
func PhoneLike(q string) bool { return phoneLike(q) }
