package console

import (
	"testing"

	"notify1022/web"
)

// A page shows some of a unit's petitions, and says how many there are.
func TestAUnitsCountIsOfAllItsPetitions(t *testing.T) {
	row := func(unit string) boardRow { return boardRow{PetitionRow: web.PetitionRow{Unit: unit}} }
	list := byUnit([]boardRow{row("A"), row("A"), row("B")}, map[string]int{"A": 2, "B": 31})
	if len(list) != 2 || list[0].Code != "B" || list[0].Total != 31 || list[1].Total != 2 {
		t.Errorf("the units are %+v", list)
	}
}
