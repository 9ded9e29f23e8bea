-- 2026-11-28. A text that was sent and that nobody answered is sent again some times
-- and not for ever, and is passed on meanwhile. Only added to: the release before sends
-- it again as often as it likes.

-- +goose Up
ALTER TABLE message ADD COLUMN unanswered SMALLINT NOT NULL DEFAULT 0; -- how many of its attempts ended without an answer or a proof
ALTER TABLE message ADD COLUMN unanswered_real BIGINT NOT NULL DEFAULT 0; -- when the first of them did
CREATE INDEX message_unanswered ON message (unanswered_real) WHERE unanswered > 0 AND handled = 0 AND state IN ('queued', 'sending', 'unknown');

-- +goose Down
DROP INDEX message_unanswered;
ALTER TABLE message DROP COLUMN unanswered_real;
ALTER TABLE message DROP COLUMN unanswered;
