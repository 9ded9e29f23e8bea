-- 2026-11-28. What waits is kept apart from what may go: a claim looks at its own
-- rows alone, however many are held for the morning, paused or to be tried again.

-- +goose Up
ALTER TABLE message ADD COLUMN waits SMALLINT NOT NULL DEFAULT 0; -- 0: may go; 1: for not_before, by the domain's clock; 2: for retry_real, by the machine's
UPDATE message SET waits = CASE WHEN retry_real > 0 THEN 2 ELSE 1 END WHERE state = 'queued' AND (retry_real > 0 OR not_before > 0);
DROP INDEX message_queued;
CREATE INDEX message_queued ON message (waits, lane, by_email, id) WHERE state = 'queued';
CREATE INDEX message_held ON message (waits, not_before) WHERE state = 'queued' AND waits = 1;
CREATE INDEX message_retried ON message (waits, retry_real) WHERE state = 'queued' AND waits = 2;
CREATE INDEX message_expiring ON message (expires_at) WHERE state = 'queued' AND expires_at <> 0;

-- +goose Down
DROP INDEX message_expiring;
DROP INDEX message_retried;
DROP INDEX message_held;
DROP INDEX message_queued;
ALTER TABLE message DROP COLUMN waits;
CREATE INDEX message_queued ON message (lane, by_email, id) WHERE state = 'queued';
