-- 2026-11-29. A long text of which one account took a part and that then goes whole over another
-- one, with another sender or header, is judged by what went since: no handset joins the two.
-- Only added to: the release before leaves it at nought and judges by all.

-- +goose Up
ALTER TABLE message ADD COLUMN anew BIGINT NOT NULL DEFAULT 0; -- the attempt from which on its segments count

-- +goose Down
ALTER TABLE message DROP COLUMN anew;
