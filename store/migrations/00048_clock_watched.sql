-- 2026-11-29. Whose word counts of a step of the clock: who has watched across it, not who
-- began after it. Only added to: the release before leaves it as it is, 0 at first.

-- +goose Up
ALTER TABLE clock ADD COLUMN since_real BIGINT NOT NULL DEFAULT 0; -- from when on who recorded it has watched; with a step, when the clock last agreed

-- +goose Down
ALTER TABLE clock DROP COLUMN since_real;
