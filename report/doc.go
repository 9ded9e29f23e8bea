// Package report counts petitions and texts for the reports that the regulation
// wants (Đ10, Đ13.6, Đ13.7): by week, month, quarter, year or any stretch of days,
// of the whole city or of one unit.
//
// A report is made in three steps. The store groups facts (escalation.Fact, a row
// for each turn of a petition) by a dimension and by everything that is told apart;
// a Tally sums those groups into figures; tables lay the figures out once, for all
// who show them: text, JSON, CSV, XLSX, HTML.
//
// Rules of counting:
//
//   - What came in is counted by when it came in, slips by when they were forwarded,
//     answers by when they were given. So a period that is over keeps its numbers but
//     for what is still to become of what came in; months add up to their year.
//   - Every share keeps its numerator and denominator and says of what it is a share.
//   - The deadlines stored with a petition judge it: those of the policy of then.
//   - Spans are working time of the calendar under which the fact was written.
//   - A denunciation is counted, without field and area.
//
// The package asks no clock and no database: interfaces for what it needs are
// declared in source.go.
package report
