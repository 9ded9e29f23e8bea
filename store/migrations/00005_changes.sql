-- 2026-11-23. Who changed what belongs to no petition: the directory, messages
-- sent by hand. Petitions have their timeline.

-- +goose Up

CREATE TABLE change_log (
	id      {id},
	at      BIGINT NOT NULL,
	actor   TEXT   NOT NULL,
	role    TEXT   NOT NULL,
	channel TEXT   NOT NULL,
	action  TEXT   NOT NULL,
	what    TEXT   NOT NULL,
	ref     TEXT   NOT NULL,
	detail  TEXT   NOT NULL
);
CREATE INDEX change_log_ref ON change_log (what, ref, id);

-- +goose Down
DROP TABLE change_log;
