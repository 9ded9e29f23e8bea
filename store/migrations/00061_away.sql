-- 2026-11-29. Since when no gateway is bound to an account, for all workers together: a process
-- that is started anew forgets nothing. Only added to: the release before neither reads nor
-- writes it.

-- +goose Up
CREATE TABLE account_away (
	smsc       TEXT   PRIMARY KEY,
	since_real BIGINT NOT NULL,
	seen_real  BIGINT NOT NULL
);

-- +goose Down
DROP TABLE account_away;
