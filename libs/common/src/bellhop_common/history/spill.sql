-- The spilled history: one row a record, in the order in which each partition was read. `planted` marks what
-- somebody outside put there on purpose; `era` is the epoch that a record counts to in its desk's order.
CREATE TABLE records (
    topic text NOT NULL,
    partition int NOT NULL,
    offset int NOT NULL,
    appended_us int NOT NULL,
    key text,
    event_id text NOT NULL,
    source text NOT NULL,
    type text NOT NULL,
    cause text,
    epoch int,
    sequence int,
    desk text,
    desk_version int,
    desk_seq int,
    ordinal int,
    subject text,
    reference text,
    digest blob NOT NULL,
    raw blob NOT NULL,
    body blob NOT NULL,
    id integer PRIMARY KEY,
    era int,
    planted int NOT NULL DEFAULT 0
);
CREATE TABLE listed (listing text NOT NULL, reference text NOT NULL, detail text NOT NULL);
-- after the records
CREATE UNIQUE INDEX by_place ON records (topic, partition, offset);
CREATE INDEX by_sequence ON records (topic, key, epoch, sequence, offset) WHERE sequence IS NOT NULL;
CREATE INDEX by_event_id ON records (event_id, id) WHERE event_id <> '';
CREATE INDEX by_cause ON records (cause) WHERE cause IS NOT NULL;
CREATE INDEX by_subject ON records (subject, id) WHERE subject IS NOT NULL;
CREATE INDEX by_reference ON records (reference, id) WHERE reference IS NOT NULL;
CREATE INDEX listed_by_reference ON listed (listing, reference);
UPDATE records SET era = coalesce(epoch, (SELECT min(epoch) FROM records WHERE topic = 'work.v1'))
WHERE desk_seq IS NOT NULL;
CREATE INDEX by_desk ON records (desk, era, desk_seq, topic, ordinal, event_id, offset) WHERE desk_seq IS NOT NULL;
ANALYZE;
