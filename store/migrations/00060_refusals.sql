-- 2026-11-29. A text that is refused for now is counted by its refusals and not by its
-- claims, and is passed on meanwhile where the SMSC's own trouble keeps it. Only added to:
-- the release before counts claims as it did and leaves these at nought.

-- +goose Up
ALTER TABLE message ADD COLUMN refusals BIGINT NOT NULL DEFAULT 0; -- how many of its attempts were refused for now
ALTER TABLE message ADD COLUMN blamed BIGINT NOT NULL DEFAULT 0; -- how many of these for its own or its number's sake
CREATE INDEX message_refused ON message (refusals) WHERE refusals > 0 AND state IN ('queued', 'sending', 'unknown');

-- +goose Down
DROP INDEX message_refused;
ALTER TABLE message DROP COLUMN blamed;
ALTER TABLE message DROP COLUMN refusals;
