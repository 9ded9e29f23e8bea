-- 2026-11-28. Petitions that have ended are listed and searched in the console beside the open
-- ones, the newest first: what that list is narrowed by is read in its order.

-- +goose Up
CREATE INDEX petition_field ON petition (field, id);
CREATE INDEX petition_channel ON petition (channel, id);
CREATE INDEX petition_urgent ON petition (id) WHERE urgent = 1;
CREATE INDEX petition_late ON petition (id) WHERE was_overdue = 1;

-- +goose Down
DROP INDEX petition_late;
DROP INDEX petition_urgent;
DROP INDEX petition_channel;
DROP INDEX petition_field;
