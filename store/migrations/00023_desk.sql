-- 2026-11-28. What the desk's own lists need: tasks that are tried again, the oldest due
-- first, and petitions by the account that had a hand in them: two people may have one name.

-- +goose Up
ALTER TABLE task ADD COLUMN tries BIGINT NOT NULL DEFAULT 0; -- calls that reached nobody so far
CREATE INDEX task_due ON task ((CASE WHEN due > 0 THEN due ELSE opened_at END), id) WHERE done_at = 0;

-- The account's name. The hash of an entry does not cover it: entries of before have it from
-- the name that is shown, where one account alone has that name.
ALTER TABLE timeline ADD COLUMN account TEXT NOT NULL DEFAULT '';
UPDATE timeline SET account = COALESCE((SELECT MIN(a.name) FROM account a
		WHERE (CASE WHEN a.full_name <> '' THEN a.full_name ELSE a.name END) = timeline.actor HAVING COUNT(*) = 1), '')
	WHERE channel = 'console';
CREATE INDEX timeline_account ON timeline (account, petition_id) WHERE account <> '';

-- +goose Down
DROP INDEX timeline_account;
ALTER TABLE timeline DROP COLUMN account;
DROP INDEX task_due;
ALTER TABLE task DROP COLUMN tries;
