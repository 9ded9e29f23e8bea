// Package reply reads the short messages that officers and citizens send back:
// which command, for which codes, by when, and in whose words.
//
// # What is understood
//
// One message carries one command. Case, accents (composed or not), blanks and
// zero-width runes do not matter; what a Telex or VNI keyboard leaves behind
// ("nhaanj", "nha65n") is spelled out from the accented vocabulary. Polite
// words, quotes and "Fwd:" in front are passed over, and the code may stand
// before the command ("457 nhan"). The longest alias wins. One slip in a word
// of four letters and more is corrected unless what was typed is a word of its
// own; shorter words are exact, and HAN, one slip from both NHAN and HEN, is
// asked back.
//
// # What is never guessed
//
//   - "chua xong", "xong chua?", "nhan 457?" are denied: command unknown,
//     problem negated. The codes stay, so that the note finds its petition.
//   - "sap xong", "xong 1 phan", "80%" are notes and "mai xong" is a promise;
//     none of them is ever a result.
//   - "chuyen phong …" hands the work to a colleague and returns nothing.
//   - A result behind an acknowledgement ("nhan 45705, da sua xong den") stays an
//     acknowledgement with its words; [Besides] tells the desk that a person must
//     look. A promise with a clear time behind it is the promise, which implies
//     the acknowledgement.
//   - A word in front that is not understood ends the search: the message is
//     unknown, never the command further on.
//
// # Codes
//
// Digits stand as typed with O and l set right; a petition code becomes
// HPyymmdd-NNNN. More codes follow only directly and with three digits at
// least. Codes that close the message count when they cannot be another number:
// a petition code, or a reply code with its check digit. Whether a code exists
// and its check digit is right is the desk's business ([ValidCode]).
//
// # Times
//
// All times are +07:00. A day alone means 17:00; sáng 11:30, trưa 12:00, chiều
// 17:00, tối 20:00, đêm 23:00; spans count working time on the given calendar.
// A leave runs from 00:00 of its first day to 23:59:59 of its last, because an
// absent officer is absent on the evening of a whole day too; "chieu mai" runs
// from 12:00 to 17:00.
//
// # Failure
//
// Parse never fails: what is missing or wrong is named in Problem beside the
// command, and Text then holds the remainder untouched. Problem unknown,
// ambiguous or negated goes with command unknown and the message as typed.
// Text of a note is the officer's own sentence without the code.
package reply
