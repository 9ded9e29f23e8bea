-- 2026-11-28. What reports count: a row for each turn of a petition, written in the
-- transaction of the petition itself (escalation.Facts). Petitions of before are
-- filled in by the service, page by page. Instants are microseconds since 1970,
-- 0 for none; spans are seconds of working time.

-- +goose Up
-- What reports read of every row stands first, numbers before texts: PostgreSQL finds
-- a column the faster the less stands before it.
CREATE TABLE fact (
	petition_id     BIGINT   NOT NULL,
	turn            BIGINT   NOT NULL,
	received_at     BIGINT   NOT NULL,
	opened_at       BIGINT   NOT NULL,
	forwarded_at    BIGINT   NOT NULL,
	overdue_at      BIGINT   NOT NULL,
	done_at         BIGINT   NOT NULL,
	-- The flags and small numbers in one, by which reports group (escalation.FactMark).
	marks           BIGINT   GENERATED ALWAYS AS (
		CASE WHEN turn = 1 THEN 1 ELSE 0 END + 2 * reopened + 4 * urgent + 8 * denunciation
		+ CASE WHEN forwarded_at > 0 THEN 16 ELSE 0 END + CASE WHEN acknowledged_at > 0 THEN 32 ELSE 0 END
		+ 64 * judged + 128 * within_focal + 256 * within_head + 512 * published + 1024 * own_site
		+ 2048 * office + 4096 * disputed + 8192 * at_once + 16384 * asked + 32768 * asked_in_time
		+ 65536 * written + 131072 * written_in_time
		+ 1048576 * CAST(outcome AS BIGINT) + 16777216 * CAST(level AS BIGINT) + 268435456 * CAST(score AS BIGINT)
	) STORED,
	score           SMALLINT NOT NULL, -- 0: not rated
	promises        SMALLINT NOT NULL,
	kept            SMALLINT NOT NULL,
	missed          SMALLINT NOT NULL,
	unit            TEXT     NOT NULL, -- empty: 1022 or the City Office
	field           TEXT     NOT NULL, -- empty for a denunciation
	area            TEXT     NOT NULL, -- likewise
	channel         TEXT     NOT NULL,

	acknowledged_in INTEGER  NOT NULL,
	answered_in     INTEGER  NOT NULL,
	held_1022       INTEGER  NOT NULL,
	held_focal      INTEGER  NOT NULL,
	held_head       INTEGER  NOT NULL,
	held_office     INTEGER  NOT NULL,
	outcome         SMALLINT NOT NULL, -- 0 open, 1 answered, 2 directly, 3 rejected, 4 withdrawn, 5 merged, 6 returned, 7 moved
	level           SMALLINT NOT NULL, -- 0 none, 1 operator, 2 focal officer, 3 head, 4 City Office
	kind            SMALLINT NOT NULL, -- Đ5
	urgent          SMALLINT NOT NULL,
	denunciation    SMALLINT NOT NULL,
	reopened        SMALLINT NOT NULL,
	judged          SMALLINT NOT NULL,
	within_focal    SMALLINT NOT NULL,
	within_head     SMALLINT NOT NULL,
	published       SMALLINT NOT NULL,
	own_site        SMALLINT NOT NULL,
	office          SMALLINT NOT NULL,
	disputed        SMALLINT NOT NULL,
	at_once         SMALLINT NOT NULL,
	asked           SMALLINT NOT NULL,
	asked_in_time   SMALLINT NOT NULL,
	written         SMALLINT NOT NULL,
	written_in_time SMALLINT NOT NULL,
	acknowledged_at BIGINT   NOT NULL,
	result_at       BIGINT   NOT NULL,
	published_at    BIGINT   NOT NULL,
	round           BIGINT   NOT NULL, -- of the lead's slip; 0: no unit
	officer         TEXT     NOT NULL, -- who acknowledged
	code            TEXT     NOT NULL,
	PRIMARY KEY (petition_id, turn)
{sqlite} );
{postgres} ) WITH (fillfactor = 80); -- a row is rewritten some ten times, mostly in its page
CREATE INDEX fact_opened ON fact (opened_at, done_at);
CREATE INDEX fact_done ON fact (done_at, opened_at);

-- Reports count the texts of a stretch of days.
CREATE INDEX message_at ON message (at);

-- +goose Down
DROP INDEX message_at;
DROP TABLE fact;
