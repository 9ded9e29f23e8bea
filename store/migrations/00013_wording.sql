-- 2026-11-29. Wordings: those that wait for a second person's approval, and those that
-- the telecom has on file; and saved groups of people to send to.

-- +goose Up

-- A draft is in a table of its own, so that nothing that reads the wordings in force can
-- take one for them.
CREATE TABLE template_draft (
	id          {id},
	key         TEXT   NOT NULL,
	text        TEXT   NOT NULL,
	author      TEXT   NOT NULL,
	account_id  BIGINT NOT NULL,            -- of the author
	created_at  BIGINT NOT NULL,
	active_from BIGINT NOT NULL,            -- 0: from its approval on
	state       TEXT   NOT NULL,            -- open, approved, refused, withdrawn
	version     BIGINT NOT NULL DEFAULT 0,  -- that it became
	decided_by  TEXT   NOT NULL DEFAULT '',
	decided_at  BIGINT NOT NULL DEFAULT 0,
	reason      TEXT   NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX template_draft_open ON template_draft (key) WHERE state = 'open';
CREATE INDEX template_draft_key ON template_draft (key, id);

-- What the telecom has on file: a wording may have several registrations with a sender.
CREATE TABLE registered_text (
	key           TEXT   NOT NULL,
	sender        TEXT   NOT NULL,  -- the number or brandname
	number        TEXT   NOT NULL,  -- of the registration
	text          TEXT   NOT NULL,
	registered_on TEXT   NOT NULL,  -- 2026-11-30
	author        TEXT   NOT NULL,
	changed_at    BIGINT NOT NULL,
	PRIMARY KEY (key, sender, number)
);

CREATE TABLE contact_group (
	id         {id},
	name       TEXT   NOT NULL UNIQUE,
	created_by TEXT   NOT NULL,
	created_at BIGINT NOT NULL
);
CREATE TABLE contact_group_member (
	group_id   BIGINT NOT NULL REFERENCES contact_group (id),
	contact_id BIGINT NOT NULL,
	PRIMARY KEY (group_id, contact_id)
);

-- +goose Down
DROP TABLE contact_group_member;
DROP TABLE contact_group;
DROP TABLE registered_text;
DROP TABLE template_draft;
