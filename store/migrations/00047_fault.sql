-- 2026-11-29. What is wrong with the service itself, since when and when an administrator was
-- told, for all workers together. Only added to: the release before neither reads nor writes it.

-- +goose Up
CREATE TABLE fault (
	kind       TEXT   PRIMARY KEY,
	since_real BIGINT NOT NULL,
	seen_real  BIGINT NOT NULL,
	told_real  BIGINT NOT NULL DEFAULT 0 -- 0: nobody was told since then
);

-- +goose Down
DROP TABLE fault;
