-- 2026-11-29. Petitions that came in a sheet, and files that wait for a yes.

-- +goose Up

-- The number of a petition in the register that it came from: a sheet that is
-- imported twice records it once.
CREATE TABLE external_code (
	code        TEXT   PRIMARY KEY,
	petition_id BIGINT NOT NULL REFERENCES petition (id)
);
CREATE INDEX external_code_petition ON external_code (petition_id);

-- A file between its dry run and the yes to it; it goes after an hour.
CREATE TABLE upload (
	id           TEXT   PRIMARY KEY,
	account_id   BIGINT NOT NULL,
	kind         TEXT   NOT NULL,
	name         TEXT   NOT NULL,
	body         BYTEA  NOT NULL,
	created_real BIGINT NOT NULL
);

-- +goose Down
DROP TABLE upload;
DROP TABLE external_code;
