-- 2026-11-28. The words of open petitions once more, in a table of their own: the board is
-- searched among a tenth of all, and PostgreSQL has no index over two tables. A petition costs
-- one row when it comes in and loses it when it ends. SQLite reads its list in the board's
-- order and needs none.

-- +goose Up
-- Petitions that the release before is writing meanwhile wait until the triggers are there.
{postgres} LOCK TABLE petition IN SHARE ROW EXCLUSIVE MODE;
{postgres} CREATE TABLE open_words (petition_id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);
{postgres} INSERT INTO open_words SELECT w.petition_id, w.words FROM petition_words w JOIN petition p ON p.id = w.petition_id WHERE p.ended = 0;
{postgres} CREATE INDEX open_words_words ON open_words USING GIN (words);
{postgres} -- +goose StatementBegin
{postgres} CREATE FUNCTION open_words_keep() RETURNS trigger LANGUAGE plpgsql AS $$
{postgres} BEGIN
{postgres} 	IF NEW.ended = 0 THEN
{postgres} 		INSERT INTO open_words SELECT petition_id, words FROM petition_words WHERE petition_id = NEW.id
{postgres} 		ON CONFLICT (petition_id) DO UPDATE SET words = excluded.words;
{postgres} 	ELSE
{postgres} 		DELETE FROM open_words WHERE petition_id = NEW.id;
{postgres} 	END IF;
{postgres} 	RETURN NULL;
{postgres} END $$;
{postgres} -- +goose StatementEnd
-- Triggers fire in the order of their names: these after petition_words_changed and _new.
{postgres} CREATE TRIGGER petition_words_open_changed AFTER UPDATE OF search, ended ON petition FOR EACH ROW WHEN (OLD.search IS DISTINCT FROM NEW.search OR OLD.ended <> NEW.ended) EXECUTE FUNCTION open_words_keep();
{postgres} CREATE TRIGGER petition_words_open_new AFTER INSERT ON petition FOR EACH ROW WHEN (NEW.ended = 0) EXECUTE FUNCTION open_words_keep();

-- +goose Down
{postgres} DROP TRIGGER petition_words_open_new ON petition;
{postgres} DROP TRIGGER petition_words_open_changed ON petition;
{postgres} DROP FUNCTION open_words_keep();
{postgres} DROP TABLE open_words;
