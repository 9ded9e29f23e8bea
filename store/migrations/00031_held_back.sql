-- 2026-11-28. Petitions whose time was over while they were still needed: the deletion looks at
-- them again. And numbers go from the keys of texts whose numbers went before.

-- +goose Up
CREATE TABLE retention_held (
	kind        TEXT   NOT NULL,
	petition_id BIGINT NOT NULL,
	PRIMARY KEY (kind, petition_id)
);
UPDATE message SET key = 'emptied/' || id WHERE phone = '' AND email = '' AND text = '' AND key LIKE '%/phone:%';

-- +goose Down
DROP TABLE retention_held;
