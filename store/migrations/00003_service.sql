-- 2026-11-16. What the service keeps about itself.

-- +goose Up

-- Wordings saved by an administrator; version 1 of each key is built in.
CREATE TABLE template (
	key         TEXT   NOT NULL,
	version     BIGINT NOT NULL,
	text        TEXT   NOT NULL,
	author      TEXT   NOT NULL,
	created_at  BIGINT NOT NULL,
	active_from BIGINT NOT NULL,
	PRIMARY KEY (key, version)
);

-- Only the digest of a key is kept.
CREATE TABLE api_key (
	id         {id},
	name       TEXT   NOT NULL,
	role       TEXT   NOT NULL,
	unit       TEXT   NOT NULL,
	prefix     TEXT   NOT NULL,
	hash       TEXT   NOT NULL,
	created_at BIGINT NOT NULL,
	revoked_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX api_key_prefix ON api_key (prefix) WHERE revoked_at = 0;

CREATE TABLE account (
	id          {id},
	name        TEXT     NOT NULL UNIQUE,
	full_name   TEXT     NOT NULL,
	role        TEXT     NOT NULL,
	unit        TEXT     NOT NULL,
	contact_id  BIGINT   NOT NULL,
	hash        TEXT     NOT NULL,
	must_change SMALLINT NOT NULL,
	disabled    SMALLINT NOT NULL,
	created_at  BIGINT   NOT NULL
);

CREATE TABLE session (
	token        TEXT   PRIMARY KEY,
	data         BYTEA  NOT NULL,
	expires_real BIGINT NOT NULL
);
CREATE INDEX session_expires ON session (expires_real);

-- Answers kept for a day, so that a repeated request gets the same one.
CREATE TABLE idempotency (
	key          TEXT   PRIMARY KEY,
	hash         TEXT   NOT NULL,
	status       BIGINT NOT NULL,
	body         BYTEA,
	created_real BIGINT NOT NULL
);
CREATE INDEX idempotency_created ON idempotency (created_real);

-- Periodic work: done_real 0 means that owner is at it until lease_real.
CREATE TABLE period (
	kind       TEXT   NOT NULL,
	period     TEXT   NOT NULL,
	owner      TEXT   NOT NULL,
	lease_real BIGINT NOT NULL,
	done_real  BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (kind, period)
);

-- One row: the anchor of a simulated clock. speed is in thousandths.
CREATE TABLE sim_clock (
	one      SMALLINT PRIMARY KEY CHECK (one = 1),
	sim_at   BIGINT   NOT NULL,
	real_at  BIGINT   NOT NULL,
	speed    BIGINT   NOT NULL,
	until_at BIGINT   NOT NULL
);

-- Live processes, and which of them hold gateways.
CREATE TABLE heartbeat (
	node      TEXT   PRIMARY KEY,
	roles     TEXT   NOT NULL,
	beat_real BIGINT NOT NULL
);

-- +goose Down
DROP TABLE heartbeat;
DROP TABLE sim_clock;
DROP TABLE period;
DROP TABLE idempotency;
DROP TABLE session;
DROP TABLE account;
DROP TABLE api_key;
DROP TABLE template;
