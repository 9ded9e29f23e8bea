-- 2026-11-29. A promised time that fell due without a result counts in the period in which it
-- did, also while the answer is still owed. Petitions of before are filled in by the service.
-- The release before writes facts without this column: how many were missed, not when; those
-- count by the end of their turn, as they did.

-- +goose Up
ALTER TABLE fact ADD COLUMN missed_at TEXT NOT NULL DEFAULT ''; -- microseconds since 1970, with a space between (escalation.Instants)
CREATE INDEX fact_missed ON fact (opened_at, done_at) WHERE missed > 0;

-- +goose Down
DROP INDEX fact_missed;
ALTER TABLE fact DROP COLUMN missed_at;
