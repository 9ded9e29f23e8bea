-- 2026-11-28. A request under an Idempotency-Key notes the petition it changed in
-- the transaction that changed it: a process that died before it could keep the
-- answer leaves no request to be carried out twice.

-- +goose Up
ALTER TABLE idempotency ADD COLUMN petition_id BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE idempotency DROP COLUMN petition_id;
