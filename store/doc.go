// Package store keeps everything the hotline must not lose in one SQL database:
// petitions, rungs, the outbox, the inbox, the directory. PostgreSQL and SQLite
// run the same statements; dialect.go holds the few words that differ.
//
// SQL is the truth. A rung, a message and a timeline entry are rows written in
// the transaction of the decision that caused them; a job or a cache only says
// "look now". What is written here survives the loss of Redis and kill -9 at any
// instruction: SQLite runs in WAL mode with synchronous=FULL, PostgreSQL as its
// administrator set it up.
//
// How a transaction goes:
//
//	now        taken once, a whole number of microseconds (the timeline's hash
//	           covers it, and that is what a column can hold)
//	lock       petition rows first, in the order of their ids; on PostgreSQL FOR
//	           UPDATE, on SQLite the one writer
//	decide     escalation, which knows nothing of this package
//	save       set-based: versions checked, rungs, slips, timeline, tasks,
//	           suppressions, released codes, new codes, outbox rows
//
// Failure rules:
//
//   - A lost race (serialisation failure, deadlock, busy) rolls back and the
//     function runs again, at most ten times with growing, jittered pauses. An
//     error of the function rolls back and comes out as it is.
//   - A version that is not the one loaded is *escalation.Problem of kind Stale.
//   - A notice whose key is there already is no error and no second row.
//   - An outcome or a receipt moves a message forward only. A receipt without
//     its message waits for it.
//   - Inbox.Receive returns nil only after the commit.
//
// Two times. The domain's (petitions, due times, not-before, expiry, texts) may
// be simulated; the machine's (leases, retries, waits) never is. Columns of the
// machine's time end in _real. On PostgreSQL both come from the database, so that
// every process reads one clock; on SQLite from the wall clock at the start,
// advanced monotonically. While that clock is stepped both go on as it went before,
// and Due holds (clockstep.go).
package store
