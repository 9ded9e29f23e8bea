-- 2026-11-29. What is known of the database's clock: a process that starts compares, so that
-- a restart accepts no step. Only added to: the release before neither reads nor writes it.

-- +goose Up
CREATE TABLE clock (
	one       SMALLINT PRIMARY KEY CHECK (one = 1),
	seen_real BIGINT   NOT NULL,           -- the latest instant seen, steps left out
	step      BIGINT   NOT NULL DEFAULT 0, -- microseconds by which it is stepped; 0: it agrees
	doubt     SMALLINT NOT NULL DEFAULT 0, -- 1: found at a start, by comparing
	accepted  BIGINT   NOT NULL DEFAULT 0  -- version of the setting clock_step at the time
);

-- +goose Down
DROP TABLE clock;
