-- 2026-11-28. What somebody wrote on ending a task goes with the citizen it may name:
-- ended tasks are found by their petition too.

-- +goose Up
DROP INDEX task_petition;
CREATE INDEX task_petition ON task (petition_id, id);

-- +goose Down
DROP INDEX task_petition;
CREATE INDEX task_petition ON task (petition_id) WHERE done_at = 0;
