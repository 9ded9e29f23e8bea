-- 2026-11-29. Each gateway says with its heartbeat how its accounts stand, for the page
-- that another machine shows. Only added to: the release before leaves it empty.

-- +goose Up
ALTER TABLE heartbeat ADD COLUMN binds TEXT NOT NULL DEFAULT ''; -- JSON list

-- +goose Down
ALTER TABLE heartbeat DROP COLUMN binds;
