-- 2026-11-16. Petitions and what belongs to them.
-- Instants are microseconds since 1970 UTC, 0 is none; truth values are 0 and 1;
-- JSON is text; {id} is the dialect's own numbering.

-- +goose Up

-- One row: which installation this database belongs to. Queue names carry the id.
CREATE TABLE installation (
	one         SMALLINT PRIMARY KEY CHECK (one = 1),
	id          TEXT     NOT NULL,
	environment TEXT     NOT NULL,
	created_at  BIGINT   NOT NULL
);

-- Settings and the version of the directory, which every process compares with
-- its own copy.
CREATE TABLE setting (
	name       TEXT   PRIMARY KEY,
	value      TEXT   NOT NULL,
	version    BIGINT NOT NULL DEFAULT 1,
	changed_by TEXT   NOT NULL DEFAULT '',
	changed_at BIGINT NOT NULL DEFAULT 0
);

-- Numbers given out: petition ids, and petition codes by day.
CREATE TABLE number (
	name TEXT   PRIMARY KEY,
	last BIGINT NOT NULL
);

CREATE TABLE unit (
	code      TEXT PRIMARY KEY,
	name      TEXT NOT NULL,
	sms_name  TEXT NOT NULL DEFAULT '',
	addressee TEXT NOT NULL DEFAULT '',
	kind      TEXT NOT NULL,
	fields    TEXT NOT NULL DEFAULT '[]',
	areas     TEXT NOT NULL DEFAULT '[]',
	calendar  TEXT NOT NULL DEFAULT ''
);

CREATE TABLE contact (
	id         {id},
	unit       TEXT     NOT NULL DEFAULT '',
	role       TEXT     NOT NULL,
	name       TEXT     NOT NULL,
	phone      TEXT     NOT NULL DEFAULT '',
	email      TEXT     NOT NULL DEFAULT '',
	ord        BIGINT   NOT NULL DEFAULT 0,
	verified   SMALLINT NOT NULL DEFAULT 0,
	valid_from BIGINT   NOT NULL DEFAULT 0,
	valid_to   BIGINT   NOT NULL DEFAULT 0,
	away_from  BIGINT   NOT NULL DEFAULT 0,
	away_to    BIGINT   NOT NULL DEFAULT 0,
	delegate   BIGINT   NOT NULL DEFAULT 0
);
CREATE INDEX contact_phone ON contact (phone) WHERE phone <> '';

-- An absence asked for by SMS; it counts once the head has confirmed it.
CREATE TABLE absence (
	id           {id},
	contact_id   BIGINT NOT NULL,
	from_at      BIGINT NOT NULL,
	to_at        BIGINT NOT NULL,
	stand        TEXT   NOT NULL DEFAULT '',
	asked_at     BIGINT NOT NULL,
	decided_at   BIGINT NOT NULL DEFAULT 0,
	decided_by   TEXT   NOT NULL DEFAULT '',
	accepted     SMALLINT NOT NULL DEFAULT 0
);
CREATE INDEX absence_open ON absence (id) WHERE decided_at = 0;

-- The petition's value is in state; the other columns repeat what is searched.
CREATE TABLE petition (
	id           BIGINT   PRIMARY KEY,
	code         TEXT     NOT NULL UNIQUE,
	token        TEXT     NOT NULL,
	version      BIGINT   NOT NULL,
	status       TEXT     NOT NULL,
	channel      TEXT     NOT NULL,
	kind         BIGINT   NOT NULL,
	field        TEXT     NOT NULL,
	area         TEXT     NOT NULL,
	lead_unit    TEXT     NOT NULL,
	summary      TEXT     NOT NULL,
	urgent       SMALLINT NOT NULL,
	confidential SMALLINT NOT NULL,
	denunciation SMALLINT NOT NULL,
	was_overdue  SMALLINT NOT NULL,
	ended        SMALLINT NOT NULL,
	waits_for    TEXT     NOT NULL,
	received_at  BIGINT   NOT NULL,
	recorded_at  BIGINT   NOT NULL,
	next_due     BIGINT   NOT NULL,
	closed_at    BIGINT   NOT NULL,
	merged_into  TEXT     NOT NULL,
	search       TEXT     NOT NULL,
	state        TEXT     NOT NULL
);
CREATE UNIQUE INDEX petition_token ON petition (token) WHERE token <> '';
CREATE INDEX petition_status ON petition (status, id);
CREATE INDEX petition_unit ON petition (lead_unit, id);
CREATE INDEX petition_received ON petition (received_at);
CREATE INDEX petition_open ON petition (id) WHERE ended = 0;

-- Personal data, in a row of its own that can be erased.
CREATE TABLE citizen (
	petition_id  BIGINT   PRIMARY KEY REFERENCES petition (id),
	name         TEXT     NOT NULL,
	phone        TEXT     NOT NULL,
	email        TEXT     NOT NULL,
	address      TEXT     NOT NULL,
	organisation SMALLINT NOT NULL
);
CREATE INDEX citizen_phone ON citizen (phone) WHERE phone <> '';

-- A rung fires once: (petition, round, name) is its identity. left_ns is the
-- working time left of a paused rung, in nanoseconds.
CREATE TABLE rung (
	petition_id BIGINT   NOT NULL REFERENCES petition (id),
	round       BIGINT   NOT NULL,
	name        TEXT     NOT NULL,
	pos         BIGINT   NOT NULL,
	slip        BIGINT   NOT NULL,
	ladder      TEXT     NOT NULL,
	due         BIGINT   NOT NULL,
	state       TEXT     NOT NULL,
	fired_at    BIGINT   NOT NULL,
	left_ns     BIGINT   NOT NULL,
	basis       TEXT     NOT NULL,
	provisional SMALLINT NOT NULL,
	PRIMARY KEY (petition_id, round, name)
);
CREATE INDEX rung_armed ON rung (due, petition_id) WHERE state = 'armed';

-- Slips repeated from the petition's value for look-ups by token and by unit.
CREATE TABLE slip (
	petition_id     BIGINT   NOT NULL REFERENCES petition (id),
	no              BIGINT   NOT NULL,
	unit            TEXT     NOT NULL,
	lead            SMALLINT NOT NULL,
	round           BIGINT   NOT NULL,
	token           TEXT     NOT NULL,
	forwarded_at    BIGINT   NOT NULL,
	acknowledged_at BIGINT   NOT NULL,
	ended_at        BIGINT   NOT NULL,
	ended_for       TEXT     NOT NULL,
	moved_to        TEXT     NOT NULL,
	PRIMARY KEY (petition_id, no)
);
CREATE UNIQUE INDEX slip_token ON slip (token) WHERE token <> '';
CREATE INDEX slip_unit ON slip (unit, petition_id);

-- The timeline only grows. hash covers the entry before.
CREATE TABLE timeline (
	petition_id BIGINT NOT NULL REFERENCES petition (id),
	seq         BIGINT NOT NULL,
	at          BIGINT NOT NULL,
	actor       TEXT   NOT NULL,
	role        TEXT   NOT NULL,
	channel     TEXT   NOT NULL,
	action      TEXT   NOT NULL,
	text        TEXT   NOT NULL,
	status      TEXT   NOT NULL,
	policy      TEXT   NOT NULL,
	calendar    TEXT   NOT NULL,
	digest      TEXT   NOT NULL,
	hash        TEXT   NOT NULL,
	PRIMARY KEY (petition_id, seq)
);
CREATE INDEX timeline_at ON timeline (at);

-- Personal texts of the timeline, erasable; the chain covers their digests.
CREATE TABLE timeline_private (
	petition_id BIGINT NOT NULL,
	seq         BIGINT NOT NULL,
	salt        TEXT   NOT NULL,
	text        TEXT   NOT NULL,
	PRIMARY KEY (petition_id, seq)
);

CREATE TABLE task (
	id          {id},
	key         TEXT   NOT NULL,
	kind        TEXT   NOT NULL,
	petition_id BIGINT NOT NULL,
	contact_id  BIGINT NOT NULL,
	text        TEXT   NOT NULL,
	for_role    TEXT   NOT NULL,
	opened_at   BIGINT NOT NULL,
	due         BIGINT NOT NULL,
	done_at     BIGINT NOT NULL DEFAULT 0,
	done_by     TEXT   NOT NULL DEFAULT '',
	outcome     TEXT   NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX task_open ON task (key) WHERE done_at = 0;
CREATE INDEX task_petition ON task (petition_id) WHERE done_at = 0;

-- +goose Down
DROP TABLE task;
DROP TABLE timeline_private;
DROP TABLE timeline;
DROP TABLE slip;
DROP TABLE rung;
DROP TABLE citizen;
DROP TABLE petition;
DROP TABLE absence;
DROP TABLE contact;
DROP TABLE unit;
DROP TABLE number;
DROP TABLE setting;
DROP TABLE installation;
