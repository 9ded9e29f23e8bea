// Package queue makes things happen in time: it wakes the desk when rungs come
// due, puts messages on the air, and carries replies and receipts in.
//
// SQL is the truth; Asynq wakes. No job holds anything that is not a row, so a
// job that is lost, late, doubled or early costs at most a few seconds.
//
// Two structs run it, each with a Run that blocks until its context ends:
//
//	Worker    wakes and guard       wake.go, plan.go, guard.go, fire.go, stuck.go
//	          periodic work         period.go, sweep.go, audit.go, fault.go
//	          replies               apply.go
//	          a simulated clock     worker.go
//	Gateway   claims and submits    dispatch.go, carriers.go, sender.go, refusal.go, settle.go, mail.go
//	Receiver  parts and receipts    receive.go (called by the SMPP session)
//	Pacer     messages per second   pacer.go (called by the SMPP client)
//	Redis     the wake-ups' store   redis.go, redisurl.go
//
// A rung comes due like this. The transaction that armed it commits; the door
// calls Worker.Hint, which only notes the second. The planner turns seconds
// inside the horizon into one Asynq job each, wake:<installation>:<second>. The
// job's handler asks the desk to fire what is due until nothing is. The guard
// asks SQL the same every few seconds, without Redis.
//
// A message goes out like this. The gateway claims no more rows of a lane than the
// bound accounts that carry it have room for; the claim renders and freezes the text
// and leases the row. Senders submit segment by segment; outcomes are settled in batches.
//
// A reply comes in like this. Receiver stores the part and returns after the
// commit, so the SMSC is answered only then. The applier joins parts, and applies
// one text per phone at a time, the oldest first.
//
// Failure rules:
//
//   - Redis away, flushed or failed over: the guard fires from SQL, each second
//     while Redis is known to be away. When Redis is back, or its sentinel key is
//     gone or another's, everything inside the horizon is armed anew.
//   - A wake never fires early: jobs are due at whole seconds rounded up, the
//     handler waits for the domain's clock, and the desk compares again.
//   - A wake handler returns nil whatever happened. Errors are counted and
//     logged; the guard is the retry.
//   - A hint never blocks and never calls Redis. A lost hint costs lateness only.
//   - A petition that cannot be decided undoes its batch, which is then fired one by
//     one. It is passed over and tried again with growing pauses, for ever; after three
//     failures the auditor names it.
//   - A row that was claimed and never handed over goes back as it was. A refusal counts
//     against a row where it speaks of the text or the number; while an SMSC takes
//     nothing at all its rows wait, and the duty texts among them are passed on.
//   - A segment handed to the transmitter ends in exactly one outcome. One that
//     stays silent becomes unknown; unknown is never taken for unsent.
//   - An outcome names the claim it comes from. Of a claim that is over only a proof
//     counts: another gateway may have the row on the air.
//   - Outcomes wait in memory while SQL is away and are settled when it is back.
//     Leases are given back at shutdown only when every outcome has been stored;
//     else they run out and the rows become unknown.
//   - A reply that cannot be applied is tried again with growing pauses and blocks
//     its own phone only.
//   - A panic of the desk, a renderer or a mailer is an error of that one call.
//   - The machine's clock drives polling, leases, backoff and alarms; the domain's
//     clock drives rungs and the periods of reports.
package queue
