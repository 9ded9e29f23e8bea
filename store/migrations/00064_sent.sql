-- 2026-11-29. How many texts a number got within the hour is counted for each claim: of what
-- was sent within the hour alone, not of all that was decided since the day before yesterday.
-- PostgreSQL builds it beside who writes, which no transaction can hold; one that was broken
-- off begins anew. At its end it waits for whoever has read since before, and keeps nobody from
-- anything meanwhile: it does so for as long as that takes.

{postgres} -- +goose NO TRANSACTION

-- +goose Up
{sqlite} CREATE INDEX message_sent ON message (phone, sent_at) WHERE phone <> '' AND sent_at > 0;
{postgres} DROP INDEX IF EXISTS message_sent;
{postgres} SET lock_timeout = 0;
{postgres} CREATE INDEX CONCURRENTLY message_sent ON message (phone, sent_at) WHERE phone <> '' AND sent_at > 0;
{postgres} RESET lock_timeout;

-- +goose Down
DROP INDEX message_sent;
