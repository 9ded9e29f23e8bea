-- 2026-11-28. What an email carries besides its words: tables, HTML, files.

-- +goose Up
CREATE TABLE enclosure (
	message_id BIGINT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
	seq        BIGINT NOT NULL,
	kind       TEXT   NOT NULL, -- text, html, file
	name       TEXT   NOT NULL, -- of a file
	media_type TEXT   NOT NULL, -- of a file
	content    BYTEA  NOT NULL,
	PRIMARY KEY (message_id, seq)
);

-- +goose Down
DROP TABLE enclosure;
