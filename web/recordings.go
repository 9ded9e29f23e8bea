package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"notify1022/escalation"
)

// Recordings are the calls of citizens; a unit hears one when the shift lead has granted
// it, for a time, and each hearing is logged (Đ10.1).
type Recordings interface {
	// Ask notes the unit's wish; one that waits already is the same.
	Ask(ctx context.Context, petition int64, unit, reason string, by escalation.Actor) error
	// Of lists the wishes about a petition, the newest first.
	Of(ctx context.Context, petition int64) ([]RecordingRequest, error)
	// Decide grants a wish until an instant, or refuses it with a zero one.
	Decide(ctx context.Context, id int64, until time.Time, by escalation.Actor) error
	// Played logs a hearing; part: a player has asked for a later part of the file, which
	// is the hearing before if there was one.
	Played(ctx context.Context, file int64, code string, part bool, by escalation.Actor) error
}

// RecordingRequest is a unit's wish.
type RecordingRequest struct {
	ID        int64
	Unit      string
	Reason    string
	By        string
	AskedAt   time.Time
	DecidedAt time.Time // zero: not yet
	Expires   time.Time // zero once decided: refused
}

// slipRecordings is what a slip's page says of the recordings.
type slipRecordings struct {
	Any     bool // there are some, and they may be asked for
	Waiting bool
	Until   time.Time // granted until
	Files   []Attachment
}

// recordingsOf says what the slip's unit may hear now: while it has the slip, and while it
// owes an explanation, which the recording may be about (Đ9.6). Who wishes to stay unknown
// is known by the voice: of a confidential petition nothing is heard.
func (a *api) recordingsOf(r *http.Request, p escalation.Petition, slip escalation.Slip) (s slipRecordings, err error) {
	has := slip.Open() && !slipOver(p, slip) || explanationOwed(p, slip)
	if a.Recordings == nil || a.Attachments == nil || p.Confidential || p.Denunciation || !has {
		return s, nil
	}
	files, err := a.Attachments.Of(r.Context(), p.ID)
	if err != nil {
		return s, err
	}
	files = slices.DeleteFunc(slices.Clone(files), func(f Attachment) bool { return f.Stage != StageRecording })
	if s.Any = len(files) > 0; !s.Any {
		return s, nil
	}
	wishes, err := a.Recordings.Of(r.Context(), p.ID)
	if err != nil {
		return s, err
	}
	now, err := a.Now(r.Context())
	for _, w := range wishes {
		if w.Unit != slip.Unit {
			continue
		}
		s.Waiting = s.Waiting || w.DecidedAt.IsZero()
		if w.Expires.After(now) && w.Expires.After(s.Until) {
			s.Until, s.Files = w.Expires, files
		}
	}
	return s, err
}

// askRecording takes a unit's wish.
func (a *api) askRecording(r *http.Request, record Record, slip escalation.Slip, reason string) error {
	s, err := a.recordingsOf(r, record.Petition, slip)
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	switch {
	case !s.Any:
		return noSuch("ghi âm")
	case reason == "" || utf8.RuneCountInString(reason) > 500 || strings.ContainsAny(reason, "\r\n\t"):
		return wrongField("reason", "cần lý do nghe ghi âm trên một dòng, tối đa 500 ký tự")
	}
	by, err := a.slipPerson(r, record.Petition, slip)
	if err != nil {
		return err
	}
	return a.Recordings.Ask(r.Context(), record.Petition.ID, slip.Unit, reason, by)
}

// slipActor is the slip's unit, whoever of it holds the link.
func slipActor(slip escalation.Slip) escalation.Actor {
	return escalation.Actor{Name: slip.Unit, Role: escalation.Officer, Channel: escalation.BySlipPage, Unit: slip.Unit}
}

// slipPerson is whose code has opened the slip on this device; the unit where that is not
// known: the gate is off, or the device was known before it said whose it is.
func (a *api) slipPerson(r *http.Request, p escalation.Petition, slip escalation.Slip) (escalation.Actor, error) {
	by := slipActor(slip)
	who, _, err := a.slipVisitor(r, p, slip)
	if err == nil && who.ID != 0 {
		by.Name, by.Contact = who.Name+" ("+slip.Unit+")", who.ID
	}
	return by, err
}

// mayHear reports whether the slip's unit may hear the file now, and logs the hearing as the
// person's, or as the device's where nobody knows whose it is.
func (a *api) mayHear(w http.ResponseWriter, r *http.Request, p escalation.Petition, slip escalation.Slip, file int64) (bool, error) {
	s, err := a.recordingsOf(r, p, slip)
	if err != nil || !slices.ContainsFunc(s.Files, func(f Attachment) bool { return f.ID == file }) {
		return false, err
	}
	by, err := a.slipPerson(r, p, slip)
	if err != nil {
		return false, err
	}
	if by.Contact == 0 {
		by.Name += " (thiết bị " + a.deviceName(w, r) + ")"
	}
	return true, a.Recordings.Played(r.Context(), file, p.Code, LaterPart(r), by)
}

// LaterPart reports a request for a part of a file that does not begin at its first octet
// (RFC 9110 §14.2).
func LaterPart(r *http.Request) bool {
	part, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes=")
	return ok && !strings.HasPrefix(part, "0-")
}

// deviceName tells the visitor's device from others of the unit; one without a secret gets
// one, for which nothing opens.
func (a *api) deviceName(w http.ResponseWriter, r *http.Request) string {
	secret := device(r)
	if secret == "" {
		secret = a.markDevice(w)
	}
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:4])
}
