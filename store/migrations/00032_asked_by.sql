-- 2026-11-28. Which officer has asked to hear a recording, and is told what became of it (Đ10.1).

-- +goose Up
ALTER TABLE recording_request ADD COLUMN contact_id BIGINT NOT NULL DEFAULT 0; -- 0: the unit's focal officer is told

-- +goose Down
ALTER TABLE recording_request DROP COLUMN contact_id;
