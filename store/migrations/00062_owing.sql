-- 2026-11-29. Petitions that have ended and still owe something, as a file of a closed one
-- (Đ9.6): an edited calendar moves their deadlines, too.

-- +goose Up
CREATE INDEX petition_owing ON petition (id) WHERE ended = 1 AND next_due > 0;

-- +goose Down
DROP INDEX petition_owing;
