-- 2026-11-28. Files for written reminders and explanations (Đ9.6), to be listed by state,
-- unit and month. What people wrote stays in the petition's document.

-- +goose Up
CREATE TABLE written_file (
	petition_id BIGINT NOT NULL,
	no          BIGINT NOT NULL, -- 1, 2, … within the petition
	state       TEXT   NOT NULL, -- waiting, sent, asking, explained, dropped
	unit        TEXT   NOT NULL,
	from_at     BIGINT NOT NULL, -- where the two working days begin
	due         BIGINT NOT NULL, -- of the file; 0: no clock ran
	sent_at     BIGINT NOT NULL, -- 0: not yet
	batch       TEXT   NOT NULL, -- of files that one text announced
	explain_due BIGINT NOT NULL, -- of the latest explanation; 0: none was asked for
	PRIMARY KEY (petition_id, no)
);
CREATE INDEX written_file_state ON written_file (state, due, petition_id);
CREATE INDEX written_file_from ON written_file (from_at, petition_id);
CREATE INDEX written_file_batch ON written_file (batch) WHERE batch <> '';

-- +goose Down
DROP TABLE written_file;
