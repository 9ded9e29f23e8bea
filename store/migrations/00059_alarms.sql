-- 2026-11-29. Alarms about new petitions wait for each other, and go as one text to a number.
-- Only added to: the release before sends each by itself.

-- +goose Up
CREATE INDEX message_alarm ON message (phone, id) WHERE state = 'queued' AND template = 'T1' AND rung = 'intake';

-- +goose Down
DROP INDEX message_alarm;
