// Package templates is the hotline's catalogue of message texts: their keys,
// wordings and versions, the variables they may hold, and the rendering of one
// text for one recipient.
//
// The wordings live in catalogue.txt, accented, one block per text. They are
// version 1. An administrator may replace the wording of a key by a later
// version; Check says whether it may be saved, Set.With puts it in force. A Set
// never changes, so a reader holds one for as long as it likes.
//
// What goes on the air is the unaccented form, in one GSM-7 segment: accented
// text costs two or three UCS-2 segments where the unaccented form takes one.
// Room is a budget that Render keeps, whatever the values hold:
//
//   - codes and links are never cut nor altered; what cannot be sent as it is
//     (a space, a letter outside GSM 03.38) is refused;
//   - times and numbers are cleaned, never cut;
//   - names and free text are cleaned, cut to their own greatest length, and,
//     where the text is still too long, cut further at a word (lists at an
//     item), in the order of the table in variable.go, down to a floor;
//   - summary and area may be empty (confidential petitions) and then take the
//     comma, colon or parentheses around them away.
//
// Failure rules. An unknown key, a missing variable and a code that cannot be
// sent are errors that name the key and the variable, never a value. A text
// that does not fit with everything cut is ErrNoRoom; it is never two segments
// unless Options.MaxSegments allows them, so that the caller decides and logs.
// With codes and links no longer than the table says, ErrNoRoom cannot happen:
// Check refuses a wording for which it could. A wording is checked when it is
// saved, a broken built-in catalogue stops the program at its start.
//
// The package keeps no clock, touches no disk and no network. Summary is the
// redactor: it makes of a petition's content what may leave the house by SMS.
package templates
