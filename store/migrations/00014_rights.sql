-- 2026-11-28. What the rights of people need: the bytes of files that were erased with
-- their citizen, until they are gone from the disk too.

-- +goose Up
CREATE TABLE erased_file (
	sha256      TEXT   PRIMARY KEY,
	erased_real BIGINT NOT NULL
);
CREATE INDEX attachment_bytes ON attachment (sha256);
CREATE INDEX inbox_phone ON inbox (phone, read_at);

-- +goose Down
DROP INDEX inbox_phone;
DROP INDEX attachment_bytes;
DROP TABLE erased_file;
