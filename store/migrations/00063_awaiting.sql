-- 2026-11-29. What the sweep of texts without a receipt looks for, and nothing else: a citizen's
-- text that never gets one stays accepted for good, and is no work. An order of the Office or the
-- city (Đ9.4, Đ14.1: N1, N2, N3) is passed on like a slip where no receipt tells that it arrived;
-- those of before are left alone.

-- +goose Up
-- The strongest lock at once: one that grows would wait for whoever waits for it.
{postgres} LOCK TABLE message IN ACCESS EXCLUSIVE MODE;
UPDATE message SET handled = 1 WHERE state = 'accepted' AND handled = 0 AND template IN ('N1', 'N2', 'N3');
CREATE INDEX message_awaiting ON message (accepted_real) WHERE state = 'accepted' AND handled = 0 AND by_email = 0
	AND contact_id <> 0 AND (class IN ('slip', 'escalation', 'report', 'alarm') OR template IN ('N1', 'N2', 'N3'));
DROP INDEX message_accepted;

-- +goose Down
{postgres} LOCK TABLE message IN ACCESS EXCLUSIVE MODE;
CREATE INDEX message_accepted ON message (accepted_real) WHERE state = 'accepted' AND handled = 0;
DROP INDEX message_awaiting;
