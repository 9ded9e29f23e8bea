-- 2026-11-28. What the rights of people need: the bytes of files that were erased with
-- their citizen, until they are gone from the disk too; which answers everybody may
-- read, so that a page of them is found without opening each. Lines that begin with
-- {postgres} or {sqlite} are for one dialect.

-- +goose Up
CREATE TABLE erased_file (
	sha256      TEXT   PRIMARY KEY,
	erased_real BIGINT NOT NULL
);
CREATE INDEX attachment_bytes ON attachment (sha256);
CREATE INDEX inbox_phone ON inbox (phone, read_at);

ALTER TABLE petition ADD COLUMN public SMALLINT NOT NULL DEFAULT 0;
{sqlite} UPDATE petition SET public = 1 WHERE status IN ('published', 'closed') AND confidential = 0 AND denunciation = 0
{sqlite} 	AND json_extract(state, '$.publish_consent') = 1 AND COALESCE(json_extract(state, '$.published'), '') <> '';
{postgres} UPDATE petition SET public = 1 WHERE status IN ('published', 'closed') AND confidential = 0 AND denunciation = 0
{postgres} 	AND (state::json ->> 'publish_consent')::boolean AND COALESCE(state::json ->> 'published', '') <> '';
CREATE INDEX petition_public ON petition (id) WHERE public = 1;

-- +goose Down
DROP INDEX petition_public;
ALTER TABLE petition DROP COLUMN public;
DROP INDEX inbox_phone;
DROP INDEX attachment_bytes;
DROP TABLE erased_file;
