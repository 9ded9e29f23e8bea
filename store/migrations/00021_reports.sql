-- 2026-11-28. The texts of past days are counted once: a year of them is nine million
-- rows. Days are those of Asia/Ho_Chi_Minh, named by their first microsecond. Whatever
-- changes a text that is older than a week takes its day out of the counted ones, and
-- reports count it from the texts until it is counted anew.

-- +goose Up
CREATE TABLE sms_day (
	day      BIGINT NOT NULL,
	unit     TEXT   NOT NULL,
	class    TEXT   NOT NULL,
	state    TEXT   NOT NULL,
	texts    BIGINT NOT NULL,
	segments BIGINT NOT NULL,
	PRIMARY KEY (day, unit, class, state)
);
CREATE TABLE sms_counted (day BIGINT PRIMARY KEY);

{postgres} -- +goose StatementBegin
{postgres} CREATE FUNCTION sms_recount() RETURNS trigger LANGUAGE plpgsql AS $$
{postgres} BEGIN
{postgres} 	PERFORM pg_advisory_xact_lock_shared(hashtextextended('sms_day', 0)); -- a count under way has not seen this
{postgres} 	DELETE FROM sms_counted WHERE day > NEW.at - 86400000000 AND day <= NEW.at;
{postgres} 	RETURN NULL;
{postgres} END $$;
{postgres} -- +goose StatementEnd
{postgres} CREATE TRIGGER sms_recount_changed AFTER UPDATE OF state, segments ON message FOR EACH ROW
{postgres} 	WHEN (OLD.created_real < (extract(epoch FROM now()) - 604800) * 1000000 AND (OLD.state <> NEW.state OR OLD.segments <> NEW.segments))
{postgres} 	EXECUTE FUNCTION sms_recount();
{postgres} CREATE TRIGGER sms_recount_new AFTER INSERT ON message FOR EACH ROW
{postgres} 	WHEN (NEW.at < (extract(epoch FROM now()) - 604800) * 1000000) EXECUTE FUNCTION sms_recount();

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
{postgres} DROP TRIGGER sms_recount_changed ON message;
{postgres} DROP TRIGGER sms_recount_new ON message;
{postgres} DROP FUNCTION sms_recount();
{sqlite} DROP TRIGGER sms_recount_changed;
{sqlite} DROP TRIGGER sms_recount_new;
DROP TABLE sms_counted;
DROP TABLE sms_day;
