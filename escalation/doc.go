// Package escalation is the domain: what the city's regulation asks of a
// petition, decided by pure functions and nothing else. It touches no database,
// no network and no clock; time is an argument.
//
// A Petition is a value. Apply takes a petition, a Command, the Actor and an Env
// (now, policy, calendar, directory) and gives the next petition and its Effects:
// notices to be sent, notices made pointless, timeline entries, tasks. Fire does
// the same for rungs that time has brought due. The Desk loads, decides and saves
// in one transaction of its Ledger; console, API, an officer's SMS, the slip page
// and the timer all come through it.
//
// # The states of a petition
//
//	received ──┬─ clarify ─> awaiting_info ── supplement ─> received
//	           ├─ reject ──> rejected ┐
//	           ├─ answer ──> answered_directly ├─ reopen, supplement ─> received
//	           ├─ emergency > emergency_transferred (with an urgent slip)
//	           └─ forward ─> forwarded ─ acknowledge ─> in_progress ─ eta ─> verifying
//	                              │            │                          │
//	                              ├─ return ─> return_requested ── accept/refuse ──┐
//	                              │                                               │
//	                 8 h  rung head ─────────> escalated   (sticky)   <───────────┘
//	                 48 h rung overdue ──────> overdue     (sticky)
//	                              │
//	                              ├─ result ─> resolved ─ send-back ─> the same round goes on
//	                              │               └─ publish ─> published ─ 7 days ─> closed
//	                              ├─ dispute ─> disputed ─> with_office ─ direct, reassign ─> forwarded
//	                              ├─ merge ──> merged
//	                              └─ withdraw > withdrawn
//
// escalated and overdue are sticky: acknowledging or promising a time is recorded
// and never lowers them; WasOverdue stays for ever.
//
// # Rules that hold here
//
//   - Every open petition has an armed rung or a person it waits for (Silent).
//   - A rung fires once: each start of a ladder is a numbered round, and
//     (petition, round, rung) is unique.
//   - Due times are computed from the start of a round, never from "now + delay":
//     an outage shifts nothing. Fire never fires what is not due.
//   - The 40 and 48 hours count from the first forward and run on while 1022 has the
//     petition back (With1022): they fire for whoever has it, a unit or 1022.
//   - Only a result text stops the result clock. Acknowledging, promising, a bare
//     "done" and a request to return do not.
//   - An ended petition is silent: its rungs are disarmed, its reminders suppressed
//     in the transaction that ended it. An explanation that a unit owes the Office is
//     owed all the same (Đ9.6).
//   - A refused command (*Problem) changes nothing.
package escalation
