-- 2026-11-29. Whose work a slip is does not depend on how it was acknowledged: facts named "điện
-- thoại" where a call was answered, the operator who typed what an officer said, or nobody until
-- somebody had acknowledged. Where the name is none of the unit's people the row gets whom the
-- slip's text went to, the last where the first was not reached; without such a text a name that
-- is surely wrong goes. The release before, which may run meanwhile, writes its own names.

-- +goose Up
UPDATE fact SET officer = COALESCE((
		SELECT c.name FROM message m JOIN contact c ON c.id = m.contact_id
		WHERE m.petition_id = fact.petition_id AND m.petition_id <> 0 AND m.round = fact.round AND m.rung = 'slip' AND m.role = 'focal' AND m.unit = fact.unit
		ORDER BY m.id DESC LIMIT 1),
		CASE WHEN officer = 'điện thoại' OR officer IN (SELECT name FROM unit) OR officer IN (
			SELECT CASE WHEN full_name = '' THEN name ELSE full_name END FROM account WHERE role IN ('operator', 'shift_lead', 'administrator')) THEN '' ELSE officer END)
	WHERE unit <> '' AND (unit, officer) NOT IN (SELECT unit, name FROM contact)
		AND (unit, officer) NOT IN (SELECT unit, CASE WHEN full_name = '' THEN name ELSE full_name END FROM account WHERE unit <> '');

-- +goose Down
SELECT 1; -- what stood there before is known no more, and the release before reads this as well
