package console

import (
	"strconv"
	"time"

	"notify1022/escalation"
	"notify1022/web"
)

// hearings are how long a recording may be heard when it is granted.
var hearings = map[string]time.Duration{"24h": 24 * time.Hour, "72h": 72 * time.Hour}

// wishRow is a unit's wish to hear the petition's recordings (Đ10.1).
type wishRow struct {
	web.RecordingRequest
	UnitName string
	Open     bool // may be heard now
}

func (c *console) wishes(v *visit, p escalation.Petition, directory *escalation.Directory) ([]wishRow, error) {
	if !v.may(web.SeeCitizens) || c.Recordings == nil || p.Denunciation {
		return nil, nil
	}
	list, err := c.Recordings.Of(v.Context(), p.ID)
	var rows []wishRow
	for _, w := range list {
		row := wishRow{RecordingRequest: w, UnitName: w.Unit, Open: w.Expires.After(v.now)}
		if u, ok := directory.Unit(w.Unit); ok {
			row.UnitName = u.Name
		}
		rows = append(rows, row)
	}
	return rows, err
}

// decideRecording grants or refuses a wish.
func (c *console) decideRecording(v *visit) error {
	r, err := v.record()
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil || c.Recordings == nil {
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có đề nghị này"}
	}
	wishes, err := c.wishes(v, r.Petition, escalation.NewDirectory(nil, nil))
	if err != nil {
		return err
	}
	for _, w := range wishes {
		if w.ID != id {
			continue
		}
		span, granted := hearings[form.Get("hear")]
		switch act := v.PathValue("act"); {
		case act == "refuse":
			granted = false
		case act != "grant":
			return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thao tác này"}
		case !granted:
			return wrong("hear", "chưa chọn thời gian được nghe")
		}
		until := time.Time{}
		if granted {
			until = v.now.Add(span)
		}
		if err := c.Recordings.Decide(v.Context(), id, until, v.actor()); err != nil {
			return err
		}
		c.Hint()
		return v.done("/p/"+r.Petition.Code, map[bool]string{true: "Đã cho nghe ghi âm.", false: "Đã từ chối."}[granted])
	}
	return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có đề nghị này"}
}
