-- 2026-11-28. Reports tell the score of 1022 itself, and count the votes of citizens whose
-- petitions were merged into another. Petitions of before are filled in by the service.
-- The release before writes facts without these columns.

-- +goose Up
ALTER TABLE fact ADD COLUMN service SMALLINT NOT NULL DEFAULT 0; -- 1 to 5; 0: not given
-- How many followers gave no score, 1, … 5: "3 0 0 0 1 2"; empty: no followers, or no answer.
ALTER TABLE fact ADD COLUMN followers TEXT NOT NULL DEFAULT '';
ALTER TABLE fact ADD COLUMN followers_1022 TEXT NOT NULL DEFAULT '';
CREATE INDEX fact_followed ON fact (opened_at, done_at) WHERE followers <> '';

-- +goose Down
DROP INDEX fact_followed;
ALTER TABLE fact DROP COLUMN followers_1022;
ALTER TABLE fact DROP COLUMN followers;
ALTER TABLE fact DROP COLUMN service;
