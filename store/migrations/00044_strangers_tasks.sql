-- 2026-11-29. Tasks about texts from unknown numbers, ended ones too, are found by their keys
-- when somebody is erased. Only added to: the release before finds them without.

-- +goose Up
CREATE INDEX task_stranger ON task (key) WHERE key LIKE 'draft/%';

-- +goose Down
DROP INDEX task_stranger;
