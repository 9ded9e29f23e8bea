package escalation

import (
	"slices"
	"strings"
	"time"
)

// Whom 1022 or the Office may propose for reward (đề xuất khen thưởng: Đ17.7, Đ20).
const (
	CommendCitizen = "citizen" // whose petition was useful
	CommendOfficer = "officer"
)

// mostCommendations bounds the proposals of one petition.
const mostCommendations = 20

// Commendation is a proposal for reward. A citizen is named by the petition's code alone.
type Commendation struct {
	Who     string    `json:"who"`
	Officer string    `json:"officer,omitempty"`
	Unit    string    `json:"unit,omitempty"` // of the officer
	Reason  string    `json:"reason"`         // without personal data
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Commended is a proposal as reports list it.
type Commended struct {
	Petition int64
	No       int // 1, 2, … within the petition
	Code     string
	Who      string
	Officer  string
	Unit     string
	Reason   string // empty for what is confidential
	At       time.Time
}

// CommendedOf lists the proposals of a petition, made from its document alone. What is
// typed about a denunciation stands in no list.
func CommendedOf(p Petition) []Commended {
	if p.Denunciation {
		return nil
	}
	var list []Commended
	for i, c := range p.Commendations {
		row := Commended{Petition: p.ID, No: i + 1, Code: p.Code, Who: c.Who, Officer: c.Officer, Unit: c.Unit, Reason: c.Reason, At: stamp(c.At)}
		if p.Confidential {
			row.Reason = ""
		}
		list = append(list, row)
	}
	return list
}

// newCommended lists the proposals that the petition did not have so before.
func (c *change) newCommended(before Petition) []Commended {
	known := CommendedOf(before)
	return slices.DeleteFunc(CommendedOf(*c.p), func(row Commended) bool { return slices.Contains(known, row) })
}

// apply notes the proposal; it changes nothing of the petition's course, and may come
// when that has ended. An officer whose unit is not named is of the lead.
func (cmd *Commend) apply(c *change) error {
	officer := strings.TrimSpace(cmd.Officer)
	switch {
	case cmd.Who != CommendCitizen && cmd.Who != CommendOfficer:
		return invalid("who", "đề xuất khen thưởng cho %q: phải là citizen hoặc officer", short(cmd.Who))
	case cmd.Who == CommendOfficer && officer == "":
		return invalid("officer", "chưa ghi tên cán bộ")
	case cmd.Who == CommendCitizen && officer != "":
		return invalid("officer", "đề xuất khen thưởng người dân không ghi tên")
	case longer(officer, maxLine):
		return invalid("officer", "dài quá %d ký tự", maxLine)
	case len(c.p.Commendations) >= mostCommendations:
		return conflict("phản ánh %s đã có %d đề xuất khen thưởng", c.p.Code, mostCommendations)
	}
	if err := required("reason", cmd.Reason, "lý do đề xuất khen thưởng"); err != nil {
		return err
	}
	unit := cmd.Unit
	if unit != "" {
		if _, ok := c.env.Directory.Unit(unit); !ok {
			return invalid("unit", "không có đơn vị mã %q", short(unit))
		}
	} else if lead := c.p.LastLead(); lead != nil {
		unit = lead.Unit
	}
	if cmd.Who == CommendCitizen {
		unit = ""
	}
	c.p.Commendations = append(c.p.Commendations, Commendation{Who: cmd.Who, Officer: officer, Unit: unit, Reason: c.redact(cmd.Reason), By: c.actor.Name, At: c.env.Now})
	whom := "người dân"
	if officer != "" {
		whom = officer
	}
	c.entry(string(VerbCommend), "đề xuất khen thưởng "+whom+": "+c.redact(cmd.Reason))
	return nil
}
