-- 2026-11-28. Petitions that have ended are listed and searched in the console beside the open
-- ones, the newest first: what that list is narrowed by is read in its order.

-- +goose Up
-- They are of expressions: the board asks for the columns and keeps its own order.
CREATE INDEX petition_field ON petition ((field || ''), id);
CREATE INDEX petition_channel ON petition ((channel || ''), id);
CREATE INDEX petition_urgent ON petition (id) WHERE urgent + 0 = 1;
CREATE INDEX petition_late ON petition (id) WHERE was_overdue + 0 = 1;

-- What a directive asks for stays on the Office's list when its time has passed.
CREATE INDEX rung_directed ON rung (petition_id) WHERE state = 'fired' AND name = 'directive';

-- Which petitions a text named or acted on: an officer's number texts about all that the unit
-- owes. Of texts of before it is known by what they were answered with.
CREATE TABLE inbox_petition (
	petition_id BIGINT NOT NULL,
	inbox_id    BIGINT NOT NULL,
	PRIMARY KEY (petition_id, inbox_id)
);
CREATE INDEX inbox_petition_text ON inbox_petition (inbox_id);
INSERT INTO inbox_petition SELECT DISTINCT m.petition_id, i.id FROM message m JOIN inbox i ON i.id = m.seq AND i.phone = m.phone WHERE m.class = 'answer' AND m.petition_id <> 0;

-- +goose Down
DROP TABLE inbox_petition;
DROP INDEX rung_directed;
DROP INDEX petition_late;
DROP INDEX petition_urgent;
DROP INDEX petition_channel;
DROP INDEX petition_field;
