-- 2026-11-28. Units ask to hear a recording, the shift lead grants it for a time (Đ10.1).

-- +goose Up
CREATE TABLE recording_request (
	id          {id},
	petition_id BIGINT   NOT NULL,
	unit        TEXT     NOT NULL,
	reason      TEXT     NOT NULL,
	asked_by    TEXT     NOT NULL,
	asked_at    BIGINT   NOT NULL,
	decided_at  BIGINT   NOT NULL DEFAULT 0,
	decided_by  TEXT     NOT NULL DEFAULT '',
	expires_at  BIGINT   NOT NULL DEFAULT 0 -- 0 once decided: refused
);
CREATE INDEX recording_request_petition ON recording_request (petition_id, id);
CREATE UNIQUE INDEX recording_request_open ON recording_request (petition_id, unit) WHERE decided_at = 0;

-- +goose Down
DROP TABLE recording_request;
