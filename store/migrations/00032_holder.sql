-- 2026-11-28. Which officer's code made a device known, so that a hearing of a recording is a
-- person's (Đ10.1), and which officer has asked to hear one and is told what became of it.

-- +goose Up
ALTER TABLE device ADD COLUMN contact_id BIGINT NOT NULL DEFAULT 0; -- 0: a citizen's, or not known
ALTER TABLE recording_request ADD COLUMN contact_id BIGINT NOT NULL DEFAULT 0; -- 0: the unit's focal officer is told

-- +goose Down
ALTER TABLE recording_request DROP COLUMN contact_id;
ALTER TABLE device DROP COLUMN contact_id;
