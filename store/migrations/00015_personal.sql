-- 2026-11-28. Citizens' wishes and rights. What a number does not want is kept by
-- purpose: progress, invitations to rate, and what is sent to many. stopped stays what a
-- stop word sets: all of them, whatever the others say.

-- +goose Up
ALTER TABLE phone ADD COLUMN no_progress SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE phone ADD COLUMN no_rating SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE phone ADD COLUMN no_bulk SMALLINT NOT NULL DEFAULT 0;

-- What persons asked about their own data, with the ladder of each request. phone is
-- emptied when everything about it was erased.
CREATE TABLE personal_request (
	id          {id},
	kind        TEXT   NOT NULL,
	phone       TEXT   NOT NULL,
	masked      TEXT   NOT NULL,
	note        TEXT   NOT NULL,
	received_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	recorded_by TEXT   NOT NULL,
	due         BIGINT NOT NULL,
	reminded_at BIGINT NOT NULL DEFAULT 0,
	overdue_at  BIGINT NOT NULL DEFAULT 0,
	done_at     BIGINT NOT NULL DEFAULT 0,
	done_by     TEXT   NOT NULL DEFAULT '',
	outcome     TEXT   NOT NULL DEFAULT '',
	answer      TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX personal_request_open ON personal_request (id) WHERE done_at = 0;

-- How far each kind of record was gone through by the deletion of what is too old:
-- everything up to (at, id) is done.
CREATE TABLE retention (
	kind   TEXT   PRIMARY KEY,
	at     BIGINT NOT NULL,
	id     BIGINT NOT NULL,
	erased BIGINT NOT NULL
);
CREATE INDEX petition_ended ON petition (closed_at, id) WHERE ended = 1;
CREATE INDEX attachment_recording ON attachment (added_at) WHERE stage = 'recording';

-- +goose Down
DROP INDEX attachment_recording;
DROP INDEX petition_ended;
DROP TABLE retention;
DROP TABLE personal_request;
ALTER TABLE phone DROP COLUMN no_bulk;
ALTER TABLE phone DROP COLUMN no_rating;
ALTER TABLE phone DROP COLUMN no_progress;
