-- 2026-11-28. What the console needs: sign-in that locks and has a second factor,
-- the board in the order of what burns, and words that are found without reading
-- every petition. Lines that begin with {postgres} or {sqlite} are for one dialect.

-- +goose Up
ALTER TABLE account ADD COLUMN totp TEXT NOT NULL DEFAULT '';        -- secret of the second factor, base32; empty: none
ALTER TABLE account ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;  -- last step that was used
ALTER TABLE account ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;   -- wrong passwords in a row
ALTER TABLE account ADD COLUMN locked_real BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN epoch BIGINT NOT NULL DEFAULT 1;      -- sessions of an earlier one are over

CREATE INDEX petition_burning ON petition ((CASE WHEN next_due > 0 THEN next_due ELSE received_at END), id) WHERE ended = 0;
CREATE INDEX petition_burning_overdue ON petition ((CASE WHEN next_due > 0 THEN next_due ELSE received_at END), id) WHERE ended = 0 AND was_overdue = 1;
CREATE INDEX petition_open_unit ON petition (lead_unit, id) WHERE ended = 0;
CREATE INDEX petition_open_status ON petition (status) WHERE ended = 0;
CREATE INDEX rung_office ON rung (petition_id) WHERE state = 'armed' AND name IN ('directive', 'written_file');
CREATE INDEX task_open_list ON task (id) WHERE done_at = 0;

-- Members of bundles under way, and reminders that may join one.
CREATE INDEX message_bundle_open ON message (bundle_id) WHERE bundle_id <> 0 AND state = 'sending';
CREATE INDEX message_reminder ON message (phone, id) WHERE state = 'queued' AND template IN ('O2', 'H2');

-- The words of a petition, in a table of its own: a petition changes ten times, its words once.
{postgres} CREATE TABLE petition_words (petition_id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);
{postgres} CREATE INDEX petition_words_words ON petition_words USING GIN (words);
{postgres} INSERT INTO petition_words SELECT id, to_tsvector('simple', regexp_replace(search, '[^[:alnum:]]+', ' ', 'g')) FROM petition;
{postgres} -- +goose StatementBegin
{postgres} CREATE FUNCTION petition_words_keep() RETURNS trigger LANGUAGE plpgsql AS $$
{postgres} BEGIN
{postgres} 	INSERT INTO petition_words VALUES (NEW.id, to_tsvector('simple', regexp_replace(NEW.search, '[^[:alnum:]]+', ' ', 'g')))
{postgres} 	ON CONFLICT (petition_id) DO UPDATE SET words = excluded.words;
{postgres} 	RETURN NULL;
{postgres} END $$;
{postgres} -- +goose StatementEnd
{postgres} CREATE TRIGGER petition_words_new AFTER INSERT ON petition FOR EACH ROW EXECUTE FUNCTION petition_words_keep();
{postgres} CREATE TRIGGER petition_words_changed AFTER UPDATE OF search ON petition FOR EACH ROW WHEN (OLD.search IS DISTINCT FROM NEW.search) EXECUTE FUNCTION petition_words_keep();

{sqlite} CREATE VIRTUAL TABLE petition_words USING fts5(search, content='petition', content_rowid='id');
{sqlite} INSERT INTO petition_words (rowid, search) SELECT id, search FROM petition;
{sqlite} -- +goose StatementBegin
{sqlite} CREATE TRIGGER petition_words_new AFTER INSERT ON petition BEGIN
{sqlite} 	INSERT INTO petition_words (rowid, search) VALUES (new.id, new.search);
{sqlite} END;
{sqlite} -- +goose StatementEnd
{sqlite} -- +goose StatementBegin
{sqlite} CREATE TRIGGER petition_words_changed AFTER UPDATE OF search ON petition WHEN old.search <> new.search BEGIN
{sqlite} 	INSERT INTO petition_words (petition_words, rowid, search) VALUES ('delete', old.id, old.search);
{sqlite} 	INSERT INTO petition_words (rowid, search) VALUES (new.id, new.search);
{sqlite} END;
{sqlite} -- +goose StatementEnd

-- Codes sent to an officer's phone before a slip opens on a device not seen yet, and
-- to a citizen's before a confidential petition does. Only digests are kept.
CREATE TABLE passcode (
	id           {id},
	subject      TEXT   NOT NULL,
	hash         TEXT   NOT NULL,
	tries        BIGINT NOT NULL DEFAULT 0,
	created_real BIGINT NOT NULL,
	used_real    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX passcode_subject ON passcode (subject, id);

-- Devices that have shown a code, by the digest of their secret.
CREATE TABLE device (
	hash         TEXT   NOT NULL,
	subject      TEXT   NOT NULL,
	expires_real BIGINT NOT NULL,
	PRIMARY KEY (hash, subject)
);

-- Wrong tries and codes asked for, to count them over all nodes.
CREATE TABLE miss (
	subject      TEXT   NOT NULL,
	created_real BIGINT NOT NULL
);
CREATE INDEX miss_subject ON miss (subject, created_real);

-- Files of a petition. The bytes lie outside the database, under the digest.
CREATE TABLE attachment (
	id          {id},
	petition_id BIGINT   NOT NULL,
	name        TEXT     NOT NULL,
	media_type  TEXT     NOT NULL,
	size        BIGINT   NOT NULL,
	sha256      TEXT     NOT NULL,
	stage       TEXT     NOT NULL, -- intake, before, after, recording
	added_by    TEXT     NOT NULL,
	added_role  TEXT     NOT NULL,
	added_at    BIGINT   NOT NULL,
	public      SMALLINT NOT NULL DEFAULT 0
);
CREATE INDEX attachment_petition ON attachment (petition_id, id);

-- Receivers of events, and what was sent to them.
CREATE TABLE webhook (
	id         {id},
	url        TEXT     NOT NULL,
	secret     TEXT     NOT NULL,
	events     TEXT     NOT NULL,
	created_by TEXT     NOT NULL,
	created_at BIGINT   NOT NULL,
	disabled   SMALLINT NOT NULL DEFAULT 0
);
CREATE TABLE webhook_delivery (
	id           {id},
	webhook_id   BIGINT NOT NULL,
	event        TEXT   NOT NULL,
	key          TEXT   NOT NULL,
	body         TEXT   NOT NULL,
	state        TEXT   NOT NULL, -- queued, delivered, failed
	attempts     BIGINT NOT NULL DEFAULT 0,
	status       BIGINT NOT NULL DEFAULT 0,
	error        TEXT   NOT NULL DEFAULT '',
	created_at   BIGINT NOT NULL,
	retry_real   BIGINT NOT NULL DEFAULT 0,
	done_real    BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX webhook_delivery_key ON webhook_delivery (webhook_id, key);
CREATE INDEX webhook_delivery_queued ON webhook_delivery (retry_real, id) WHERE state = 'queued';

-- Texts that somebody sent to many, and which messages they are.
CREATE TABLE sending (
	id         {id},
	title      TEXT   NOT NULL,
	created_by TEXT   NOT NULL,
	created_at BIGINT NOT NULL,
	state      TEXT   NOT NULL -- running, paused, cancelled
);
CREATE TABLE sending_message (
	message_id BIGINT PRIMARY KEY,
	sending_id BIGINT NOT NULL
);
CREATE INDEX sending_message_sending ON sending_message (sending_id, message_id);

-- +goose Down
DROP TABLE sending_message;
DROP TABLE sending;
DROP TABLE webhook_delivery;
DROP TABLE webhook;
DROP TABLE attachment;
DROP TABLE miss;
DROP TABLE device;
DROP TABLE passcode;
{postgres} DROP TRIGGER petition_words_changed ON petition;
{postgres} DROP TRIGGER petition_words_new ON petition;
{postgres} DROP FUNCTION petition_words_keep();
{sqlite} DROP TRIGGER petition_words_changed;
{sqlite} DROP TRIGGER petition_words_new;
DROP TABLE petition_words;
DROP INDEX task_open_list;
DROP INDEX rung_office;
DROP INDEX message_reminder;
DROP INDEX message_bundle_open;
DROP INDEX petition_open_status;
DROP INDEX petition_open_unit;
DROP INDEX petition_burning_overdue;
DROP INDEX petition_burning;
ALTER TABLE account DROP COLUMN epoch;
ALTER TABLE account DROP COLUMN locked_real;
ALTER TABLE account DROP COLUMN failures;
ALTER TABLE account DROP COLUMN totp_step;
ALTER TABLE account DROP COLUMN totp;
