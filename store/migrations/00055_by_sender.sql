-- 2026-11-29. The segments of counted days are told apart by the sender that the texts went by,
-- not by their class. The release before, which may run meanwhile, counts days without saying so
-- (branded is NULL) and by class what is divided; the upkeep of this one makes up for it, and for
-- the days that were counted before, as far as their texts are still there. Only added to.

-- +goose Up
{postgres} SELECT pg_advisory_xact_lock(hashtextextended('sms_day', 0)); -- who counts a day meanwhile waits
ALTER TABLE sms_day ADD COLUMN branded BIGINT; -- of the segments: by the citizens' sender; NULL: nobody knows
ALTER TABLE sms_counted ADD COLUMN by_sender SMALLINT NOT NULL DEFAULT 0;    -- 1: told apart by sender
ALTER TABLE sms_counted_by ADD COLUMN by_sender SMALLINT NOT NULL DEFAULT 0; -- the same

-- Where nobody knows the sender, the class stands for it, as in the releases before.
CREATE VIEW sms_day_told AS SELECT day, unit, class, state, texts, segments,
	COALESCE(branded, CASE WHEN class IN ('recorded', 'progress', 'result', 'rating') THEN segments ELSE 0 END) AS branded
FROM sms_day;

DROP VIEW sms_day_sums;
CREATE VIEW sms_day_sums AS SELECT day, unit, class, texts, segments,
	CASE WHEN state = 'delivered' THEN texts ELSE 0 END AS delivered, CASE WHEN state IN ('failed', 'expired') THEN texts ELSE 0 END AS failed, branded
FROM sms_day_told WHERE state <> 'suppressed';

-- +goose Down
DROP VIEW sms_day_sums;
DROP VIEW sms_day_told;
CREATE VIEW sms_day_sums AS SELECT day, unit, class, texts, segments,
	CASE WHEN state = 'delivered' THEN texts ELSE 0 END AS delivered, CASE WHEN state IN ('failed', 'expired') THEN texts ELSE 0 END AS failed,
	CASE WHEN class IN ('recorded', 'progress', 'result', 'rating') THEN segments ELSE 0 END AS branded
FROM sms_day WHERE state <> 'suppressed';
ALTER TABLE sms_counted_by DROP COLUMN by_sender;
ALTER TABLE sms_counted DROP COLUMN by_sender;
ALTER TABLE sms_day DROP COLUMN branded;
