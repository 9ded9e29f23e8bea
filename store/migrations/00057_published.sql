-- 2026-11-29. When an answer became public, so that everybody reads the newest first. Triggers
-- keep it, by the instant in the petition itself: the release before publishes too while both run.
-- What was published before that instant was noted has its end, or its receipt. Rows of before
-- stay at 0, the oldest, until they are filled in page by page (FillPublished): a row is, whenever
-- it is written with its mark, changed or not.

-- +goose Up
-- The strongest lock at once: one that grows would wait for whoever waits for it.
{postgres} LOCK TABLE petition IN ACCESS EXCLUSIVE MODE;
ALTER TABLE petition ADD COLUMN published_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX petition_published ON petition (published_at, id) WHERE public = 1;
{sqlite} -- +goose StatementBegin
{sqlite} CREATE TRIGGER petition_published_changed AFTER UPDATE OF public ON petition WHEN NEW.public = 1 AND (OLD.public = 0 OR NEW.published_at = 0) BEGIN
{sqlite} 	UPDATE petition SET published_at = COALESCE(CAST(strftime('%s', json_extract(state, '$.published_at')) AS INTEGER) * 1000000 + CAST(substr(strftime('%f', json_extract(state, '$.published_at')), 4) AS INTEGER) * 1000, NULLIF(closed_at, 0), received_at)
{sqlite} 	WHERE id = NEW.id;
{sqlite} END;
{sqlite} -- +goose StatementEnd
{sqlite} -- +goose StatementBegin
{sqlite} CREATE TRIGGER petition_published_new AFTER INSERT ON petition WHEN NEW.public = 1 BEGIN
{sqlite} 	UPDATE petition SET published_at = COALESCE(CAST(strftime('%s', json_extract(state, '$.published_at')) AS INTEGER) * 1000000 + CAST(substr(strftime('%f', json_extract(state, '$.published_at')), 4) AS INTEGER) * 1000, NULLIF(closed_at, 0), received_at)
{sqlite} 	WHERE id = NEW.id;
{sqlite} END;
{sqlite} -- +goose StatementEnd
{postgres} -- +goose StatementBegin
{postgres} CREATE FUNCTION petition_published_keep() RETURNS trigger LANGUAGE plpgsql AS $$
{postgres} BEGIN
{postgres} 	NEW.published_at := COALESCE((EXTRACT(EPOCH FROM (NEW.state::json ->> 'published_at')::timestamptz) * 1000000)::bigint, NULLIF(NEW.closed_at, 0), NEW.received_at);
{postgres} 	RETURN NEW;
{postgres} END $$;
{postgres} -- +goose StatementEnd
{postgres} CREATE TRIGGER petition_published_changed BEFORE UPDATE OF public ON petition FOR EACH ROW WHEN (NEW.public = 1 AND (OLD.public = 0 OR NEW.published_at = 0)) EXECUTE FUNCTION petition_published_keep();
{postgres} CREATE TRIGGER petition_published_new BEFORE INSERT ON petition FOR EACH ROW WHEN (NEW.public = 1) EXECUTE FUNCTION petition_published_keep();

-- +goose Down
{sqlite} DROP TRIGGER petition_published_new;
{sqlite} DROP TRIGGER petition_published_changed;
{postgres} DROP TRIGGER petition_published_new ON petition;
{postgres} DROP TRIGGER petition_published_changed ON petition;
{postgres} DROP FUNCTION petition_published_keep();
DROP INDEX petition_published;
ALTER TABLE petition DROP COLUMN published_at;
