-- 2026-11-28. Units that were merged, successors whose number is verified first, and
-- codes that ask about no petition.

-- +goose Up
ALTER TABLE unit ADD COLUMN aliases TEXT NOT NULL DEFAULT '[]';
ALTER TABLE unit ADD COLUMN website TEXT NOT NULL DEFAULT '';
ALTER TABLE unit ADD COLUMN phone TEXT NOT NULL DEFAULT '';
ALTER TABLE unit ADD COLUMN valid_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE unit ADD COLUMN valid_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE unit ADD COLUMN successor TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN replaces BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contact ADD COLUMN pending SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE reply_code ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE INDEX reply_code_subject ON reply_code (subject) WHERE subject <> '' AND released_at = 0;

-- +goose Down
DROP INDEX reply_code_subject;
ALTER TABLE reply_code DROP COLUMN subject;
ALTER TABLE contact DROP COLUMN pending;
ALTER TABLE contact DROP COLUMN replaces;
ALTER TABLE unit DROP COLUMN successor;
ALTER TABLE unit DROP COLUMN valid_to;
ALTER TABLE unit DROP COLUMN valid_from;
ALTER TABLE unit DROP COLUMN phone;
ALTER TABLE unit DROP COLUMN website;
ALTER TABLE unit DROP COLUMN aliases;
