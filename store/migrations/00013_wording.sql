-- 2026-11-29. Wordings that wait for a second person's approval. A draft is in a table
-- of its own, so that nothing that reads the wordings in force can take one for them.

-- +goose Up
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

-- +goose Down
DROP TABLE template_draft;
