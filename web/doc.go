// Package web is the hotline's door for people and programs that speak HTTP: the
// JSON API under /api/v1, the citizen's page /t/{token}, the officer's slip page
// /p/{token}, and the probes.
//
// It decides nothing. A request becomes an escalation.Command, the desk applies
// it, and the answer shows what came of it. Storage, the desk and the catalogue
// are reached through interfaces declared here beside their use (Desk,
// Petitions, Directory, Outbox, Tasks, Keys, Idempotency); cmd plugs the real
// ones in.
//
// How an API request goes (operation.go):
//
//	key        the bearer's key is known and its role may use the operation
//	read       at most 1 MiB
//	remember   a POST with an Idempotency-Key seen within 24 h gets its old answer
//	decode     strictly: an unknown field, a wrong type, a time that does not
//	           exist are named, all at once
//	act        one call of the desk or the store, then Hint wakes the workers
//	answer     JSON, or problem+json (RFC 9457) in Vietnamese naming the field
//
// Failure rules:
//
//   - 400 is only for what is no JSON; what is JSON and wrong is 422 with errors[].
//   - 409 is a state that does not allow the act, a stale If-Match, or an
//     Idempotency-Key used for another request. Nothing has changed then, but by an
//     earlier request of the key whose answer is lost.
//   - Only answers of success are remembered: a refusal changed nothing, so trying
//     it again is safe and gets today's answer.
//   - A failure inside is 500 without detail; the log has it, by operation.
//   - The public pages change nothing on GET, answer an unknown token, a mistyped
//     one and an ended one alike, and are limited per address; a miss costs more
//     than a hit.
//
// Who sees what. A citizen's name, phone, email and address are shown to
// operators, shift leads and administrators alone. Units see the content without
// the citizen's own name and numbers; of a confidential petition only what the
// redactor leaves, and their search finds it by its code alone. A denunciation's
// content, and whatever anybody typed about it, is shown to shift leads and
// administrators alone, and no search of others finds it by more than its code. A
// citizen whose petition was merged sees the answer of the one that is followed,
// never its content or its citizen. Links that carry a token are shown to those who
// may use them: a token is an authority. The log has routes, never paths or queries.
//
// The OpenAPI document is made of the same operations and Go types that serve
// the requests. Huma makes the schemas; reading requests and writing problems
// stay here, because huma's messages are English sentences and its way to
// replace them is a global.
package web
