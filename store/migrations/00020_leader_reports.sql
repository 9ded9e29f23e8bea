-- 2026-11-28. Reports to leaders (Đ13.6): who wants them how and when, what each has
-- got, the links to the whole report, and the city's monthly drafts (Đ13.7).

-- +goose Up
-- A leader's choice; whoever has none has the default.
CREATE TABLE report_choice (
	contact_id BIGINT   PRIMARY KEY,
	channel    TEXT     NOT NULL, -- sms, email, both, none
	each       TEXT     NOT NULL, -- week, month, quarter, none
	day        SMALLINT NOT NULL, -- working day of it, from 1
	minute     SMALLINT NOT NULL, -- of the day
	changed_at BIGINT   NOT NULL,
	changed_by TEXT     NOT NULL
);

-- What was sent: a report of one name goes to one person once.
CREATE TABLE report_sent (
	contact_id BIGINT NOT NULL,
	rung       TEXT   NOT NULL,
	sent_at    BIGINT NOT NULL,
	PRIMARY KEY (contact_id, rung)
);

CREATE TABLE report_link (
	token      TEXT   PRIMARY KEY,
	contact_id BIGINT NOT NULL, -- whose link it is
	unit       TEXT   NOT NULL, -- empty: the whole city
	period     TEXT   NOT NULL,
	draft_id   BIGINT NOT NULL, -- of a confirmed draft; 0: figures as they are when it is opened
	expires_at BIGINT NOT NULL
);
CREATE INDEX report_link_expires ON report_link (expires_at);

-- Drafts of the whole city. What is confirmed is never changed: another version is made.
CREATE TABLE report_draft (
	id           {id},
	period       TEXT   NOT NULL,
	version      BIGINT NOT NULL,
	title        TEXT   NOT NULL,
	sums         TEXT   NOT NULL, -- JSON
	cover        TEXT   NOT NULL, -- JSON
	body         TEXT   NOT NULL, -- HTML fragment
	sheet_name   TEXT   NOT NULL,
	sheet        BYTEA  NOT NULL, -- XLSX
	made_at      BIGINT NOT NULL,
	made_by      TEXT   NOT NULL,
	note         TEXT   NOT NULL DEFAULT '',
	confirmed_at BIGINT NOT NULL DEFAULT 0,
	confirmed_by TEXT   NOT NULL DEFAULT '',
	UNIQUE (period, version)
);

-- +goose Down
DROP TABLE report_draft;
DROP TABLE report_link;
DROP TABLE report_sent;
DROP TABLE report_choice;
