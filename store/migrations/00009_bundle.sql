-- 2026-11-28. Reminders that go as one text (B1): the text is a row of its own, its
-- members name it and share its outcome.

-- +goose Up
ALTER TABLE message ADD COLUMN bundle_id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX message_bundle ON message (bundle_id) WHERE bundle_id <> 0;

-- +goose Down
DROP INDEX message_bundle;
ALTER TABLE message DROP COLUMN bundle_id;
