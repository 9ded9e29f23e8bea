// Package sms is text on the air: which alphabet a text needs, how many
// short messages it costs, how it is cut, and how cut messages are put
// together again.
//
// Outgoing text takes this way:
//
//	text ── Unaccent ──► Detect ──► Split ──► []Segment ──► submit_sm
//
// and incoming octets come back this way:
//
//	deliver_sm ──► ParseUDH ──► Reassembler.Add ──► Decode ──► text
//
// Two alphabets are written: the GSM 03.38 default alphabet with its extension
// table (data_coding 0, one septet per octet, not packed) and UTF-16BE
// (data_coding 8, "UCS2"). Others are only read.
//
// # Lengths
//
// A short message carries 140 octets, the user data header included (3GPP TS
// 23.040 §9.2.3.24). That is
//
//	             alone   8-bit header   16-bit header
//	GSM 03.38     160        153             152        septets
//	UCS2           70         67              66        UTF-16 units
//	8-bit data    140        134             133        octets
//
// A character of the extension table costs two septets, one beyond the Basic
// Multilingual Plane two units; neither is ever cut in two, so a part may end
// one unit early. Parts are filled greedily, which is the least number of
// parts, and Segments counts exactly what Split cuts. The empty text is one
// short message of no units, because that is what goes on the air.
//
// # Failure rules
//
// Outgoing: what the chosen alphabet lacks becomes '?', one per rune; the only
// errors are a text longer than 255 parts and an alphabet that is not known.
// Nothing is ever truncated.
//
// Incoming: nothing is ever an error. Octets that mean nothing decode to
// U+FFFD; a malformed header is reported as absent, so that the caller delivers
// the octets as they came; a part that cannot belong to a concatenation is a
// message of its own. The memory of a Reassembler is bounded, and what it gives
// up it hands back.
package sms
