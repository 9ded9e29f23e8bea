-- 2026-11-28. What a number does not want is kept by purpose: progress, invitations to
-- rate, and what is sent to many.

-- +goose Up
ALTER TABLE phone ADD COLUMN no_progress SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE phone ADD COLUMN no_rating SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE phone ADD COLUMN no_bulk SMALLINT NOT NULL DEFAULT 0;
UPDATE phone SET no_progress = 1, no_rating = 1, no_bulk = 1 WHERE stopped = 1;
ALTER TABLE phone DROP COLUMN stopped;

-- +goose Down
ALTER TABLE phone ADD COLUMN stopped SMALLINT NOT NULL DEFAULT 0;
UPDATE phone SET stopped = 1 WHERE no_progress = 1 AND no_rating = 1 AND no_bulk = 1;
ALTER TABLE phone DROP COLUMN no_bulk;
ALTER TABLE phone DROP COLUMN no_rating;
ALTER TABLE phone DROP COLUMN no_progress;
