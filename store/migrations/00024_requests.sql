-- 2026-11-28. A request under an Idempotency-Key notes in its own transaction that it
-- changed something, whatever that is, and the ids of what it made: a process that
-- died before it could keep the answer leaves no request to be carried out twice.

-- +goose Up
ALTER TABLE idempotency ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE idempotency ADD COLUMN made TEXT NOT NULL DEFAULT '';
UPDATE idempotency SET changed = 1 WHERE petition_id <> 0;

-- +goose Down
ALTER TABLE idempotency DROP COLUMN made;
ALTER TABLE idempotency DROP COLUMN changed;
