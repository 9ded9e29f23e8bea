// Package sheet reads and writes what offices keep in spreadsheets: units,
// contacts, days of the calendar, petitions. CSV and XLSX, in and out.
//
//	read     bytes → tables of text cells (csv.go, xlsx.go); nothing is known yet of
//	         their meaning
//	find     the row of headers, and which column is which field (header.go)
//	decode   each cell by its field (schema.go, value.go, units.go, …)
//	plan     what would be new, changed, unchanged, against what there is
//	write    the same fields back (write.go)
//
// All of it is pure: whoever calls it brings the directory, the calendar, the
// time, and saves the plan in one transaction.
//
// What is written comes back as it was: units, contacts and days planned over
// themselves change nothing, and over nothing give the same values, up to the
// canonical form of a text (see canonical).
//
// Failure rules:
//
//   - A file that is no sheet, or larger than the bounds of limits.go, is one
//     *escalation.Problem.
//   - Everything else is looked at whole: each wrong cell is a Problem with row,
//     column and header. At most 200 are listed, the rest are counted. A plan with
//     a problem is not carried out in any part.
//   - Problems name the cell and never repeat what stands in it.
package sheet
