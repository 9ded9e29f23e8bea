// Package worktime counts working time and working days.
//
// A Spec is the calendar as people write it: hours of the week, seasons, days
// off, Saturdays worked in exchange, short days, each with the document that
// orders it. Compile checks the whole of it at once and turns it into a
// Calendar: sorted half-open intervals with running sums, so that a deadline
// is two look-ups whatever the distance.
//
// The rules of counting:
//
//   - Intervals are half-open: 07:30 counts, 11:30 does not. Their edges are
//     whole seconds; instants keep their fraction, which is counted exactly.
//   - Everything is computed and answered in Asia/Ho_Chi_Minh, whatever the
//     zone of the process. The offset is +07:00 for every year from 1976 on.
//   - What arrives outside working time starts counting at the next working
//     instant.
//   - A deadline is the end of the last counted instant: 17:00 and not 07:30
//     of the next day, 11:30 and not 13:00.
//   - A limit in working days does not count the day of receipt and ends with
//     the working time of its last day.
//
// What is known and what is guessed: a calendar holds what was announced
// between announced_from and announced_until. Outside of that its answers are
// provisional: the week's hours, the holidays with a fixed date and their
// make-up days (BLLĐ 45/2019/QH14 Đ111.3, Đ112.1), and any row that the file
// holds all the same. Provisional tells which answers those are. A calendar
// without announced_until is taken as complete.
//
// Failure rules: Compile refuses a calendar that could not be counted with,
// naming every wrong key, and a Calendar that exists always answers. Outside
// the compiled years the bare week is continued arithmetically, for ever in
// both directions, so no duration loops, panics or lacks an answer.
//
// A Calendar never changes and may be used by any number of goroutines. The
// package reads no clock and opens no file, but for the zone data, once, which
// the system's files or else the embedded copy supply.
package worktime
