-- 2026-11-16. What goes out and what comes in.
-- Columns named *_real hold the machine's time (leases, retries, waits); every
-- other instant is the domain's.

-- +goose Up

CREATE TABLE message (
	id                 {id},
	key                TEXT     NOT NULL UNIQUE,
	petition_id        BIGINT   NOT NULL,
	round              BIGINT   NOT NULL,
	rung               TEXT     NOT NULL,
	slip               BIGINT   NOT NULL,
	template           TEXT     NOT NULL,
	template_version   BIGINT   NOT NULL DEFAULT 0,
	vars               TEXT     NOT NULL,
	lane               TEXT     NOT NULL,
	class              TEXT     NOT NULL,
	contact_id         BIGINT   NOT NULL,
	citizen_of         BIGINT   NOT NULL,
	role               TEXT     NOT NULL,
	unit               TEXT     NOT NULL,
	by_email           SMALLINT NOT NULL,
	phone              TEXT     NOT NULL,
	email              TEXT     NOT NULL,
	need_code          SMALLINT NOT NULL,
	reply_code         TEXT     NOT NULL,
	text               TEXT     NOT NULL DEFAULT '',
	coding             TEXT     NOT NULL DEFAULT '',
	segments           BIGINT   NOT NULL DEFAULT 0,
	state              TEXT     NOT NULL,
	attempt            BIGINT   NOT NULL,
	seq                BIGINT   NOT NULL,
	attempts           BIGINT   NOT NULL DEFAULT 0,
	possible_duplicate SMALLINT NOT NULL DEFAULT 0,
	pointless          TEXT     NOT NULL DEFAULT '',
	handled            SMALLINT NOT NULL DEFAULT 0,
	reference          BIGINT   NOT NULL DEFAULT 0,
	error              TEXT     NOT NULL DEFAULT '',
	at                 BIGINT   NOT NULL,
	not_before         BIGINT   NOT NULL,
	expires_at         BIGINT   NOT NULL,
	sent_at            BIGINT   NOT NULL DEFAULT 0,
	delivered_at       BIGINT   NOT NULL DEFAULT 0,
	created_real       BIGINT   NOT NULL,
	retry_real         BIGINT   NOT NULL DEFAULT 0,
	lease_owner        TEXT     NOT NULL DEFAULT '',
	lease_real         BIGINT   NOT NULL DEFAULT 0,
	unknown_real       BIGINT   NOT NULL DEFAULT 0,
	accepted_real      BIGINT   NOT NULL DEFAULT 0
);
CREATE INDEX message_queued ON message (lane, by_email, id) WHERE state = 'queued';
CREATE INDEX message_sending ON message (lease_real) WHERE state = 'sending';
CREATE INDEX message_unknown ON message (unknown_real) WHERE state = 'unknown';
CREATE INDEX message_unhandled ON message (id) WHERE state = 'failed' AND handled = 0;
CREATE INDEX message_accepted ON message (accepted_real) WHERE state = 'accepted' AND handled = 0;
CREATE INDEX message_petition ON message (petition_id, id) WHERE petition_id <> 0;
CREATE INDEX message_phone ON message (phone, at) WHERE phone <> '';

-- What became of each segment at each attempt. A proof is never overwritten.
CREATE TABLE segment (
	message_id BIGINT NOT NULL REFERENCES message (id),
	segment    BIGINT NOT NULL,
	attempt    BIGINT NOT NULL,
	state      TEXT   NOT NULL,
	smsc       TEXT   NOT NULL,
	smsc_id    TEXT   NOT NULL,
	status     BIGINT NOT NULL,
	error      TEXT   NOT NULL,
	at_real    BIGINT NOT NULL,
	PRIMARY KEY (message_id, segment, attempt)
);
CREATE INDEX segment_smsc_id ON segment (smsc_id, smsc) WHERE smsc_id <> '';

-- Receipts: those that wait for their message (message_id 0), and history.
CREATE TABLE receipt (
	id           {id},
	smsc         TEXT   NOT NULL,
	smsc_id      TEXT   NOT NULL,
	state        TEXT   NOT NULL,
	code         TEXT   NOT NULL,
	error        TEXT   NOT NULL,
	at_real      BIGINT NOT NULL,
	raw          BYTEA,
	message_id   BIGINT NOT NULL DEFAULT 0,
	created_real BIGINT NOT NULL
);
CREATE INDEX receipt_waiting ON receipt (smsc_id, smsc) WHERE message_id = 0;
CREATE INDEX receipt_created ON receipt (created_real);

-- One row per number: the counter of its reply codes, and its wish not to be texted.
CREATE TABLE phone (
	phone      TEXT     PRIMARY KEY,
	counter    BIGINT   NOT NULL DEFAULT 0,
	stopped    SMALLINT NOT NULL DEFAULT 0,
	changed_at BIGINT   NOT NULL DEFAULT 0
);

CREATE TABLE reply_code (
	id          {id},
	phone       TEXT   NOT NULL,
	code        TEXT   NOT NULL,
	petition_id BIGINT NOT NULL,
	round       BIGINT NOT NULL,
	slip        BIGINT NOT NULL,
	role        TEXT   NOT NULL,
	unit        TEXT   NOT NULL,
	contact_id  BIGINT NOT NULL,
	issued_at   BIGINT NOT NULL,
	released_at BIGINT NOT NULL DEFAULT 0,
	reason      TEXT   NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX reply_code_open ON reply_code (phone, code) WHERE released_at = 0;
CREATE INDEX reply_code_phone ON reply_code (phone, code, released_at);
CREATE INDEX reply_code_petition ON reply_code (petition_id);

-- Every deliver_sm as it came, committed before it is answered.
CREATE TABLE inbox_part (
	id          {id},
	smsc        TEXT   NOT NULL,
	from_raw    TEXT   NOT NULL,
	to_raw      TEXT   NOT NULL,
	phone       TEXT   NOT NULL,
	esm_class   BIGINT NOT NULL,
	data_coding BIGINT NOT NULL,
	raw         BYTEA,
	ref         BIGINT NOT NULL,
	ref_width   BIGINT NOT NULL,
	seq         BIGINT NOT NULL,
	total       BIGINT NOT NULL,
	text        TEXT   NOT NULL,
	read_at     BIGINT NOT NULL,
	stored_real BIGINT NOT NULL,
	inbox_id    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX inbox_part_loose ON inbox_part (phone, ref) WHERE inbox_id = 0;
CREATE INDEX inbox_part_copy ON inbox_part (phone, stored_real) WHERE total > 1;
CREATE INDEX inbox_part_text ON inbox_part (inbox_id);

-- Whole texts, applied in order per phone.
CREATE TABLE inbox (
	id         {id},
	phone      TEXT     NOT NULL,
	to_raw     TEXT     NOT NULL,
	text       TEXT     NOT NULL,
	hash       TEXT     NOT NULL,
	read_at    BIGINT   NOT NULL,
	incomplete SMALLINT NOT NULL,
	applied_at BIGINT   NOT NULL DEFAULT 0,
	outcome    TEXT     NOT NULL DEFAULT '',
	attempts   BIGINT   NOT NULL DEFAULT 0,
	error      TEXT     NOT NULL DEFAULT '',
	retry_real BIGINT   NOT NULL DEFAULT 0
);
CREATE INDEX inbox_open ON inbox (phone, read_at, id) WHERE applied_at = 0;
CREATE INDEX inbox_hash ON inbox (phone, hash, read_at);

-- +goose Down
DROP TABLE inbox;
DROP TABLE inbox_part;
DROP TABLE reply_code;
DROP TABLE phone;
DROP TABLE receipt;
DROP TABLE segment;
DROP TABLE message;
