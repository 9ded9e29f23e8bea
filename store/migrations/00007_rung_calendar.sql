-- 2026-11-28. The version of the calendar under which a due time was computed, so
-- that an edited calendar moves each open deadline once.

-- +goose Up
ALTER TABLE rung ADD COLUMN calendar TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE rung DROP COLUMN calendar;
