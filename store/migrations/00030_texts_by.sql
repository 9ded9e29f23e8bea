-- 2026-11-28. The texts of past days by field, area and channel of their petitions, and by
-- the officer they went to. Days have a mark of their own here: the release before, which
-- may run meanwhile, counts sms_day alone. Days that it has counted are made up for by the
-- upkeep; reports count them from the texts until then. sms_day stays as it is: the texts
-- of closed years may have gone.
--
-- A report of the city sums a year by unit and by class, not by both: these sums of a day
-- are made of sms_day whenever a day is marked as counted in it, whoever does that.

-- +goose Up
{postgres} LOCK TABLE sms_counted IN SHARE ROW EXCLUSIVE MODE; -- a day that is marked meanwhile waits for the trigger
CREATE TABLE sms_day_by (
	dimension TEXT     NOT NULL, -- field, area, channel, officer; of sms_day: unit, class
	unit      TEXT     NOT NULL, -- whose people got them; empty: all texts, to citizens too
	day       BIGINT   NOT NULL,
	value     TEXT     NOT NULL, -- of an officer the contact's id
	loose     SMALLINT NOT NULL, -- 1: of no single petition
	texts     BIGINT   NOT NULL, -- without those dropped before they went out
	delivered BIGINT   NOT NULL,
	failed    BIGINT   NOT NULL, -- or expired
	segments  BIGINT   NOT NULL,
	branded   BIGINT   NOT NULL, -- of the segments: by the citizens' sender
	PRIMARY KEY (dimension, unit, day, value, loose)
);
CREATE INDEX sms_day_by_day ON sms_day_by (day); -- a day is counted anew
CREATE TABLE sms_counted_by (day BIGINT PRIMARY KEY);

-- sms_day with its states as they are summed. The classes are escalation.Branded().
CREATE VIEW sms_day_sums AS SELECT day, unit, class, texts, segments,
	CASE WHEN state = 'delivered' THEN texts ELSE 0 END AS delivered, CASE WHEN state IN ('failed', 'expired') THEN texts ELSE 0 END AS failed,
	CASE WHEN class IN ('recorded', 'progress', 'result', 'rating') THEN segments ELSE 0 END AS branded
FROM sms_day WHERE state <> 'suppressed';

INSERT INTO sms_day_by (dimension, unit, day, value, loose, texts, delivered, failed, segments, branded)
	SELECT 'unit', '', day, unit, 0, SUM(texts), SUM(delivered), SUM(failed), SUM(segments), SUM(branded) FROM sms_day_sums GROUP BY day, unit
	UNION ALL SELECT 'class', '', day, class, 0, SUM(texts), SUM(delivered), SUM(failed), SUM(segments), SUM(branded) FROM sms_day_sums GROUP BY day, class;

{postgres} -- +goose StatementBegin
{postgres} CREATE FUNCTION sms_sum_day() RETURNS trigger LANGUAGE plpgsql AS $$
{postgres} BEGIN
{postgres} 	DELETE FROM sms_day_by WHERE day = NEW.day AND dimension IN ('unit', 'class');
{postgres} 	INSERT INTO sms_day_by (dimension, unit, day, value, loose, texts, delivered, failed, segments, branded)
{postgres} 		SELECT 'unit', '', day, unit, 0, SUM(texts), SUM(delivered), SUM(failed), SUM(segments), SUM(branded) FROM sms_day_sums WHERE day = NEW.day GROUP BY day, unit
{postgres} 		UNION ALL SELECT 'class', '', day, class, 0, SUM(texts), SUM(delivered), SUM(failed), SUM(segments), SUM(branded) FROM sms_day_sums WHERE day = NEW.day GROUP BY day, class;
{postgres} 	RETURN NULL;
{postgres} END $$;
{postgres} -- +goose StatementEnd
{postgres} CREATE TRIGGER sms_sum_day AFTER INSERT ON sms_counted FOR EACH ROW EXECUTE FUNCTION sms_sum_day();

{sqlite} -- +goose StatementBegin
{sqlite} CREATE TRIGGER sms_sum_day AFTER INSERT ON sms_counted BEGIN
{sqlite} 	DELETE FROM sms_day_by WHERE day = new.day AND dimension IN ('unit', 'class');
{sqlite} 	INSERT INTO sms_day_by (dimension, unit, day, value, loose, texts, delivered, failed, segments, branded)
{sqlite} 		SELECT 'unit', '', day, unit, 0, SUM(texts), SUM(delivered), SUM(failed), SUM(segments), SUM(branded) FROM sms_day_sums WHERE day = new.day GROUP BY day, unit
{sqlite} 		UNION ALL SELECT 'class', '', day, class, 0, SUM(texts), SUM(delivered), SUM(failed), SUM(segments), SUM(branded) FROM sms_day_sums WHERE day = new.day GROUP BY day, class;
{sqlite} END;
{sqlite} -- +goose StatementEnd

-- Whatever changes an old text takes its day out of both.
{postgres} -- +goose StatementBegin
{postgres} CREATE OR REPLACE FUNCTION sms_recount() RETURNS trigger LANGUAGE plpgsql AS $$
{postgres} BEGIN
{postgres} 	PERFORM pg_advisory_xact_lock_shared(hashtextextended('sms_day', 0)); -- a count under way has not seen this
{postgres} 	DELETE FROM sms_counted WHERE day > NEW.at - 86400000000 AND day <= NEW.at;
{postgres} 	DELETE FROM sms_counted_by WHERE day > NEW.at - 86400000000 AND day <= NEW.at;
{postgres} 	RETURN NULL;
{postgres} END $$;
{postgres} -- +goose StatementEnd
-- A petition that gets another field takes its texts along: they are counted with it once
-- they are a week old. 25200 seconds are seven hours: days begin at midnight in the city.
{postgres} -- +goose StatementBegin
{postgres} CREATE FUNCTION sms_recount_by() RETURNS trigger LANGUAGE plpgsql AS $$
{postgres} BEGIN
{postgres} 	IF EXISTS (SELECT 1 FROM message WHERE petition_id = NEW.id AND petition_id <> 0 AND at < (extract(epoch FROM now()) - 604800) * 1000000) THEN
{postgres} 		PERFORM pg_advisory_xact_lock_shared(hashtextextended('sms_day', 0));
{postgres} 		DELETE FROM sms_counted_by WHERE day IN (SELECT at - (at + 25200000000) % 86400000000 FROM message WHERE petition_id = NEW.id AND petition_id <> 0);
{postgres} 	END IF;
{postgres} 	RETURN NULL;
{postgres} END $$;
{postgres} -- +goose StatementEnd
{postgres} CREATE TRIGGER sms_recount_by AFTER UPDATE OF field, area, channel, denunciation ON petition FOR EACH ROW
{postgres} 	WHEN (OLD.field <> NEW.field OR OLD.area <> NEW.area OR OLD.channel <> NEW.channel OR OLD.denunciation <> NEW.denunciation)
{postgres} 	EXECUTE FUNCTION sms_recount_by();

{sqlite} DROP TRIGGER sms_recount_changed;
{sqlite} DROP TRIGGER sms_recount_new;
{sqlite} -- +goose StatementBegin
{sqlite} CREATE TRIGGER sms_recount_changed AFTER UPDATE OF state, segments ON message
{sqlite} WHEN old.created_real < (CAST(strftime('%s', 'now') AS INTEGER) - 604800) * 1000000 AND (old.state <> new.state OR old.segments <> new.segments) BEGIN
{sqlite} 	DELETE FROM sms_counted WHERE day > new.at - 86400000000 AND day <= new.at;
{sqlite} 	DELETE FROM sms_counted_by WHERE day > new.at - 86400000000 AND day <= new.at;
{sqlite} END;
{sqlite} -- +goose StatementEnd
{sqlite} -- +goose StatementBegin
{sqlite} CREATE TRIGGER sms_recount_new AFTER INSERT ON message
{sqlite} WHEN new.at < (CAST(strftime('%s', 'now') AS INTEGER) - 604800) * 1000000 BEGIN
{sqlite} 	DELETE FROM sms_counted WHERE day > new.at - 86400000000 AND day <= new.at;
{sqlite} 	DELETE FROM sms_counted_by WHERE day > new.at - 86400000000 AND day <= new.at;
{sqlite} END;
{sqlite} -- +goose StatementEnd
{sqlite} -- +goose StatementBegin
{sqlite} CREATE TRIGGER sms_recount_by AFTER UPDATE OF field, area, channel, denunciation ON petition
{sqlite} WHEN old.field <> new.field OR old.area <> new.area OR old.channel <> new.channel OR old.denunciation <> new.denunciation BEGIN
{sqlite} 	DELETE FROM sms_counted_by WHERE day IN (SELECT at - (at + 25200000000) % 86400000000 FROM message WHERE petition_id = new.id AND petition_id <> 0);
{sqlite} END;
{sqlite} -- +goose StatementEnd

-- +goose Down
{postgres} DROP TRIGGER sms_sum_day ON sms_counted;
{postgres} DROP FUNCTION sms_sum_day();
{sqlite} DROP TRIGGER sms_sum_day;
DROP VIEW sms_day_sums;
{postgres} DROP TRIGGER sms_recount_by ON petition;
{postgres} DROP FUNCTION sms_recount_by();
{postgres} -- +goose StatementBegin
{postgres} CREATE OR REPLACE FUNCTION sms_recount() RETURNS trigger LANGUAGE plpgsql AS $$
{postgres} BEGIN
{postgres} 	PERFORM pg_advisory_xact_lock_shared(hashtextextended('sms_day', 0)); -- a count under way has not seen this
{postgres} 	DELETE FROM sms_counted WHERE day > NEW.at - 86400000000 AND day <= NEW.at;
{postgres} 	RETURN NULL;
{postgres} END $$;
{postgres} -- +goose StatementEnd
{sqlite} DROP TRIGGER sms_recount_by;
{sqlite} DROP TRIGGER sms_recount_changed;
{sqlite} DROP TRIGGER sms_recount_new;
{sqlite} -- +goose StatementBegin
{sqlite} CREATE TRIGGER sms_recount_changed AFTER UPDATE OF state, segments ON message
{sqlite} WHEN old.created_real < (CAST(strftime('%s', 'now') AS INTEGER) - 604800) * 1000000 AND (old.state <> new.state OR old.segments <> new.segments) BEGIN
{sqlite} 	DELETE FROM sms_counted WHERE day > new.at - 86400000000 AND day <= new.at;
{sqlite} END;
{sqlite} -- +goose StatementEnd
{sqlite} -- +goose StatementBegin
{sqlite} CREATE TRIGGER sms_recount_new AFTER INSERT ON message
{sqlite} WHEN new.at < (CAST(strftime('%s', 'now') AS INTEGER) - 604800) * 1000000 BEGIN
{sqlite} 	DELETE FROM sms_counted WHERE day > new.at - 86400000000 AND day <= new.at;
{sqlite} END;
{sqlite} -- +goose StatementEnd
DROP TABLE sms_counted_by;
DROP TABLE sms_day_by;
