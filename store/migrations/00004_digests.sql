-- 2026-11-23. What the City Office's digests look for, without reading every
-- petition: what is overdue now, and what was forwarded since the digest before.

-- +goose Up
CREATE INDEX petition_overdue ON petition (id) WHERE status = 'overdue';
CREATE INDEX slip_forwarded ON slip (forwarded_at);

-- +goose Down
DROP INDEX slip_forwarded;
DROP INDEX petition_overdue;
