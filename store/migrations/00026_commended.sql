-- +goose Up
-- People proposed for reward (Đ17.7, Đ20), as the petitions' documents name them.
CREATE TABLE commended (
	petition_id BIGINT NOT NULL,
	no          BIGINT NOT NULL,
	code        TEXT   NOT NULL,
	who         TEXT   NOT NULL, -- citizen, officer
	officer     TEXT   NOT NULL,
	unit        TEXT   NOT NULL,
	reason      TEXT   NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (petition_id, no)
);
CREATE INDEX commended_at ON commended (at);

-- +goose Down
DROP TABLE commended;
