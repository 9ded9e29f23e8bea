-- 2026-11-29. Texts to a citizen that are about no petition, one-time codes, are found when the
-- citizen is erased. Only added to: the release before finds them without.

-- +goose Up
CREATE INDEX message_apart ON message (citizen_of) WHERE petition_id = 0 AND citizen_of <> 0;

-- +goose Down
DROP INDEX message_apart;
