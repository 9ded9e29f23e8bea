-- 2026-11-28. What a citizen's erasure has to find: whose each citizen's code is, where several
-- of one number follow the same petition, and texts that were on their way when it came.

-- +goose Up
ALTER TABLE reply_code ADD COLUMN citizen_of BIGINT NOT NULL DEFAULT 0; -- the petition whose citizen has the code; 0: an officer's, or of before
CREATE INDEX message_erased ON message (id) WHERE pointless = 'the citizen was erased' AND (phone <> '' OR email <> '');

-- Codes of followers whose citizens were erased, and the numbers that stood for nothing else.
-- The indexes of numbers are partial: without <> '' SQLite reads every citizen for each row.
DELETE FROM reply_code WHERE slip = 0 AND contact_id = 0 AND role = 'citizen' AND phone NOT LIKE '%@%'
	AND NOT EXISTS (SELECT 1 FROM citizen c WHERE c.phone = reply_code.phone AND c.phone <> '');
DELETE FROM phone WHERE stopped = 0 AND no_progress = 0 AND no_rating = 0 AND no_bulk = 0
	AND NOT EXISTS (SELECT 1 FROM reply_code k WHERE k.phone = phone.phone)
	AND NOT EXISTS (SELECT 1 FROM citizen c WHERE c.phone = phone.phone AND c.phone <> '')
	AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.phone = phone.phone AND c.phone <> '');

-- +goose Down
DROP INDEX message_erased;
ALTER TABLE reply_code DROP COLUMN citizen_of;
