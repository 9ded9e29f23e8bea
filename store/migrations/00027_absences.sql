-- 2026-11-28. A person may have more than one absence ahead. The first stays in the
-- columns there were, which the release before reads and writes; these are the others.

-- +goose Up
ALTER TABLE contact ADD COLUMN absences TEXT NOT NULL DEFAULT '[]';

-- +goose Down
ALTER TABLE contact DROP COLUMN absences;
