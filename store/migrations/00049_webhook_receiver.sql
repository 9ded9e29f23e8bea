-- 2026-11-29. One receiver of events that does not answer holds up no other: it is a receiver
-- that is given to a worker and that waits after a failure, with all its events. Only added to:
-- the release before gives out events without asking for their receiver.

-- +goose Up
ALTER TABLE webhook ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;     -- attempts that failed since one succeeded
ALTER TABLE webhook ADD COLUMN retry_real BIGINT NOT NULL DEFAULT 0;   -- nothing is sent to it before
ALTER TABLE webhook ADD COLUMN claimed_real BIGINT NOT NULL DEFAULT 0; -- until then a worker sends to it, and nobody else
CREATE INDEX webhook_delivery_next ON webhook_delivery (webhook_id, retry_real, id) WHERE state = 'queued';
CREATE INDEX webhook_delivery_failed ON webhook_delivery (webhook_id) WHERE state = 'failed';

-- +goose Down
DROP INDEX webhook_delivery_failed;
DROP INDEX webhook_delivery_next;
ALTER TABLE webhook DROP COLUMN claimed_real;
ALTER TABLE webhook DROP COLUMN retry_real;
ALTER TABLE webhook DROP COLUMN failures;
