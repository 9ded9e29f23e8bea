-- 2026-11-28. The end-to-end probe: a text to a number of our own whose reply is
-- expected back. slot is the period by the machine's clock, so that of several
-- nodes one sends. Rows are kept for a day.

-- +goose Up
CREATE TABLE probe (
	slot          BIGINT PRIMARY KEY,
	nonce         TEXT   NOT NULL,
	sent_real     BIGINT NOT NULL,
	answered_real BIGINT NOT NULL DEFAULT 0
);

-- +goose Down
DROP TABLE probe;
