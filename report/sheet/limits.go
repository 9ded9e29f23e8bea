package sheet

import (
	"fmt"

	"notify1022/escalation"
)

// Bounds of what is read. A city's largest list, every officer of every unit, has
// a few thousand rows; a file of 5,000 petitions has some 2 MB.
const (
	MaxFile      = 10 << 20 // bytes of a file
	maxUnzipped  = 32 << 20 // bytes of all parts of an XLSX
	maxParts     = 1000     // files inside an XLSX
	maxRows      = 50_000   // of a sheet
	maxCells     = 300_000  // of a file
	maxColumns   = 200
	maxCell      = 32_767 // characters, Excel's own bound
	maxText      = 32 << 20
	maxMerged    = 5_000
	headerWithin = 50 // rows in which the headers must come
)

// maxPetitions is how many petitions one file may hold: they are recorded in one
// transaction, which takes some seconds.
const maxPetitions = 5_000

func unreadable(format string, args ...any) error {
	return &escalation.Problem{Kind: escalation.Invalid, Field: "file", Detail: fmt.Sprintf(format, args...)}
}
